"""Tells from compared trees which extensions the index must say something new of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from devforge.model.layout import ADVISORIES, DEVELOPERS, EXTENSIONS, POLICY, ROOT, TRUST
from devforge.model.names import ExtensionId

_EXTENSION = re.compile(rf"{ROOT}/{EXTENSIONS}/([^/]+)/([^/]+)/.+")
_DEVELOPER = re.compile(rf"{ROOT}/{DEVELOPERS}/([^/]+)\.yaml")
_REMEMBERED = re.compile(r"(?:releases|recalls)/([^/]+)/([^/]+)/[^/]+\.json")
# Whatever these say may be about any extension.
_EVERYTHING = (f"{ROOT}/{POLICY}", f"{ROOT}/{ADVISORIES}/", f"{ROOT}/{TRUST}/")


@dataclass(frozen=True, slots=True)
class Touched:
    """The extensions that something was said of, and developers who are called otherwise now."""

    extensions: frozenset[ExtensionId]
    developers: frozenset[str]


def touched_by(records: Iterable[str], remembered: Iterable[str]) -> Touched | None:
    """Return whom the index must say something new of; None where all must be looked at.

    Args:
        records: paths of the registry's tree that differ.
        remembered: paths of the branch `state` that differ.
    """
    found: set[ExtensionId] = set()
    developers: set[str] = set()
    for path in records:
        if path.startswith(_EVERYTHING):
            return None
        if (match := _DEVELOPER.fullmatch(path)) is not None:
            developers.add(match[1])
        elif (match := _EXTENSION.fullmatch(path)) is not None:
            found.update(_id(match))
    for path in remembered:
        if (match := _REMEMBERED.fullmatch(path)) is not None:
            found.update(_id(match))
    return Touched(frozenset(found), frozenset(developers))


def _id(match: re.Match[str]) -> tuple[ExtensionId, ...]:
    try:
        return (ExtensionId.parse(f"{match[1]}.{match[2]}"),)
    except ValueError:
        return ()  # no record can be there, so nothing is out of it
