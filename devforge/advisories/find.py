"""Finds what is known of an extension's components: its dependencies and the copies it carries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import nodesemver
from packaging.requirements import InvalidRequirement, Requirement

from devforge.advisories.known import Known, read_own
from devforge.advisories.matching import Ecosystem, order_of, same_name
from devforge.advisories.severity import WORST_FIRST
from devforge.advisories.shelf import Shelf
from devforge.errors import DevForgeError
from devforge.model.advisories import Advisory
from devforge.model.components import Vendored, Vulnerabilities, Vulnerability
from devforge.model.observed import DependencyFact, Missing

_MOST = 2_000
_ALIAS = re.compile(r"npm:((?:@[^@/]+/)?[^@/]+)(?:@(.*))?")
_NEXT = ((0, 0, 1), (0, 1, 0), (1, 0, 0))


@dataclass(frozen=True, slots=True)
class Part:
    """One component: an exact `version`, or the `requirement` that admits several."""

    ecosystem: Ecosystem
    name: str
    version: str | None
    requirement: str
    source: str
    direct: bool = True
    for_tests: bool = False


def parts_of(
    facts: Iterable[DependencyFact], vendored: Iterable[Vendored] = ()
) -> tuple[Part, ...]:
    """Return every component once, under the name its registry knows it by."""
    found = {_part(fact): None for fact in facts}
    for one in vendored:
        if one.ecosystem and one.name and one.version:
            name = same_name(one.ecosystem, one.name)
            found[Part(one.ecosystem, name, one.version, one.version, one.paths[0])] = None
    return tuple(found)


def find_vulnerabilities(
    parts: Sequence[Part], *, own: Iterable[Advisory], shelf: Shelf | None, now: datetime
) -> Vulnerabilities | Missing:
    """Return what is known of `parts`, the worst first.

    Args:
        own: the registry's advisories, which count whatever the copy says.
        shelf: the copy of the OSV database; None, or an empty one, where there is none.

    Missing where there is a copy that cannot be read: it is never taken for an empty one.
    """
    asked = {(part.ecosystem, part.name) for part in parts}
    ours = [known for advisory in own for known in read_own(advisory)]
    known = [one for one in ours if (one.ecosystem, one.name) in asked]
    meta = shelf.meta if shelf else None
    if shelf and meta:
        try:
            known += shelf.about(asked)
        except DevForgeError as error:
            return Missing(reason=f"the copy of the OSV database could not be read: {error}")
    by_name: dict[tuple[Ecosystem, str], list[Known]] = defaultdict(list)
    for one in known:
        by_name[one.ecosystem, one.name].append(one)
    found = [hit for part in parts for hit in _hits(part, by_name[part.ecosystem, part.name])]
    return Vulnerabilities(
        found=tuple(sorted(found, key=_order))[:_MOST],
        as_of=meta.as_of if meta else None,
        age_days=days_since(meta.as_of, now) if meta else None,
    )


def _part(fact: DependencyFact) -> Part:
    name, requirement = fact.name, fact.requirement
    if fact.ecosystem == "npm" and (alias := _ALIAS.fullmatch(requirement)):
        name, requirement = alias[1], alias[2] or "*"
    return Part(
        fact.ecosystem, same_name(fact.ecosystem, name), fact.locked, requirement, fact.source,
        fact.direct, fact.for_tests,
    )  # fmt: skip


def _hits(part: Part, known: Sequence[Known]) -> Iterator[Vulnerability]:
    """What of `known`, all about this package, hits `part`: each thing once, however many databases have it."""
    told: set[str] = set()
    for one in sorted(known, key=lambda k: (WORST_FIRST.index(k.severity), k.id)):
        hit, certain = _is_hit(part, one)
        if hit and not told.intersection({one.id, *one.aliases}):
            told |= {one.id, *one.aliases}
            yield Vulnerability(
                id=one.id,
                aliases=one.aliases,
                summary=one.summary,
                severity=one.severity,
                ecosystem=part.ecosystem,
                name=part.name,
                version=(part.version or part.requirement)[:300],
                fixed=_fixed(part, one, known),
                source=part.source,
                direct=part.direct,
                for_tests=part.for_tests,
                certain=certain,
            )


def _is_hit(part: Part, known: Known) -> tuple[bool, bool]:
    """Whether a part is hit, and whether that is certain.

    A requirement that no lock pins is judged by the best it admits: where some version without the
    problem would do, whoever installs today gets that one.
    """
    if part.version is not None:
        return known.hits(part.version), True
    if not known.spans and not known.versions:
        return True, True
    named = (*_bounds(known), *_named(part.requirement))
    touched = _admits_all(part) or any(known.hits(v) and _admits(part, v) for v in named)
    clean = any(not known.hits(v) and _admits(part, v) for v in _beyond(known))
    return touched, not clean


def _bounds(known: Known) -> Iterator[str]:
    """Versions that a record names, and those just below its ends."""
    yield from known.versions
    for span in known.spans:
        ends = (span.introduced, span.last, *_below(span.fixed))
        yield from (version for version in ends if version and version != "0")


def _named(requirement: str) -> Iterator[str]:
    """Versions that a requirement names, and the next ones, for one that excludes what it names."""
    for version in re.findall(r"\d+(?:\.\d+)*", requirement)[:20]:
        numbers = _numbers(version)
        yield ".".join(map(str, numbers))
        yield ".".join(map(str, [*numbers[:2], numbers[2] + 1]))
        yield from _below(version)


def _below(version: str | None) -> Iterator[str]:
    """Versions just below `version`: where it ends, something before it was hit."""
    numbers = _numbers(version or "")
    for place in (2, 1, 0):
        if numbers[place]:
            lower = [*numbers[:place], numbers[place] - 1, *([999] * (2 - place))]
            yield ".".join(map(str, lower))
            yield ".".join(map(str, [*lower[: place + 1], *([0] * (2 - place))]))


def _beyond(known: Known) -> Iterator[str]:
    """Versions that a record does not hit: those that mend it, and those just after the last hit."""
    yield from (span.fixed for span in known.spans if span.fixed)
    for last in (*known.versions, *(span.last for span in known.spans if span.last)):
        numbers = _numbers(last)
        for step in _NEXT:
            place = step.index(1)
            higher = [*numbers[:place], numbers[place] + 1, *([0] * (2 - place))]
            yield ".".join(map(str, higher))


def _numbers(version: str) -> list[int]:
    found = [int(part) for part in re.findall(r"\d{1,9}", version.partition("-")[0])[:3]]
    return [*found, *([0] * (3 - len(found)))]


def _admits(part: Part, version: str) -> bool:
    try:
        if part.ecosystem == "npm":
            return bool(nodesemver.satisfies(version, part.requirement, loose=True))
        try:
            return Requirement(part.requirement).specifier.contains(version, prereleases=True)
        except InvalidRequirement:  # poetry writes `^2.31`, as npm does
            _, _, range_ = part.requirement.partition(" ")
            return bool(nodesemver.satisfies(version, range_, loose=True))
    except ValueError:
        return False


def _admits_all(part: Part) -> bool:
    """Whether a requirement names no version at all."""
    if part.ecosystem == "npm":
        return part.requirement.strip() in ("", "*", "x", "latest")
    try:
        return not Requirement(part.requirement).specifier
    except InvalidRequirement:
        return part.requirement.partition(" ")[2].strip() in ("", "*")


def _fixed(part: Part, known: Known, others: Iterable[Known]) -> tuple[str, ...]:
    """Versions above the part's own that mend `known`, those first that nothing known hits."""
    at = order_of(part.ecosystem, part.version) if part.version else None
    ends = {span.fixed for span in known.spans if span.fixed}
    later = [
        (order, version)
        for version in ends
        if (order := order_of(part.ecosystem, version)) is not None and (at is None or order > at)
    ]
    ordered = [version for _, version in sorted(later)]
    return tuple(sorted(ordered, key=lambda v: any(o.hits(v) for o in others)))[:5]


def _order(found: Vulnerability) -> tuple[object, ...]:
    gravity = WORST_FIRST.index(found.severity)
    return (gravity, not found.certain, not found.direct, found.name, found.id, found.source)


def days_since(as_of: str, now: datetime) -> int:
    """Return how many whole days ago a copy was made; very many where it does not say so."""
    try:
        then = datetime.fromisoformat(as_of)
    except ValueError:
        return 36_500
    return max(0, (now - (then if then.tzinfo else then.replace(tzinfo=UTC))).days)
