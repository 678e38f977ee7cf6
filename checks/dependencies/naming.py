"""Names of dependencies: refused ones, imitations, and one package in another's name. Pure.

An extension's own id may be any package's name: nobody installs it from a package index by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from checks.dependencies.places import place_of_origin
from checks.dependencies.rules import LOOK_ALIKE, REFUSED
from checks.names import Likeness, folded, likenesses
from devforge.model.observed import DependencyFact
from devforge.model.reviewing import Dependencies
from devforge.model.verdict import Finding

# Packages in good standing whose names happen to be near another's.
_GOOD_NEIGHBOURS = {
    "argparse", "ava", "beautifulsoup", "chai", "color", "colord", "glob2", "enquirer", "jsdoc", "koa", "markdown2", "mock", "preact",
    "psycopg", "pycryptodomex", "pyaml", "redux", "tomlkit", "tslint", "typing", "vuex",
}  # fmt: skip
_SLIPS = 2  # of a finger; short names allow fewer
_USUAL_ADDITION = "the usual addition"  # webpack-cli and python-jose are what their names say


def check(facts: tuple[DependencyFact, ...], policy: Dependencies) -> Iterator[Finding]:
    """Yield one finding for each dependency whose name is refused, or is not what it seems."""
    refused = {folded(name) for name in policy.refused}
    for fact in facts:
        if folded(fact.name) in refused:
            yield REFUSED.finding(
                at=fact.source,
                problem=f"{fact.name} is on the list of refused packages",
                remedy="remove it",
            )
        elif place_of_origin(fact) or not fact.direct:
            continue
        elif real := _other_name(fact, policy.well_known):
            yield LOOK_ALIKE.finding(
                at=fact.source,
                problem=f"{fact.name} is really another package, {real}",
                remedy="write the name of the package that is meant",
            )
        elif meant := imitated(fact, policy.well_known):
            yield _look_alike(fact, meant)


def imitated(fact: DependencyFact, well_known: tuple[str, ...]) -> Likeness | None:
    """Return the well-known name that a dependency's is almost, and by what they differ, or None.

    PyPI takes - _ and . for one another; npm does not, so there `cross_env` is not `cross-env`.
    """
    name = fact.name.lower() if fact.ecosystem == "npm" else folded(fact.name)
    if name in _known(well_known) or name in _GOOD_NEIGHBOURS or name.startswith("@types/"):
        return None
    for found in likenesses(name, well_known, slips=_SLIPS):
        if found.kind == "same" and fact.ecosystem == "PyPI" and folded(found.other) == name:
            return None
        if not found.why.startswith(_USUAL_ADDITION):
            return found
    return None


@cache
def _known(well_known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in well_known)


def _other_name(fact: DependencyFact, well_known: tuple[str, ...]) -> str | None:
    """The package that a well-known name is made to mean, as npm's aliases allow."""
    match = re.match(r"npm:(@?[^@]+)", fact.requirement)
    if match is None or fact.ecosystem != "npm" or fact.name.lower() not in _known(well_known):
        return None
    return match[1] if match[1].lower() != fact.name.lower() else None


def _look_alike(fact: DependencyFact, meant: Likeness) -> Finding:
    return LOOK_ALIKE.finding(
        at=fact.source,
        problem=f"{fact.name} is spelt almost like {meant.other}: they differ by {meant.why}",
        remedy=f"write {meant.other} if that is meant; otherwise say in the pull request what it is",
        severity="warn" if fact.for_tests else "person",
    )
