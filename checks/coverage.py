"""Coverage: the extension's own tests pass, and run a fair share of its code.

**What it asks.** There are tests; all of them pass in a sandbox without a network; they can fail; and
together they run at least the share of the code, and of what an update changes, that the policy names.

**Why.** Tests are how the next version is known to still work, by you and by everybody who helps
you. A test that fails on a clean machine tells nobody anything.

**How it is measured.** Python: pytest, which runs unittest's tests too, and statements as coverage.py
counts them. JavaScript and TypeScript: Node's own test runner and its coverage of lines with code, or
mocha, jest or vitest where your lock installs them. Tests, examples and tools' settings are left
out; a file that no test loads counts in full. What an update changes are the lines that differ from the
version before, path by path; a file that only moved has not changed. Whether a test can fail is read
from its text: it asserts something, by itself or through a helper, or it is a smoke test, which fails
only by an exception.

**How to mend.** Each finding names the tests that fail, or the files and lines that no test runs. A
test that needs a home directory or a program of yours should bring what it needs. What can run only
inside another program, on a display or with a network, or takes longer than the review has, is shown
to a person, and not held against you.

Source: docs/developer.md, "Tests".
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.beyond import beyond_sandbox, wants_surroundings
from checks.failing import BEYOND, FAIL, Failures, beyond, none_installed, unlocked
from checks.honest_python import TestCase
from checks.honest_tests import cases, tampering
from checks.printed import quoted
from checks.protocol import Rule, counted, present
from checks.uncovered import CHANGED, LOW, low, low_in_changes
from devforge.model.observed import Failure, Trial
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "coverage"

MISSING = Rule(
    "tests-missing",
    "There are tests",
    "block",
    "Without a test nobody can tell whether the next version still does what this one did.",
)
CANNOT_RUN = Rule(
    "tests-cannot-run",
    "The tests run to their end",
    "block",
    "Tests that need what only their author's machine has tell nobody else anything.",
)
LATE = Rule(
    "tests-too-long",
    "The tests end within the review's time",
    "person",
    "A review cannot wait for ever, and counting lines makes every test slower; that is nobody's fault, "
    "so a person looks instead.",
)
EMPTY = Rule(
    "tests-assert-nothing",
    "The tests can fail",
    "person",
    "A test that asserts nothing passes whatever the code does.",
)
SOME_EMPTY = Rule(
    "test-asserts-nothing",
    "Every test can fail",
    "warn",
    "A test that does nothing, or asserts what is always so, is counted as passed and says nothing.",
)
TAMPER = Rule(
    "tests-tamper",
    "The tests leave their counting alone",
    "person",
    "Tests that write into the result, or change how it is counted, vouch for nothing.",
)
RULES = (MISSING, CANNOT_RUN, FAIL, BEYOND, LATE, EMPTY, SOME_EMPTY, TAMPER, LOW, CHANGED)

_SHOWN_TESTS = 5
_LATE = "did not end within"


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what keeps the tests from vouching for the code."""
    trial = present(submission.trial, "the tests were not run")
    tests = present(trial.tests, "the tests were not run")
    if isinstance(tests, Failure):
        yield _cannot_run(tests, submission)
    elif tests is not None and tests.passed + tests.failed > 0:
        yield from _dishonest(submission)
        failures = Failures(tests, submission)
        yield from failures.findings()
        files = present(trial.coverage, "coverage was not measured")
        # What starts only inside another program cannot be tested whole outside of it.
        is_whole = not (failures.are_beyond or _is_hosted(trial, submission))
        none_ran = failures.lack_packages and not any(file.covered for file in files)
        if not (failures.none_could_run or none_ran):
            yield from low(files, tests, submission.policy.review.coverage, is_whole=is_whole)
        yield from low_in_changes(files, submission, is_whole=is_whole)
    elif submission.policy.review.coverage.require_tests:
        yield _missing(tests.skipped if tests else 0, submission)


def _is_hosted(trial: Trial, submission: Submission) -> bool:
    started = trial.activation
    return isinstance(started, Failure) and bool(beyond_sandbox(started.output, submission))


def _missing(skipped: int, submission: Submission) -> Finding:
    is_python = submission.manifest is None or submission.manifest.language == "python"
    where = (
        "pytest finds them (tests/test_*.py)"
        if is_python
        else "`node --test` finds them (*.test.js, *.test.ts)"
    )
    problem = f"{counted(skipped, 'test')} found, all skipped" if skipped else "no test was found"
    return MISSING.finding(
        at="tests",
        problem=problem,
        remedy=f"add tests where {where}",
    )


def _cannot_run(failure: Failure, submission: Submission) -> Finding:
    said = f"; it printed: {quoted(failure.output)}" if failure.output else ""
    text = f"{failure.what} {failure.output}"
    if _LATE in failure.what:
        return LATE.finding(
            at="tests",
            problem=f"{failure.what}; counting the lines they run makes tests slower here than with you{said}",
            remedy=(
                "nothing, if they need the time: a person reads them. If one of them only waits, let it wait "
                "for less, or leave it out by a marker in your pytest settings"
            ),
        )
    if why := beyond_sandbox(text, submission) or wants_surroundings(text, submission):
        return beyond(f"the tests cannot start here, because {why}")
    if uninstalled := none_installed(submission):
        is_told = any(one in failure.what for one in (uninstalled, "package-lock.json"))
        told = "" if is_told else f": {uninstalled}"
        return CANNOT_RUN.finding(
            at="tests",
            problem=f"{failure.what}{told}{said}",
            remedy=f"{unlocked(uninstalled, submission)}, so that the tests can run here; until then a person reads them",
            severity="person",
        )
    return CANNOT_RUN.finding(
        at="tests",
        problem=f"{failure.what}{said}",
        remedy="make the tests run from a clean checkout, without a network, within the limits",
    )


def _dishonest(submission: Submission) -> Iterator[Finding]:
    for path, line in tampering(submission):
        yield TAMPER.finding(
            at=path,
            line=line,
            problem=f"line {line}: the tests reach for what counts them",
            remedy="test the extension's own code only; a person reads the tests until then",
        )
    found = cases(submission)
    empty = [case for case in found if case.kind == "empty"]
    if found and not any(case.kind == "asserts" for case in found):
        yield _vouches_for_nothing(len(found), len(empty))
    elif empty:
        yield _some_empty(empty, len(found))


def _vouches_for_nothing(number: int, empty: int) -> Finding:
    problem = f"{counted(number, 'test')}, and none of them asserts anything"
    if not empty:
        problem += ": all are smoke tests, which run the code and fail only if it raises"
    return EMPTY.finding(
        at="tests",
        problem=problem,
        remedy="say what must come out, with assert or expect, in the tests of what matters most",
    )


def _some_empty(empty: list[TestCase], number: int) -> Finding:
    shown = ", ".join(f"{case.path}:{case.line}" for case in empty[:_SHOWN_TESTS])
    more = f" and {len(empty) - _SHOWN_TESTS} more" if len(empty) > _SHOWN_TESTS else ""
    return SOME_EMPTY.finding(
        at=empty[0].path,
        line=empty[0].line,
        problem=f"{len(empty)} of {counted(number, 'test')} can never fail: {shown}{more}",
        remedy="say in them what must come out, or take them out",
    )
