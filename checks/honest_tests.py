"""Whether tests could fail at all, and leave alone the harness that counts them. Pure; reads, never runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.honest_python import TestCase, python_cases
from checks.honest_script import script_cases
from checks.places import place_of
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission

_SCRIPT = re.compile(r".*\.[cm]?[jt]sx?", re.IGNORECASE)
# Examples, and code that tests only look at.
_NOT_TESTS = {"doc", "docs", "example", "examples", "sample", "samples", "demo", "demos", "fixtures",
              "testdata", "test_data", "data", "snapshots"}  # fmt: skip
_COMMENT = re.compile(r"^[ \t]*(?:#|//|\*).*$", re.MULTILINE)
# The result goes through descriptor 3, is counted by coverage, and ends with the process.
_TAMPERS = re.compile(
    r"\bos\.write\(\s*3\s*,|\bos\.fdopen\(\s*3\b|\bopen\(\s*3\s*,|/proc/(?:self|\d+|\{[^}]*\})/fd\b|/dev/fd/3"
    r"|\b(?:fs\.)?writeSync\(\s*3\s*,|\bcoverage\.Coverage(?:\.\w+)?\s*=|setattr\(\s*coverage\b"
    r"|\bCoverage\.(?:analysis2|stop|start)\s*=|\bos\._exit\s*="
)


def tampering(submission: Submission) -> Iterator[tuple[str, int]]:
    """Yield where tests reach for the harness, each file's first line of it."""
    for file in _tests(submission):
        if found := _TAMPERS.search(_COMMENT.sub("", file.text)):
            yield file.path, file.text.count("\n", 0, file.text.find(found[0])) + 1


def cases(submission: Submission) -> tuple[TestCase, ...]:
    """Return the extension's tests; none where they cannot be told for sure."""
    files = {file.path: file.text for file in _tests(submission)}
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    scripts = {path: text for path, text in files.items() if path not in python}
    return (*python_cases(python), *script_cases(scripts))


def _tests(submission: Submission) -> Iterator[SourceFile]:
    for path, file in submission.tree.files.items():
        is_code = path.endswith(".py") or _SCRIPT.fullmatch(path)
        is_shown = _NOT_TESTS.intersection(path.lower().split("/")[:-1])
        if place_of(path) == "tests" and is_code and not is_shown and file.mode != "symlink":
            yield file
