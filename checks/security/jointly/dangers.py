"""Which everyday things, in one package, can harm together. Data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from checks.security.jointly.signs import changing, host, network, private, running
from checks.security.jointly.signs.sign import Sign


@dataclass(frozen=True, slots=True)
class Danger:
    """Signs that near each other ask for a person; `means` says what the whole could be."""

    means: str
    first: Sign
    others: tuple[Sign, ...]
    in_one_file: Literal["", "large", "always"] = ""  # in a larger package, or in any


_CODE_COMES = "code that nobody has reviewed could be fetched and run so"
_LATER = "it would go on without the extension, and after it"
_READS_AND_SENDS = "what is read there could be sent away"
DANGERS = (
    Danger(_READS_AND_SENDS, private.WHOLE_ENVIRONMENT, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.COPIED_ENVIRONMENT, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.HOME_BY_PARTS, (private.READS, network.SENDS)),
    Danger(_READS_AND_SENDS, private.HOME_OF_OTHERS, (private.READS, network.SENDS)),
    Danger(
        "a token could end up with somebody it is not for", private.LOGIN_VARIABLE, (network.SENDS,)
    ),
    Danger(_READS_AND_SENDS, private.STORED_SECRETS, (network.SENDS,)),
    Danger(
        "what people write could be sent away as they write it",
        private.TYPED,
        (network.SENDS,),
        in_one_file="large",
    ),
    Danger("what people copy could be sent away", private.COPIED, (network.SENDS,)),
    Danger(
        "a login that was copied could be sent away",
        private.TOKENS_OF_LOGINS,
        (host.READS_CLIPBOARD, network.SENDS),
    ),
    Danger(_CODE_COMES, running.LOADS_CODE, (network.ASKS, changing.WRITES)),
    Danger(_CODE_COMES, running.MAKES_CODE, (network.ASKS,)),
    Danger(
        "code could lie in that data, where nobody reads it",
        running.MAKES_CODE,
        (running.OWN_DATA,),
    ),
    Danger("somebody else could choose what is run", running.CHOSEN_BY_ANSWER, (network.ASKS,)),
    Danger("somebody else could choose what is started", running.STARTS_CHOSEN, (network.ASKS,)),
    Danger("somebody else could choose what is started", running.STARTS_CHOSEN, (network.LISTENS,)),
    Danger(
        "whoever writes there could steer the extension", network.ANYBODYS_HOST, (running.STARTS,)
    ),
    Danger(
        "whoever writes there could steer the extension",
        network.ANYBODYS_HOST,
        (running.LOADS_CODE,),
    ),
    Danger("what is read here would be out of everybody's sight", network.CHAT, (private.READS,)),
    Danger("a reviewer would never see it happen", running.GATED, (network.ASKS,)),
    Danger("a reviewer would never see it happen", running.GATED, (running.STARTS,)),
    Danger("a reviewer would never see it happen", running.GATED, (changing.REMOVES_TREES,)),
    Danger("a user's own files could be removed", private.HOME_BY_PARTS, (changing.REMOVES_TREES,)),
    Danger("what passes through it could be sent away", changing.REPLACES_OTHERS, (network.SENDS,)),
    Danger("what passes through it could be kept", changing.REPLACES_OTHERS, (changing.WRITES,)),
    Danger(
        "an assistant could be told what its user never said",
        changing.ASSISTANTS_FILES,
        (changing.WRITES,),
    ),
    Danger("users would be less safe in everything they do", changing.GUARDED_SETTINGS, ()),
    Danger(
        "a program that nobody can read would act by them", running.WASM_POWERS, (running.STARTS,)
    ),
    Danger(
        "a program that nobody can read would act by them", running.WASM_POWERS, (network.ASKS,)
    ),
    Danger(_LATER, changing.SETTLES, (running.STARTS,)),
    Danger(_LATER, changing.OBEYED_FILES, (changing.WRITES,), in_one_file="always"),
    Danger(_LATER, changing.SCRIPTS_OF_PROJECTS, (changing.WRITES,), in_one_file="always"),
    Danger(_READS_AND_SENDS, private.HIDDEN_FILES, (private.READS, network.SENDS)),
    Danger(_CODE_COMES, running.STARTS, (network.ASKS, changing.WRITES), in_one_file="always"),
    Danger(_CODE_COMES, running.RENDERS, (network.ASKS,)),
    Danger(_CODE_COMES, running.LOADS_OBJECTS, (network.ASKS,)),
    Danger(_CODE_COMES, running.LOADS_YAML, (network.ASKS,)),
    Danger(_CODE_COMES, running.SETS_LOGGING, (network.ASKS,)),
    Danger(_CODE_COMES, running.RUNS_EXAMPLES, (network.ASKS,), in_one_file="large"),
    Danger(
        "code could lie in that data, where nobody reads it",
        running.LOADS_CODE,
        (running.OWN_TABLE, changing.WRITES),
        in_one_file="always",
    ),
    Danger(
        "whatever stands in the page could do what the editor can",
        running.DOES_WHAT_PAGES_ASK,
        (private.READS,),
    ),
    Danger(_LATER, changing.STARTED_BY_OTHERS, (changing.CHANGES_FILES,), in_one_file="large"),
    Danger(_LATER, changing.SETTINGS_IN_DATA, (running.STARTS,)),
    Danger(
        "what it writes could run that", changing.SENDING_LINES_IN_DATA, (changing.CHANGES_FILES,)
    ),
    Danger("somebody else could choose what is run", running.RESOLVES, (network.ASKS,)),
    Danger("somebody else could choose what is run", running.RESOLVES, (network.SERVES,)),
    Danger(
        "code could lie in that data, where nobody reads it",
        running.WALKS_TO_CALLS,
        (running.OWN_DATA,),
    ),
    Danger("somebody else could choose what is run", running.WALKS_TO_CALLS, (network.ASKS,)),
    Danger("somebody else could choose what is run", running.WALKS_BY_FORMAT, (network.ASKS,)),
    Danger(
        "whoever wrote the project could run what they like",
        running.WALKS_TO_CALLS,
        (running.OF_PROJECT,),
    ),
    Danger(
        "whoever wrote the project could run what they like",
        running.RESOLVES,
        (running.OF_PROJECT,),
    ),
    Danger(
        "what passes through it could be sent away",
        private.CATCHES_ALL,
        (network.SENDS,),
        in_one_file="large",
    ),
    Danger("that page could ask for it", network.REMOTE_PAGE, (running.STARTS,)),
    Danger("that page could ask for it", network.REMOTE_PAGE, (running.MAKES_CODE,)),
    Danger("keys could be used for somebody else", private.KEEPERS_OF_KEYS, (network.ASKS,)),
    Danger(
        "all the user has would be open to what runs there", running.SHARES_HOME, (running.STARTS,)
    ),
    Danger(_LATER, changing.HOME_OF_SOMEBODY, (changing.CHANGES_FILES,), in_one_file="always"),
    Danger(_LATER, changing.RUN_BY_TOOLS, (changing.CHANGES_FILES,), in_one_file="always"),
    Danger(_READS_AND_SENDS, private.WALKS, (private.READS, network.SENDS), in_one_file="always"),
    Danger("it could answer in the user's name", running.ACTS_AS_USER, ()),
    Danger(_CODE_COMES, running.MAKES_EXECUTABLE, (network.ASKS, changing.WRITES)),
    Danger(_CODE_COMES, running.INSTALLS, (running.STARTS,), in_one_file="always"),
    Danger(
        "what somebody else wrote there could be run",
        running.MAKES_CODE,
        (private.READS,),
        in_one_file="always",
    ),
    Danger("a token could end up with somebody it is not for", private.SESSION, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.TERMINALS, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.RUNNING_PROGRAM, (network.SENDS,)),
    Danger(
        _READS_AND_SENDS,
        private.PROJECTS_SECRETS,
        (private.READS, network.SENDS),
        in_one_file="large",
    ),
    Danger(_READS_AND_SENDS, private.BELOW_HOME, (private.READS, network.SENDS)),
    Danger("what people work on could be sent away", private.SELECTED, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.KEPT_BY_PAGES, (network.SENDS,)),
    Danger("what people copy could be sent away", private.COPIED, (network.OPENS,)),
    Danger(
        "all that is in a repository could be sent away", network.ADDS_REMOTE, (running.STARTS,)
    ),
    Danger("whoever reaches it could steer the program", network.OPENS_DOOR, ()),
    Danger("whoever is there could do all that it can", network.OPENS_CONSOLE, ()),
    Danger("any page that is open could take it", network.SERVES_ANYBODY, ()),
    Danger("every program that starts later would obey it", changing.STEERS_PROGRAMS, ()),
    Danger(
        "what passes through it could be sent away", changing.REPLACES_BUILTINS, (network.SENDS,)
    ),
    Danger(
        "packages of somebody else would be installed later",
        changing.SOURCES_OF_PACKAGES,
        (changing.CHANGES_FILES,),
        in_one_file="always",
    ),
    Danger(
        "whoever wrote the project could run what they like",
        running.LOADS_OBJECTS,
        (running.OF_PROJECT,),
        in_one_file="always",
    ),
    Danger(
        "whoever wrote the project could run what they like",
        running.SETS_ALL_LOGGING,
        (running.OF_PROJECT,),
        in_one_file="always",
    ),
    Danger(
        "whoever wrote the project could run what they like",
        running.LOADS_YAML,
        (running.OF_PROJECT,),
        in_one_file="always",
    ),
    Danger("it could be read or changed on the way", network.LEADS_CONNECTIONS, ()),
    Danger("that address could tell it to somebody", network.PICTURE_TELLS, (private.READS,)),
    Danger("who sits where could be told to somebody", private.WHO_AND_WHERE, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.OTHERS_EXTENSIONS, (network.SENDS,)),
    Danger(_READS_AND_SENDS, private.WHOLE_HISTORY, (network.SENDS,)),
    Danger("what people write there could be sent away", private.PAGES_FIELDS, (network.SENDS,)),
    Danger("somebody else could choose what is done", running.COMMANDS_CHOSEN, (network.LISTENS,)),
    Danger("somebody else could choose what is done", running.COMMANDS_CHOSEN, (network.ASKS,)),
    Danger("somebody else could choose what is done", running.COMMANDS_CHOSEN, (network.SERVES,)),
    Danger("only some people would ever see it", running.CHANGES_BY_PLACE, (changing.WRITES,)),
    Danger("only some people would ever see it", running.CHANGES_BY_PLACE, (running.STARTS,)),
    Danger("a user's own files could be removed", changing.REMOVES_CHOSEN, (running.OF_PROJECT,)),
    Danger(
        "packages of somebody else would be installed later",
        changing.TARBALLS,
        (changing.CHANGES_FILES,),
        in_one_file="always",
    ),
    Danger(
        "other extensions could be changed",
        changing.ABOVE_ITSELF,
        (changing.WRITES,),
        in_one_file="always",
    ),
    Danger(
        "its own code could be replaced by what nobody has reviewed",
        changing.OVER_ITSELF,
        (network.ASKS, changing.WRITES),
    ),
    Danger(
        "packages of somebody else would be installed later",
        changing.LOCKED_ADDRESSES,
        (changing.CHANGES_FILES,),
    ),
    Danger("a reviewer would never see it happen", running.NOW_AND_THEN, (changing.CHANGES_FILES,)),
    Danger("a reviewer would never see it happen", running.NOW_AND_THEN, (running.STARTS,)),
    Danger("all that is in a repository could be sent away", network.PUSHES, (running.STARTS,)),
    Danger("nobody could read what it computes", running.WASM_UNNAMED, (network.ASKS,)),
    Danger(
        "what people write could be sent away as they write it",
        private.KEYSTROKES,
        (network.SENDS,),
    ),
    Danger(
        "a key could end up with somebody it is not for", private.SERVICE_SECRET, (network.SENDS,)
    ),
    Danger(_READS_AND_SENDS, private.WALLETS, (private.READS, network.SENDS)),
    Danger(_READS_AND_SENDS, private.LOGINS_OF_PROGRAMS, (network.SENDS,)),
    Danger(
        "a login could end up with somebody it is not for",
        private.LOGIN_HEADERS,
        (network.TELLS_FIXED_HOST,),
        in_one_file="always",
    ),
    Danger(
        "what others import could do something else",
        changing.CHANGES_IMPORTS,
        (changing.ALTERS_SOURCES,),
    ),
    Danger(
        "code could lie in that data, where nobody reads it",
        running.RESOLVES,
        (running.OWN_TABLE,),
        in_one_file="always",
    ),
    Danger("a text could do all that its user may", running.ASKS_NOBODY, (running.STARTS,)),
    Danger("nobody sees what it does", running.CALLS_UNNAMED, ()),
    Danger(
        "whoever wrote the project could run what they like",
        running.MAKES_CODE,
        (running.OF_OPEN_FILE,),
    ),
    Danger("whoever wrote the project could run what they like", running.PROJECTS_PAGE, ()),
    Danger(
        "somebody else could choose what the editor starts",
        changing.SETS_CHOSEN,
        (network.LISTENS,),
    ),
    Danger(
        "packages of somebody else would be installed later",
        changing.INSTALLS_OTHERS,
        (changing.CHANGES_FILES,),
    ),
    Danger("what it writes could run that", changing.DOWNLOAD_LINES, (changing.CHANGES_FILES,)),
    Danger("that page could do what it likes", network.REMOTE_PAGE, (running.CALLS_CHOSEN,)),
    Danger(
        "only some people would ever see it", running.CHANGES_BY_PLACE, (changing.REMOVES_TREES,)
    ),
)
# Signs of which an update's first is worth a look; what every extension does, and powers, which are compared, are not.
_EVERYDAY = (running.STARTS, running.MAKES_CODE)
TELLING: tuple[Sign, ...] = tuple(
    dict.fromkeys(
        (
            *(danger.first for danger in DANGERS if danger.first not in _EVERYDAY),
            host.READS_CLIPBOARD, host.ASKS_FOR_SECRETS, host.DOES_COMMANDS, host.USES_TERMINALS,
            host.ASKS_THE_USER, host.BELOW_HOME, host.UNWRAPS, network.SERVES,
        )
    )
)  # fmt: skip
