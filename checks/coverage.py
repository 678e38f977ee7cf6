"""Coverage: the extension's own tests pass, and run a fair share of its code.

**What it asks.** There are tests; all of them pass in a sandbox without a network; and together they
run at least the share of the code that the policy names.

**Why.** Tests are how the next version is known to still work, by you and by everybody who helps
you. A test that fails on a clean machine tells nobody anything.

**How it is measured.** Python: pytest, which runs unittest's tests too, and statements as coverage.py
counts them. JavaScript and TypeScript: Node's own test runner and its coverage of lines with code, or
mocha, jest or vitest where your lock installs them. Tests, examples and tools' settings are left
out; a file that no test loads counts in full.

**How to mend.** Each finding names the tests that fail, or the files and lines that no test runs. A
test that needs a home directory or a program of yours should bring what it needs. What can run only
inside another program, on a display or with a network is shown to a person, and not held against you.

Source: docs/developer.md, "Tests".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.beyond import beyond_sandbox, missing_module, wants_surroundings
from checks.honest_tests import asserts_nothing, tampering
from checks.printed import quoted
from checks.protocol import Rule, counted, present
from devforge.model.observed import Failure, FileCoverage, TestRun
from devforge.model.policy import CheckName, Severity
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
FAIL = Rule(
    "tests-fail",
    "The tests pass",
    "block",
    "A failing test says that the extension does not do what its author meant.",
)
BEYOND = Rule(
    "tests-beyond-sandbox",
    "The tests run where nothing else is installed",
    "person",
    "Tests that need another program, a display or a network cannot be run here, which is nobody's "
    "fault; a person reads them instead.",
)
EMPTY = Rule(
    "tests-assert-nothing",
    "The tests can fail",
    "person",
    "A test that asserts nothing passes whatever the code does.",
)
TAMPER = Rule(
    "tests-tamper",
    "The tests leave their counting alone",
    "person",
    "Tests that write into the result, or change how it is counted, vouch for nothing.",
)
LOW = Rule(
    "coverage-low",
    "The tests run a fair share of the code",
    "block",
    "Code that no test runs can break without anybody noticing.",
)
RULES = (MISSING, CANNOT_RUN, FAIL, BEYOND, EMPTY, TAMPER, LOW)

_SHOWN_FILES = 5
_SHOWN_RANGES = 8
_COUNTED = {"pytest": "statements, as coverage.py counts them"}
_BY_NODE = "lines with code, as Node's coverage counts them"


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what keeps the tests from vouching for the code."""
    trial = present(submission.trial, "the tests were not run")
    tests = present(trial.tests, "the tests were not run")
    if isinstance(tests, Failure):
        yield _cannot_run(tests, submission)
    elif tests is not None and tests.passed + tests.failed > 0:
        yield from _dishonest(submission)
        failures = _Failures(tests, submission)
        yield from failures.findings()
        files = present(trial.coverage, "coverage was not measured")
        minimum = submission.policy.review.coverage.minimum_percent
        severity: Severity = "person" if failures.beyond else "block"
        yield from _low(files, tests, minimum, severity)
    elif submission.policy.review.coverage.require_tests:
        yield _missing(tests.skipped if tests else 0)


def _missing(skipped: int) -> Finding:
    problem = f"{counted(skipped, 'test')} found, all skipped" if skipped else "no test was found"
    return MISSING.finding(
        at="tests",
        problem=problem,
        remedy="add tests where pytest finds them (tests/test_*.py), or node --test (*.test.js)",
    )


def _cannot_run(failure: Failure, submission: Submission) -> Finding:
    said = f"; it printed: {quoted(failure.output)}" if failure.output else ""
    text = f"{failure.what} {failure.output}"
    if why := beyond_sandbox(text, submission) or wants_surroundings(text):
        return _beyond(f"{failure.what}, because {why}{said}")
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
    if asserts_nothing(submission):
        yield EMPTY.finding(
            at="tests",
            problem="no test asserts anything",
            remedy="say in each test what must come out, with assert or expect",
        )


def _beyond(problem: str) -> Finding:
    return BEYOND.finding(
        at="tests",
        problem=problem,
        remedy="nothing, unless tests of the parts that need no more can be kept apart; a person reads them",
    )


class _Failures:
    """The failing tests of a run, by cause: beyond the sandbox, a package not there, or the code."""

    def __init__(self, tests: TestRun, submission: Submission) -> None:
        self.tests = tests
        self.has_lock = not _lacks_lock(submission)
        self.beyond: dict[str, list[str]] = {}
        self.packages: dict[str, list[str]] = {}
        self.own: list[str] = []
        for failure in tests.failures[: tests.failed]:
            if why := beyond_sandbox(failure, submission) or wants_surroundings(failure):
                self.beyond.setdefault(why, []).append(failure)
            elif module := missing_module(failure):
                self.packages.setdefault(module, []).append(failure)
            else:
                self.own.append(failure)

    def findings(self) -> Iterator[Finding]:
        for why, failures in self.beyond.items():
            yield _beyond(
                f"{counted(len(failures), 'test')} cannot run here, because {why}: {_first(failures)}"
            )
        if self.packages:
            yield self._not_installed()
        for failure in self.own:
            yield self._own(failure)
        if (rest := self.tests.failed - len(self.tests.failures)) > 0:
            yield self._rest(rest)

    def _not_installed(self) -> Finding:
        failures = [failure for found in self.packages.values() for failure in found]
        names = ", ".join(sorted(self.packages))
        remedy = f"list {names} where you list what your tests need, such as the extra `test`"
        if not self.has_lock:
            remedy = "commit a package-lock.json: without one no dependency is installed here"
        return FAIL.finding(
            at=_place(failures[0]),
            problem=(
                f"{counted(len(failures), 'test')} cannot start, because {names} cannot be imported: "
                f"{_first(failures)}"
            ),
            remedy=remedy,
        )

    def _own(self, failure: str) -> Finding:
        framework = self.tests.framework
        return FAIL.finding(
            at=_place(failure),
            problem=f"this test fails: {failure}",
            remedy=f"mend the test or what it tests; {framework} shows the same from a clean checkout",
        )

    def _rest(self, number: int) -> Finding:
        shared = bool(self.beyond) and not (self.own or self.packages)
        return FAIL.finding(
            at="tests",
            problem=f"{counted(number, 'more test')} fail",
            remedy=f"run {self.tests.framework} from a clean checkout to see all of them",
            severity="person" if shared else "block",
        )


def _place(failure: str) -> str:
    place = failure.partition(":")[0]
    return place if "." in place else "tests"


def _first(failures: list[str]) -> str:
    names = [failure.partition(": ")[0] for failure in failures[:_SHOWN_FILES]]
    more = len(failures) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _lacks_lock(submission: Submission) -> bool:
    """Whether package.json asks for packages that no lock lets us install."""
    files = submission.tree.files
    locks = {"package-lock.json", "npm-shrinkwrap.json"}
    return submission.language in ("javascript", "typescript") and not locks & set(files)


def _low(
    files: tuple[FileCoverage, ...], tests: TestRun, minimum: int, severity: Severity
) -> Iterator[Finding]:
    covered, total = sum(f.covered for f in files), sum(f.total for f in files)
    if covered * 100 >= minimum * total:
        return
    worst = sorted((f for f in files if f.missing), key=lambda f: (-len(f.missing), f.path))
    shown = "; ".join(f"{f.path}: {ranges(f.missing)}" for f in worst[:_SHOWN_FILES])
    more = f"; and {len(worst) - _SHOWN_FILES} more files" if len(worst) > _SHOWN_FILES else ""
    counted = _COUNTED.get(tests.framework, _BY_NODE)
    yield LOW.finding(
        at=worst[0].path if worst else "tests",
        line=worst[0].missing[0] if worst else None,
        problem=(
            f"the tests run {covered * 100 // total} % of the code ({covered:,} of {total:,} {counted}), "
            f"and {minimum} % is the least. Not run: {shown}{more}"
        ),
        remedy="test the lines that are named, the largest gaps first",
        severity=severity,
    )


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
