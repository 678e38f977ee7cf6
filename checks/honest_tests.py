"""Whether tests could fail at all, and leave alone the harness that counts them. Pure; reads, never runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import place_of
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission

_CODE = re.compile(r".*\.(?:py|[cm]?jsx?|[cm]?tsx?)", re.IGNORECASE)
_COMMENT = re.compile(r"^\s*(?:#|//|\*).*$", re.MULTILINE)
# What a test says when it can fail; libraries differ in the word, not in having one.
_ASSERTS = re.compile(
    r"\bassert|\bexpect|\bshould\b|\.(?:ok|is|equals?|same|deepEqual|strictEqual|throws|rejects|like|true|match)\("
    r"|\braises\b|\.fail\(|\bfail\(|verify|snapshot|RuleTester|\bvalid\b|check_|\braise\b|\bthrow\b",
    re.IGNORECASE,
)
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


def asserts_nothing(submission: Submission) -> bool:
    """Whether no test file has a word of asserting in it, so that no test can fail but by accident."""
    tests = list(_tests(submission))
    return bool(tests) and not any(_ASSERTS.search(_COMMENT.sub("", t.text)) for t in tests)


def _tests(submission: Submission) -> Iterator[SourceFile]:
    for path, file in submission.tree.files.items():
        if place_of(path) == "tests" and _CODE.fullmatch(path) and file.mode != "symlink":
            yield file
