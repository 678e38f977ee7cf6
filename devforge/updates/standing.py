"""Where an installed extension stands: what is newer, what of it this install may have, what holds it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.updates.admission import Asked, Circumstances, Obstacle, obstacle
from devforge.updates.installed import Installed
from devforge.updates.rollout import parse_time


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an installed extension stands: what is newer, and what of it this install may have."""

    newest: IndexedVersion | None = None  # above what is installed; None: nothing is
    offered: IndexedVersion | None = None
    obstacle: Obstacle | None = None  # against the newest


def standing(
    document: ExtensionDocument, entry: Installed, *, asked: Asked, here: Circumstances
) -> Standing:
    """Return what there is above `entry`, and what of it this install may have now."""
    newest = offered = against = None
    for version in newest_first(document):
        if version.version <= entry.version:
            break
        found = obstacle(document, version, asked=asked, here=here, have=entry.version)
        if newest is None and not (found and found.kind == "prerelease"):
            newest, against = version, found
        if found is None:
            offered = version
            break
    return Standing(newest, offered or step_back(document, entry, here), against)


def step_back(
    document: ExtensionDocument, entry: Installed, here: Circumstances
) -> IndexedVersion | None:
    """Return the older version that the registry names in place of a withdrawn one; None for who insists.

    Source: attack table B11: what people ask for is a rollback by the publisher that reaches them,
    without a higher number for the same files. B21: never back behind a release that mended a hole,
    for whoever may withdraw a version could open it again everywhere.
    """
    present = next((v for v in document.versions if v.version == entry.version), None)
    if present is None or present.yanked is None or entry.insisted:
        return None
    wanted = present.yanked.replacement
    older = (v for v in document.versions if v.version < entry.version)
    good = next((v for v in older if str(v.version) == wanted), None)
    if good is None or obstacle(document, good, asked="now", here=here):
        return None
    left = (v for v in document.versions if good.version < v.version <= entry.version)
    return None if any(version.security for version in left) else good


def newest_first(document: ExtensionDocument) -> list[IndexedVersion]:
    return sorted(document.versions, key=lambda version: version.version, reverse=True)


def is_pinned(here: Circumstances, id: ExtensionId) -> bool:
    return here.config.policy_of(id) == "pinned"


def is_held(here: Circumstances, id: ExtensionId) -> bool:
    """Whether its updates are paused; a pause without a readable end lasts."""
    until = here.config.own(id).held_until
    if until is None:
        return False
    end = parse_time(until)
    return end is None or here.now is None or here.now < end
