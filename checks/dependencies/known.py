"""Components that advisories are about: malicious ones, vulnerable ones, and how old our word is. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from checks.dependencies.rules import MALICIOUS, STALE, VULNERABLE
from checks.places import place_of
from checks.protocol import counted
from checks.vendored_marks import is_code
from devforge.model.components import Vulnerabilities, Vulnerability
from devforge.model.policy import Advisories
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_WORST_FIRST = ("malicious", "critical", "high", "medium", "low")
_SHOWN = 5


def check(submission: Submission, known: Vulnerabilities) -> Iterator[Finding]:
    """Yield one finding for each component that an advisory is about, and one on an old copy."""
    policy = submission.policy.advisories

    def component(found: Vulnerability) -> tuple[str, ...]:
        return (found.ecosystem, found.name, found.version, found.source)

    for _, group in groupby(sorted(known.found, key=component), component):
        hits = sorted(group, key=lambda v: (_gravity(v), v.id))
        malicious = [v for v in hits if v.severity == "malicious"]
        if malicious:
            yield _malicious(malicious)
        elif hits:
            yield _vulnerable(hits, policy)
    if submission.dependencies or known.found:
        yield from _stale(known, policy)


def _malicious(hits: list[Vulnerability]) -> Finding:
    worst = hits[0]
    if not worst.certain:
        return MALICIOUS.finding(
            at=worst.source,
            problem=f"{worst.name} had malicious versions that {worst.version} admits: {_told(hits)}",
            remedy=f"pin a version in a lock, so that one of those is never installed{_raise(worst)}",
            severity="warn",
        )
    return MALICIOUS.finding(
        at=worst.source,
        problem=f"{_named(worst)} is malicious: {_told(hits)}",
        remedy=f"remove {worst.name}, and look at every machine it was installed on",
    )


def _vulnerable(hits: list[Vulnerability], policy: Advisories) -> Finding:
    worst = hits[0]
    blocks = [v for v in hits if v.certain and _reaches(v, policy.block)]
    severity: Severity = "block" if blocks else "warn" if worst.certain else "info"
    if _only_tests(worst):
        severity = "warn" if blocks else "info"
    return VULNERABLE.finding(
        at=worst.source,
        problem=f"{_named(worst)} {_count(hits)}: {_told(hits)}",
        remedy=_remedy(hits),
        severity=severity,
    )


def _count(hits: list[Vulnerability]) -> str:
    number = len(hits)
    known = "a known vulnerability" if number == 1 else f"{number} known vulnerabilities"
    if hits[0].certain:
        return f"has {known}"
    return f"admits versions with {known} beside mended ones"


def _remedy(hits: list[Vulnerability]) -> str:
    """The exact thing to do: the lowest version that mends all of them, and where to write it."""
    worst = hits[0]
    if not worst.certain:
        return f"ask for a mended version, so that no other is installed{_raise(worst)}"
    ends = [hit.fixed[0] for hit in hits if hit.fixed]
    if not ends:
        return f"there is no mended version: replace {worst.name}, or say in the pull request why it is safe here"
    to = max(ends, key=_order)
    after = "" if len(ends) == len(hits) else "; for the others there is no mended version yet"
    if is_code(_file(worst)):
        return f"put {worst.name} {to} or newer in the place of {_file(worst)}{after}"
    return f"raise {worst.name} to {to} in {_file(worst)}{after}"


def _order(version: str) -> tuple[tuple[int, int | str], ...]:
    parts = version.replace("-", ".").split(".")
    return tuple((1, int(p)) if p.isdigit() else (0, p) for p in parts)


def _raise(hit: Vulnerability) -> str:
    return f": {hit.fixed[0]} or newer" if hit.fixed else ""


def _file(hit: Vulnerability) -> str:
    return hit.source.partition(": ")[0]


def _named(hit: Vulnerability) -> str:
    if not hit.certain:
        return hit.version if hit.version.startswith(hit.name) else f"{hit.name} {hit.version}"
    through = "" if hit.direct else ", which another dependency brings along,"
    return f"{hit.name} {hit.version}{through}"


def _told(hits: list[Vulnerability]) -> str:
    said = [f"{v.id}{_rated(v)}{f', {v.summary}' if v.summary else ''}" for v in hits[:_SHOWN]]
    more = len(hits) - _SHOWN
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def _rated(hit: Vulnerability) -> str:
    return "" if hit.severity == "malicious" else f" ({hit.severity})"


def _only_tests(hit: Vulnerability) -> bool:
    return hit.for_tests or place_of(_file(hit)) in ("tests", "docs")


def _gravity(hit: Vulnerability) -> int:
    word = "medium" if hit.severity == "unknown" else hit.severity
    return _WORST_FIRST.index(word) + (0 if hit.certain else len(_WORST_FIRST))


def _reaches(hit: Vulnerability, threshold: str) -> bool:
    word = "medium" if hit.severity == "unknown" else hit.severity
    return threshold in _WORST_FIRST and _WORST_FIRST.index(word) <= _WORST_FIRST.index(threshold)


def _stale(known: Vulnerabilities, policy: Advisories) -> Iterator[Finding]:
    """A copy that is not there is the operator's matter, and the job's log says so."""
    if not policy.ecosystems or known.as_of is None or (known.age_days or 0) <= policy.stale_days:
        return
    day, age = known.as_of[:10], counted(known.age_days or 0, "day")
    yield STALE.finding(
        at="dependencies",
        problem=f"the copy of the OSV database is of {day}, {age} old: what was found since is not in it",
        remedy="nothing for you to mend; `devforge advisories refresh` fetches a copy for yourself",
    )
