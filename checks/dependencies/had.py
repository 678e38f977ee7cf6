"""Dependencies that could not be had. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from checks.dependencies.places import place_of_origin
from checks.dependencies.rules import UNRESOLVED
from checks.protocol import NoVerdict
from devforge.model.observed import DependencyFact, Missing
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.unresolvable import ALL, DISAGREE, FOR_TESTS, LEFT_OUT, NO_VERSION, SOURCE_ONLY
from devforge.model.verdict import Finding

_TOO_LARGE = "depend on less if you can; the limit is this marketplace's, so a person decides"

_FOR_TESTS = "users need nothing of it; make the tests' requirements fit, so that the tests can run"
# Whoever wrote the lock had the file: taken back since, or not in the copy of the index that is asked here.
_WITHHELD = (
    "ask for a version that the index has; if you can install it, say so, and a maintainer looks"
)
_UNBUILT_FOR_TESTS = (
    "nothing: users need nothing of it, and a person reads the tests that import it"
)
_BUILT = (
    "nothing, if it has to be built; a person looks at it. Or depend on one that comes as a wheel"
)
_APART = ("comes from ", "is a link to a directory", "is not a package of the index")


def check(submission: Submission, facts: tuple[DependencyFact, ...]) -> Iterator[Finding]:
    """Yield one finding for each dependency that the index itself says it has not.

    Raises:
        NoVerdict: nobody could say.
    """
    answers = submission.unresolvable
    if isinstance(answers, Missing):
        if any(fact.direct for fact in facts):
            raise NoVerdict(f"whether the dependencies can be had: {answers.reason}")
        return
    # Another rule speaks of what comes from a place of its own, and says what to do about it.
    apart = {
        key
        for fact in facts
        if place_of_origin(fact)
        for key in (fact.name, fact.requirement[:80], f"-e {fact.requirement}"[:80])
    }
    sources = {fact.name: fact.source for fact in reversed(facts)}
    hashed = {fact.name for fact in facts if fact.hashed}
    shipped = {fact.name for fact in facts if not fact.for_tests}
    left_out = [name for name, reason in sorted(answers.items()) if reason == LEFT_OUT]
    if left_out:
        yield UNRESOLVED.finding(
            at=sources.get(left_out[0], "dependencies"),
            problem=f"{', '.join(left_out)[:300]} could not be had: {LEFT_OUT}",
            remedy=_FOR_TESTS,
            severity="warn",
        )
    for name, reason in sorted(answers.items()):
        known = name if name in sources else canonicalize_name(name)
        if reason == LEFT_OUT or ((name in apart or known in apart) and _comes_apart(reason)):
            continue
        only_tests = known in sources and known not in shipped
        severity, remedy = _weighed(name, reason, only_tests=only_tests)
        if severity == "block" and known in hashed and reason.startswith(NO_VERSION):
            severity, remedy = "person", _WITHHELD
        yield UNRESOLVED.finding(
            at=sources.get(known, "dependencies"),
            problem=_told(name, reason),
            remedy=remedy,
            severity=severity,
        )


def _told(name: str, reason: str) -> str:
    if name == ALL:
        return f"the dependencies together {reason}, so that none of them is installed here"
    if reason.startswith(DISAGREE):
        return f"package-lock.json could not be installed: {reason}"
    return f"{name} could not be had: {reason}"


def _comes_apart(reason: str) -> bool:
    """Whether it was not asked for at all, because it is no package of the index."""
    return reason.removeprefix(f"{FOR_TESTS}: ").startswith(_APART)


def _weighed(name: str, reason: str, *, only_tests: bool) -> tuple[Severity, str]:
    if name == ALL:
        return "person", _TOO_LARGE
    if only_tests or reason.startswith(FOR_TESTS):
        is_source = reason.removeprefix(f"{FOR_TESTS}: ").startswith(SOURCE_ONLY)
        return "warn", _UNBUILT_FOR_TESTS if is_source else _FOR_TESTS
    if reason.startswith(SOURCE_ONLY):
        return "person", _BUILT
    if reason.startswith(DISAGREE):
        return "block", "run `npm install`, and commit package.json and package-lock.json together"
    return "block", "correct the name or the version, or wait until it is published"
