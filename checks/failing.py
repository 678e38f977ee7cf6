"""Why the tests of an extension fail, as the coverage check tells it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.alike import cause, first, together
from checks.beyond import beyond_sandbox, missing_module, wants_surroundings
from checks.protocol import Rule, counted
from devforge.model.observed import Missing, TestRun
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.tables import json_table
from devforge.model.unresolvable import SOURCE_ONLY
from devforge.model.verdict import Finding

FAIL = Rule(
    "tests-fail",
    "The tests pass",
    "block",
    "A failing test says that the extension does not do what its author meant. Where most pass, a "
    "person looks at those that do not: it may be something that only this sandbox lacks.",
)
BEYOND = Rule(
    "tests-beyond-sandbox",
    "The tests run where nothing else is installed",
    "person",
    "Tests that need another program, a display or a network cannot be run here, which is nobody's "
    "fault; a person reads them instead.",
)

_OF_SEVERAL = {"exists": "exist", "comes": "come", "is": "are"}
_OF_A_MODULE = re.compile(rf"(?P<name>`[^`]+`) (?P<verb>{'|'.join(_OF_SEVERAL)}) (?P<rest>.+)")
# Modules whose package has another name.
_PACKAGES = {
    "pkg_resources": "setuptools", "yaml": "PyYAML", "PIL": "Pillow", "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil", "git": "GitPython", "cv2": "opencv-python", "sklearn": "scikit-learn",
    "docx": "python-docx", "dotenv": "python-dotenv", "serial": "pyserial", "OpenSSL": "pyOpenSSL",
}  # fmt: skip
_NO_LOCK = "without a package-lock.json no dependency is installed"
_REFUSED = "no dependency is installed, since"
_OTHER_LOCKS = ("yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies")


def beyond(problem: str) -> Finding:
    """Return the finding of what no sandbox has."""
    return BEYOND.finding(
        at="tests",
        problem=problem,
        remedy="nothing, unless tests of the parts that need no more can be kept apart; a person reads them",
    )


class Failures:
    """The failing tests of a run, by cause: beyond the sandbox, a package not there, or the code."""

    def __init__(self, tests: TestRun, submission: Submission) -> None:
        self.tests = tests
        self._submission = submission
        self.none_installed = none_installed(submission)
        self.beyond: dict[str, list[str]] = {}
        self.packages: dict[str, list[str]] = {}
        self.own: dict[str, list[str]] = {}  # what they say alike → the failures that say it
        self.uninstalled = _uninstalled(submission)
        for failure in tests.failures[: tests.failed]:
            if why := beyond_sandbox(failure, submission) or wants_surroundings(
                failure, submission
            ):
                self.beyond.setdefault(why, []).append(failure)
            elif module := missing_module(failure):
                self.packages.setdefault(module, []).append(failure)
            else:
                self.own.setdefault(cause(failure), []).append(failure)

    @property
    def lack_packages(self) -> bool:
        """Whether tests want packages, and none could be installed here."""
        return bool(self.packages and self.none_installed)

    @property
    def are_beyond(self) -> bool:
        """Whether tests want what the sandbox has not, or packages that could not be installed."""
        return bool(self.beyond or self.lack_packages or (self.tests.failed and self.uninstalled))

    @property
    def none_could_run(self) -> bool:
        """Whether no test passed, and none failed by itself: then no line could be counted either."""
        return self.are_beyond and not self.tests.passed and not (self.own or self._listed_ones)

    @property
    def _listed_ones(self) -> bool:
        """Whether tests lack packages that a lock, or a list, could have had installed."""
        return bool(self.packages) and not self.none_installed

    def findings(self) -> Iterator[Finding]:
        for why, failures in _alike(self.beyond).items():
            yield beyond(
                f"{counted(len(failures), 'test')} cannot run here, because {why}: {first(failures)}"
            )
        if self.packages:
            yield self._not_installed()
        for place, reasons in self._own_by_place().items():
            yield self._own(place, reasons)
        if (rest := self.tests.failed - len(self.tests.failures)) > 0:
            yield self._rest(rest)

    def _not_installed(self) -> Finding:
        failures = [failure for found in self.packages.values() for failure in found]
        names = ", ".join(sorted(self.packages))
        packages = ", ".join(sorted({_PACKAGES.get(name, name) for name in self.packages}))
        remedy = f"list {packages} where you list what your tests need, such as the extra `test`"
        if self.none_installed:
            remedy = f"{unlocked(self.none_installed, self._submission)}, so that the tests can run here; until then a person reads them"
        return FAIL.finding(
            at=_place(failures[0]),
            problem=(
                f"{counted(len(failures), 'test')} cannot start, because {names} cannot be imported: "
                f"{first(failures)}"
            ),
            remedy=remedy,
            severity=self._severity,
        )

    @property
    def _severity(self) -> Severity:
        """Milder where most tests pass, or none could be given what it needs."""
        mostly = self.tests.passed >= self.tests.failed
        return "person" if mostly or self.none_installed or self.uninstalled else "block"

    def _own_by_place(self) -> dict[str, dict[str, list[str]]]:
        """Place → what its tests say → the failures that say it; what is said alike is said once."""
        found: dict[str, dict[str, list[str]]] = {}
        for reason, failures in self.own.items():
            found.setdefault(_place(failures[0]), {})[reason] = failures
        return found

    def _own(self, place: str, reasons: dict[str, list[str]]) -> Finding:
        problem = together(reasons)
        remedy = (
            f"mend the test or what it tests; {self.tests.framework} shows the same from a clean checkout. "
            "If it passes there, say so: a maintainer looks"
        )
        if self.uninstalled:
            problem += f" ({self.uninstalled})"
            remedy = "nothing, if it fails for want of what is not installed here: a maintainer looks; otherwise mend it"
        return FAIL.finding(at=place, problem=problem, remedy=remedy, severity=self._severity)

    def _rest(self, number: int) -> Finding:
        shared = bool(self.beyond) and not (self.own or self.packages)
        return FAIL.finding(
            at="tests",
            problem=f"{counted(number, 'more test')} fail{', it seems for the same reason' if shared else ''}",
            remedy=f"run {self.tests.framework} from a clean checkout to see all of them",
            severity="person" if shared else self._severity,
        )


def _alike(beyond: dict[str, list[str]]) -> dict[str, list[str]]:
    """Causes that are one but for a module's name, as one: "`a` and `b` exist only inside …"."""
    names: dict[str, list[str]] = {}
    found: dict[str, list[str]] = {}
    for why, failures in beyond.items():
        one = _OF_A_MODULE.fullmatch(why)
        cause = f"{one['verb']} {one['rest']}" if one else why
        names.setdefault(cause, []).extend([one["name"]] if one else [])
        found.setdefault(cause, []).extend(failures)
    return {_named(names[cause], cause): failures for cause, failures in found.items()}


def _named(names: list[str], cause: str) -> str:
    if len(names) < 2:
        return " ".join([*names, cause])
    verb, _, rest = cause.partition(" ")
    return f"{', '.join(names[:-1])} and {names[-1]} {_OF_SEVERAL[verb]} {rest}"


def _uninstalled(submission: Submission) -> str:
    """Which packages that users need could not be installed here, and are nobody's fault; or nothing."""
    gone = submission.unresolvable
    named = {} if isinstance(gone, Missing) else gone
    sources = sorted(name for name, reason in named.items() if reason.startswith(SOURCE_ONLY))
    if not sources:
        return ""
    come = "it comes" if len(sources) == 1 else "they come"
    return f"not installed here, because {come} as source only: {', '.join(sources)}"


def _place(failure: str) -> str:
    place = failure.partition(":")[0]
    return place if "." in place else "tests"


def none_installed(submission: Submission) -> str:
    """Why no package of package.json is installed here, so that its absence tells nothing; or nothing."""
    files = submission.tree.files
    package = json_table(files.get("package.json"))
    if not any(package.get(kind) for kind in _DEPENDENCIES):
        return ""
    if not {"package-lock.json", "npm-shrinkwrap.json"} & set(files):
        other = _other_lock(submission)
        return (
            f"dependencies are installed from package-lock.json and not from {other}"
            if other
            else _NO_LOCK
        )
    if submission.manifest is None or submission.manifest.language == "python":
        return ""
    gone = submission.unresolvable
    name, reason = next(iter({} if isinstance(gone, Missing) else gone.items()), ("", ""))
    return f"{_REFUSED} {name} {reason}" if name else ""


def unlocked(why: str, submission: Submission) -> str:
    """Return what to do about `why` no package is installed."""
    if why.startswith(_REFUSED):
        return "let the lock name what can be had"
    other = _other_lock(submission)
    return "commit a package-lock.json" + (f" beside {other}, if you like" if other else "")


def _other_lock(submission: Submission) -> str | None:
    return next((name for name in _OTHER_LOCKS if name in submission.tree.files), None)
