"""What `.devforgeignore` leaves out of a package, read as a stranger's file. Pure."""

from __future__ import annotations

from pathspec import GitIgnoreSpec

from devforge.errors import BadInput
from devforge.model.observed import SourceTree
from devforge.model.patterns import PATTERNS, problem_of, spec_of

IGNORE_FILE = ".devforgeignore"


def ignored(tree: SourceTree) -> GitIgnoreSpec:
    """Return what the `.devforgeignore` of `tree` lists, as `.gitignore` would; nothing without one.

    Raises:
        BadInput: a line that is no pattern, more than 200 of them, or more than two `*` between two
            slashes, or two `**`, in one: that many take minutes to match; or one past 250 letters.
    """
    file = tree.get(IGNORE_FILE)
    said = file.text.splitlines() if file else []
    lines = [line for line in said if line.strip() and not line.startswith("#")]
    if len(lines) > PATTERNS:
        raise BadInput(
            f"{IGNORE_FILE}: {len(lines)} patterns, {PATTERNS} allowed; name directories"
        )
    for number, line in enumerate(lines, 1):
        if problem := problem_of(line):
            shown = f"{line[:80]!r}{'…' if len(line) > 80 else ''}"
            raise BadInput(f"{IGNORE_FILE}: pattern {number}, {shown}, {problem}")
    try:
        return spec_of(tuple(lines))
    except ValueError as error:
        raise BadInput(f"{IGNORE_FILE}: {error}; write patterns as .gitignore does") from error
