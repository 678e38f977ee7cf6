"""Which machines the code talks to, as far as it names them. Pure.

A host counts where it stands on a line that talks to the network or just below it, or in a name
that such a line uses. An address that is merely shown to people is no talk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checks.profile.uses import Seen, counting
from devforge.model.observed import SourceFile
from devforge.model.profile import Place
from devforge.model.submission import Submission

_ADDRESS = re.compile(r"(?:https?|wss?)://(?:[^/@\s\"'`]*@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_BARE = re.compile(r"[\"'`]((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})[\"'`]")
_TAKES_BARE = re.compile(
    r"create_connection|HTTPS?Connection|open_connection|\bFTP|SMTP|\.connect\s*\(|getaddrinfo"
    r"|gethostbyname|\bhost(?:name)?\s*:|dns\.\w+\("
)
# A line, without the space before it, that gives an address a name: `const API: string = "https://…`.
_NAMED = re.compile(
    r"(?:(?:export|const|let|var|readonly|static|private|public)[ \t]+){0,4}(?:self\.|this\.)?#?"
    r"([A-Za-z_$][\w$]{0,80})(?:[ \t]?:[ \t]?[\w\[\].|]{1,40})?[ \t]?=[ \t]?[fbru]?[\"'`](?:https?|wss?)://"
)
_CALLS = re.compile(
    r"\b(?:fetch|axios|got|request|superagent|needle|bent|phin|get|post|put|patch|delete|head|stream"
    r"|urlopen|urlretrieve|Request|connect|WebSocket|EventSource|sendBeacon|open|create_connection"
    r"|HTTPS?Connection|lookup|resolve\w*|gethostbyname|getaddrinfo)\s*\("
)
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*)")
_HERE = re.compile(r"(?:127|0)(?:\.\d+){1,3}|localhost|.*\.localhost")
_BELOW = 3  # lines a call's arguments usually take
_LONGEST_LINE = 20_000


def hosts_of(submission: Submission, seen: Seen) -> Iterator[Place]:
    """Yield each place where code talks to a host it names; this machine is none."""
    files = {file.path: file for file in counting(submission)}
    constants = _constants(files)
    for path, names in seen.items():
        lines = {*names.get("power-network", ()), *names.get("power-send", ())}
        if lines:
            yield from _hosts(files[path], lines, constants)


def _constants(files: Mapping[str, SourceFile]) -> dict[str, str]:
    """Names that stand for an address anywhere in the package → its host."""
    found: dict[str, str] = {}
    for file in files.values():
        for line in file.text.split("\n"):
            if "://" not in line or len(line) > _LONGEST_LINE:
                continue
            named, address = _NAMED.match(line.lstrip()), _ADDRESS.search(line)
            if named and address and len(named[1]) > 2:
                found.setdefault(named[1], address[1].lower())
    return found


def _hosts(file: SourceFile, talking: set[int], constants: Mapping[str, str]) -> Iterator[Place]:
    text = file.text.split("\n")
    words = re.compile(r"[A-Za-z_$][\w$]*")
    starts = talking | {n for n, line in enumerate(text, 1) if _CALLS.search(line)}
    told: set[str] = set()
    for number in sorted({n + below for n in starts for below in range(_BELOW + 1)}):
        line = text[number - 1] if number <= len(text) else ""
        if len(line) > _LONGEST_LINE or _COMMENT.match(line):
            continue
        found = [match[1].lower() for match in _ADDRESS.finditer(line)]
        if _TAKES_BARE.search(line):
            found += [match[1].lower() for match in _BARE.finditer(line)]
        found += [constants[word] for word in words.findall(line) if word in constants]
        for host in found:
            if host not in told and not _HERE.fullmatch(host):
                told.add(host)
                yield Place(path=file.path[:300], line=number, what=host[:300])
