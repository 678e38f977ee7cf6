"""Locks that have another package fetched than the one that is asked for. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote

from checks.dependencies.rules import CONFUSED
from devforge.model.observed import DependencyFact
from devforge.model.verdict import Finding

_SHOWN = 5
# What a lock has fetched: `npm:NAME@VERSION`, or an index's address of a file of NAME's.
_FETCHED = re.compile(
    r"npm:(?P<name>@?[^@]+)@|https?://[^/]+/(?:[^@]*/)?(?P<inside>(?:@[^/]+/)?[^/@]+)/-/[^/]+\.tgz"
)


def check(facts: tuple[DependencyFact, ...]) -> Iterator[Finding]:
    """Yield a finding for each lock that has other packages fetched than those that are meant."""
    asked = {(fact.name, _meant(fact)) for fact in facts if fact.direct}
    found: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for fact in facts:
        meant, other = _meant(fact), _fetched(fact)
        if other and other.lower() != meant.lower() and (meant, other) not in asked:
            found[fact.lock, fact.for_tests].add(f"{other} in the place of {meant}")
    for (lock, for_tests), those in found.items():
        yield CONFUSED.finding(
            at=lock,
            problem=f"the lock has another package fetched than is asked for: {_few(those)}",
            remedy="make the lock anew, and look at what that changes",
            severity="info" if for_tests else "person",
        )


def _fetched(fact: DependencyFact) -> str:
    found = _FETCHED.match(unquote(fact.origin)) if fact.ecosystem == "npm" else None
    return (found["name"] or found["inside"]) if found else ""


def _meant(fact: DependencyFact) -> str:
    alias = re.match(r"npm:(@?[^@]+)", fact.requirement)
    return alias[1] if alias else fact.name


def _few(found: set[str]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(sorted(found)[:_SHOWN]) + more
