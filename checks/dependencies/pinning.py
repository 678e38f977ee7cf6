"""How exactly dependencies are named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.dependencies.places import place_of_origin
from checks.dependencies.rules import UNLOCKED, UNPINNED
from devforge.model.observed import DependencyFact
from devforge.model.verdict import Finding

_ANY_VERSION = {"", "*", "latest", "x", ">=0", ">=0.0.0"}


def check(facts: tuple[DependencyFact, ...]) -> Iterator[Finding]:
    """Yield, for each language, one finding for all that may be any version and one for all unlocked."""
    for ecosystem in ("PyPI", "npm"):
        asked = [f for f in facts if f.ecosystem == ecosystem and f.direct and not f.for_tests]
        yield from _of_one(asked)


def _of_one(asked: list[DependencyFact]) -> Iterator[Finding]:
    free = [fact for fact in asked if not fact.locked and not place_of_origin(fact)]
    loose = [fact for fact in free if _wanted(fact) in _ANY_VERSION]
    ranged = [fact for fact in free if fact not in loose]
    if loose:
        yield UNPINNED.finding(
            at=loose[0].source,
            problem=f"{_names(loose)} may be any version",
            remedy="ask for a range such as `>=2.1,<3` or `^2.1.0`, or commit a lock",
        )
    if ranged:
        yield UNLOCKED.finding(
            at=ranged[0].source,
            problem=f"no lock says which version of {_names(ranged)} is meant",
            remedy=f"commit {_lock(ranged)}",
        )


def _lock(facts: list[DependencyFact]) -> str:
    npm, pypi = "package-lock.json", "uv.lock, or pin with `==` in requirements.txt"
    return npm if facts[0].ecosystem == "npm" else pypi


def _wanted(fact: DependencyFact) -> str:
    """The versions a dependency asks for, without name, extras, markers and spaces."""
    wanted = fact.requirement.partition(";")[0].lower()
    if fact.ecosystem == "PyPI":
        wanted = re.sub(r"^[\w.-]+\s*(?:\[[^\]]*\])?", "", wanted)
    return wanted.replace(" ", "")


def _names(facts: list[DependencyFact]) -> str:
    names = sorted({fact.name for fact in facts})
    shown = ", ".join(names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown
