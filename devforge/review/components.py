"""Looks at the code others wrote: copies are compared with what was published, all is looked up."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks.vendored import recognise
from checks.vendored_marks import is_code
from devforge.adapters.published import content_hash, fetch_published
from devforge.advisories.find import find_vulnerabilities, parts_of
from devforge.advisories.shelf import Shelf
from devforge.errors import DevForgeError, Unavailable
from devforge.model.advisories import Advisory
from devforge.model.components import Vendored, Vulnerabilities
from devforge.model.observed import Missing, SourceTree
from devforge.review.dependencies import read_dependencies

_LOG = logging.getLogger(__name__)
_COMPARED = 12  # copies of an extension; more are told, not fetched
_SECONDS = 90  # for all of them together
_ALIKE = 0.5  # the share of files that must be as published before the others count as changed


@dataclass(frozen=True, slots=True)
class Reference:
    """What components are looked up in: the registry's own advisories, and the copy of OSV's.

    `shelf` is None where there is no copy, Missing where it could not be opened.
    """

    own: tuple[Advisory, ...]
    shelf: Shelf | Missing | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Components:
    """For the fields of a Submission of the same names."""

    vendored: tuple[Vendored, ...] | Missing
    vulnerabilities: Vulnerabilities | Missing


def observe_components(tree: SourceTree, reference: Reference) -> Components:
    """Return the copies that `tree` carries, compared, and what is known of all its components.

    What cannot be fetched is Missing in its place; no author is blamed for a registry's bad day.
    """
    vendored = compare_copies(tree, recognise(tree))
    if isinstance(reference.shelf, Missing):
        return Components(vendored, reference.shelf)
    parts = parts_of(read_dependencies(tree), vendored)
    found = find_vulnerabilities(parts, own=reference.own, shelf=reference.shelf, now=reference.now)
    if not isinstance(found, Missing) and found.as_of is None:
        _LOG.info(
            "there is no copy of the OSV database: only the marketplace's own advisories are looked at"
        )
    return Components(vendored, found)


def compare_copies(tree: SourceTree, copies: Iterable[Vendored]) -> tuple[Vendored, ...]:
    """Return `copies` with what comparing each with the published package showed."""
    end = time.monotonic() + _SECONDS
    fetched = 0
    found = []
    with tempfile.TemporaryDirectory(prefix="devforge-published-") as scratch:
        for one in copies:
            if one.ecosystem is None or one.name is None or one.version is None:
                found.append(one)
            elif fetched >= _COMPARED or time.monotonic() > end:
                reason = Missing(reason=f"only {_COMPARED} copies are compared in one review")
                found.append(one.model_copy(update={"unmodified": reason}))
            else:
                fetched += 1
                found.append(_compared(tree, one, Path(scratch, str(fetched))))
    return tuple(found)


def _compared(tree: SourceTree, one: Vendored, into: Path) -> Vendored:
    published = _published(one, into)
    if isinstance(published, Missing):
        return one.model_copy(update={"unmodified": published})
    if published is None:  # a name or version that was never published is only a claim
        return one.model_copy(update={"version": None})
    code = [path for path in one.paths if is_code(path) and tree.files[path].content.strip()]
    changed = tuple(p for p in code if content_hash(tree.files[p].content) not in published)
    if not changed:
        return one.model_copy(update={"unmodified": True})
    if len(code) > 1 and len(changed) > (1 - _ALIKE) * len(code):
        return one.model_copy(update={"version": None})
    return one.model_copy(update={"changed": changed})


def _published(one: Vendored, into: Path) -> frozenset[str] | Missing | None:
    if one.ecosystem is None or one.name is None or one.version is None:
        return None
    try:
        return fetch_published(one.ecosystem, one.name, one.version, into)
    except Unavailable as error:
        _LOG.info("%s", error)
        return Missing(reason="the package registry could not be asked")
    except DevForgeError as error:
        return Missing(reason=str(error)[:300])
