"""What an update adds or changes is found path by path, and its untested lines are named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from example_trees import submission_of

from checks import coverage
from checks.changed import changed_lines, statement_starts
from devforge.model.observed import (
    Activation,
    FileCoverage,
    Missing,
    SourceFile,
    SourceTree,
    TestRun,
    Timing,
    Trial,
)
from devforge.model.verdict import Finding

_QUICK = Timing(median=0.01, low=0.01, high=0.01, runs=5)
_ACTIVATION = Activation(
    seconds=_QUICK, reference_seconds=_QUICK, memory_bytes=1, reference_memory_bytes=1
)
OLD = "".join(f"x{n} = {n}\n" for n in range(1, 41))
NEW = OLD + "".join(f"y{n} = {n}\n" for n in range(1, 21))  # lines 41 to 60 are new


def tree(**files: str) -> SourceTree:
    named = {f"{name}.py": text.encode() for name, text in files.items()}
    return SourceTree({path: SourceFile(path, "file", content) for path, content in named.items()})


def findings(
    new: str, previous: SourceTree | Missing | None, missing: set[int], **more: FileCoverage
) -> list[Finding]:
    lines = set(range(1, len(new.splitlines()) + 1))
    file = FileCoverage(
        path="a.py",
        covered=len(lines - missing),
        total=len(lines),
        missing=tuple(sorted(missing)),
        ran=tuple(sorted(lines - missing)),
    )
    trial = Trial(
        tests=TestRun(framework="pytest", passed=3, failed=0, skipped=0),
        coverage=(file, *more.values()),
        activation=_ACTIVATION,
    )
    files = {"a.py": new, "tests/test_a.py": "import a\ndef test_a(): assert a.x1 == 1\n"}
    submission = replace(submission_of({"files": files}), trial=trial, previous=previous)
    return list(coverage.check(submission))


def test_untested_new_lines_are_named_for_a_person() -> None:
    (found,) = findings(NEW, tree(a=OLD), {44, *range(47, 59)})

    assert (found.rule, found.severity, found.at, found.line) == (
        "coverage-changed-low",
        "person",
        "a.py",
        44,
    )
    assert found.lines == (44, *range(47, 59))
    assert found.problem.startswith(
        "the tests run 7 of the 20 lines that this version adds or changes (35 %), and 50 % is the least. "
        "Not run: a.py: lines 44, 47-58."
    )


def test_a_few_untested_lines_are_told_and_ask_nobody() -> None:
    new = OLD.replace("x7 = 7", "x7 = 8").replace("x9 = 9", "x9 = 8")
    (found,) = findings(new, tree(a=OLD), {7, 9})

    assert (found.rule, found.severity) == ("coverage-changed-low", "warn")


def test_old_gaps_are_not_held_against_an_update() -> None:
    assert findings(NEW, tree(a=OLD), set(range(1, 20))) == []


@pytest.mark.parametrize("previous", [None, Missing(reason="gone")])
def test_without_a_version_before_only_the_whole_counts(previous: Missing | None) -> None:
    assert findings(NEW, previous, {44, *range(47, 59)}) == []


def test_a_file_that_moved_has_not_changed() -> None:
    old = tree(before=OLD, other="pass\n")

    assert changed_lines(tree(after=OLD), old, ["after.py"]) == {}
    assert changed_lines(tree(after=NEW), old, ["after.py"]) == {"after.py": set(range(41, 61))}
    assert changed_lines(tree(a="import os\n"), old, ["a.py"]) == {"a.py": {1}}


def test_lines_are_compared_where_they_stand_not_by_number() -> None:
    new = "import os\n" + OLD.replace("x20 = 20\n", "x20 = 21\nextra = 1\n").replace(
        "x30 = 30\n", ""
    )

    assert changed_lines(tree(a=new), tree(a=OLD), ["a.py"]) == {"a.py": {1, 21, 22}}


def test_a_line_within_a_statement_counts_as_its_statement() -> None:
    text = "call(\n    1,\n    2,\n)\nif (\n    a\n):\n    b = [\n        1,\n    ]\n"

    assert statement_starts(text) == {2: 1, 3: 1, 4: 1, 6: 5, 7: 5, 9: 8, 10: 8}


def test_very_long_files_are_compared_quickly() -> None:
    old = "".join(f"x = {n % 7}\n" for n in range(60_000))

    assert changed_lines(tree(a=old + "y = 1\n"), tree(a=old), ["a.py"]) == {"a.py": {60_001}}
