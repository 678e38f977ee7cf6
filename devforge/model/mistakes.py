"""What a YAML parser complains of, in the words of whoever made the mistake. Pure."""

from __future__ import annotations

import yaml

from devforge.model.plaintext import shorten
from devforge.model.problem import Problem

# A part of the parser's own words → what is wrong, and what to do.
_KNOWN = (
    ("mapping values are not allowed", "a colon stands where no key can be",
     "put the text in quotes if it holds a colon, or mend the indentation"),
    ("could not find expected ':'", "a key without its colon",
     "write key: value, with a space after the colon"),
    ("cannot start any token", "a character that no bare text can start with",
     "put the text in quotes"),
    ("expected node content", "a bracket or comma with no value beside it",
     "write the value, or close what was opened"),
    ("end of stream", "the text ends inside quotes or brackets",
     "close what this line opens"),
    ("did not find expected ',' or", "a bracket that is not closed",
     "close it, and put a comma between the entries"),
    ("did not find expected key", "a line that does not fit the lines above it",
     "indent it as its neighbours, and close every quote"),
    ("did not find expected '-' indicator", "a line in a list that does not start with -",
     "start each entry with - in the same column"),
    ("block sequence entries are not allowed", "a list that starts behind other text",
     "start the list in the line below"),
    ("unknown escape character", "a backslash that means nothing inside double quotes",
     "use single quotes, or write the backslash twice"),
    ("invalid Unicode character escape", "an escape that is no character",
     "write the character itself"),
    ("undefined alias", "an * that names nothing above it",
     "put the text in quotes if the * is part of it"),
    ("incompatible YAML document", "another version of YAML", "remove the % line"),
    ("while scanning an anchor", "an & without a name", "put the text in quotes if the & is its own"),
    ("while scanning an alias", "an * without a name", "put the text in quotes if the * is its own"),
    ("duplicate anchor", "an & whose name is taken", "choose another name"),
)  # fmt: skip


def syntax_problem(error: yaml.MarkedYAMLError, text: str, *, file: str) -> Problem:
    """Return the parser's complaint as a problem in the line where a person would look for it."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1]
    if tab := _tab(lines, line):
        found = "is indented with a tab"
        return Problem(file, found, "indent with spaces; YAML forbids tabs", tab)
    said = f"{error.problem or ''} {error.context or ''}"
    found, remedy = next(
        ((found, remedy) for part, found, remedy in _KNOWN if part in said),
        (shorten(said.strip(), 120), "compare the line with the example in the documentation"),
    )
    if error.context_mark and ("quoted scalar" in said or "a flow" in said):
        line = error.context_mark.line + 1  # where it was opened, not where it was missed
        shown = lines[min(line, len(lines)) - 1]
    return Problem(file, f"is not YAML: {found}: {shorten(shown.strip(), 50)!r}", remedy, line)


def _tab(lines: list[str], line: int) -> int | None:
    """Return the line, this one or the one before, whose indentation holds a tab."""
    for number in (line, line - 1):
        if 0 < number <= len(lines):
            indentation = lines[number - 1][: -len(lines[number - 1].lstrip()) or None]
            if "\t" in indentation and lines[number - 1].strip():
                return number
    return None
