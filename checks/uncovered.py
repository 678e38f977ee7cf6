"""Which of an extension's lines its tests do not run, as the coverage check tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.changed import changed_lines, statement_starts
from checks.protocol import Rule, counted
from devforge.model.observed import FileCoverage, SourceTree, TestRun
from devforge.model.reviewing import Coverage
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

LOW = Rule(
    "coverage-low",
    "The tests run a fair share of the code",
    "block",
    "Code that no test runs can break without anybody noticing.",
)
CHANGED = Rule(
    "coverage-changed-low",
    "The tests run what an update changes",
    "person",
    "What is new is what breaks; tests that only run what was there before do not vouch for it.",
)

_SHOWN_FILES = 5
_SHOWN_RANGES = 8
_COUNTED = {"pytest": "statements, as coverage.py counts them"}
_BY_NODE = "lines with code, as Node's coverage counts them"
# Fewer untested lines than this are told, and are no reason to ask anybody.
_MANY_LINES = 10


def low(
    files: tuple[FileCoverage, ...], tests: TestRun, wanted: Coverage, *, is_whole: bool
) -> Iterator[Finding]:
    """Yield the finding of too little coverage. `is_whole`: no test was beyond the sandbox."""
    minimum = wanted.minimum_percent
    covered, total = sum(f.covered for f in files), sum(f.total for f in files)
    if covered * 100 >= minimum * total:
        return
    worst = sorted((f for f in files if f.missing), key=lambda f: (-len(f.missing), f.path))
    shown = "; ".join(f"{f.path}: {_gaps(f)}" for f in worst[:_SHOWN_FILES])
    rest = len(worst) - _SHOWN_FILES
    more = f"; and {counted(rest, 'more file')}" if rest > 0 else ""
    kind = _COUNTED.get(tests.framework, _BY_NODE)
    yield LOW.finding(
        at=worst[0].path if worst else "tests",
        line=worst[0].missing[0] if worst else None,
        problem=(
            f"the tests run {covered * 100 // total} % of the code ({covered:,} of {total:,} {kind}), "
            f"and {minimum} % is the least. Not run: {shown}{more}"
        ),
        remedy="test the lines that are named, the largest gaps first",
        severity="block" if is_whole else "person",
    )


def low_in_changes(
    files: tuple[FileCoverage, ...], submission: Submission, *, is_whole: bool
) -> Iterator[Finding]:
    """Yield the finding of too little coverage of what differs from the version before, if there is one."""
    if not isinstance(submission.previous, SourceTree):
        return
    least = submission.policy.review.coverage.changed_percent
    measured = {file.path: file for file in files}
    changed = changed_lines(submission.tree, submission.previous, measured)
    ran, missing = 0, dict[str, list[int]]()
    for path, lines in changed.items():
        touched = _touched(lines, measured[path], submission.tree.files[path].text)
        ran += len(touched - set(measured[path].missing))
        if gap := sorted(touched & set(measured[path].missing)):
            missing[path] = gap
    untested = sum(map(len, missing.values()))
    if not missing or ran * 100 >= least * (ran + untested):
        return
    worst = sorted(missing, key=lambda path: (-len(missing[path]), path))
    shown = "; ".join(f"{path}: lines {ranges(missing[path])}" for path in worst[:_SHOWN_FILES])
    rest = len(worst) - _SHOWN_FILES
    more = f"; and {counted(rest, 'more file')}" if rest > 0 else ""
    yield CHANGED.finding(
        at=worst[0],
        line=missing[worst[0]][0],
        lines=tuple(missing[worst[0]]),
        problem=(
            f"the tests run {ran:,} of the {counted(ran + untested, 'line')} that this version adds or "
            f"changes ({ran * 100 // (ran + untested)} %), and {least} % is the least. Not run: {shown}{more}. "
            "Measured by comparing each file with the version before; blank lines and comments do not count"
        ),
        remedy="test what is new: the lines that are named, the largest gaps first",
        severity="person" if is_whole and untested >= _MANY_LINES else "warn",
    )


def _gaps(file: FileCoverage) -> str:
    return ranges(file.missing) if file.covered else "all of it"


def _touched(lines: set[int], file: FileCoverage, text: str) -> set[int]:
    """The statements that changed lines belong to, as far as coverage counts them."""
    counted_lines = {*file.ran, *file.missing}
    starts = statement_starts(text) if file.path.endswith(".py") else {}
    return {
        starts.get(line, line) if line not in counted_lines else line for line in lines
    } & counted_lines


def ranges(lines: Iterable[int]) -> str:
    """Return `3-9, 14` for the numbers 3 to 9 and 14; at most eight ranges, the longest ones."""
    found: list[list[int]] = []
    for line in sorted(set(lines)):
        if found and line == found[-1][-1] + 1:
            found[-1].append(line)
        else:
            found.append([line])
    longest = sorted(found, key=lambda run: (-len(run), run[0]))[:_SHOWN_RANGES]
    texts = [str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in sorted(longest)]
    return ", ".join(texts) + (" …" if len(found) > _SHOWN_RANGES else "")
