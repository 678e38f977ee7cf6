"""Asks the registry what is new of what this home has, and disables at once what it calls malicious."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from devforge.errors import BadInput, Unavailable
from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.admission import Circumstances, Obstacle, is_malicious, needed_by
from devforge.updates.home import Home
from devforge.updates.installed import Installed
from devforge.updates.known import Known
from devforge.updates.standing import Standing, is_held, is_pinned, standing

if TYPE_CHECKING:
    from devforge.updates.index import (
        Index,  # with it come the keys and the web: nothing for a start
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One installed extension beside what the registry has."""

    id: ExtensionId
    have: Version
    newest: Version | None = None  # above what is installed
    offered: Version | None = None  # what an update would bring now
    obstacle: Obstacle | None = None  # why it is not the newest
    stays: str = ""  # "pinned", "held", "disabled", or who needs the one that is here
    warnings: tuple[str, ...] = ()


def learn(home: Home, index: Index, known: Known, *, now: datetime) -> Known:
    """Return `known` brought up to date with the index, and keep it.

    Raises:
        Unavailable, Refused: the index gave no answer, or none to be believed; nothing was changed.
    """
    watched = {*home.installed(), *home.remembered()}
    if known.index != index.location:
        known = Known(index=index.location)
    checked = index.changed(sorted(watched), since=known.generation)
    documents = {id: doc for id, doc in known.documents.items() if id in watched}
    asked = set(checked.documents) | documents.keys() | set(known.gone)
    found = dict(checked.documents) | {id: index.document(id) for id in watched - asked}
    documents |= {id: doc for id, doc in found.items() if doc}
    gone = {id for id in known.gone if id in watched} | {id for id, doc in found.items() if not doc}
    gone -= {id for id, doc in found.items() if doc}
    lists = checked.lists or known.lists
    new = Known(
        index=index.location,
        generation=checked.generation,
        checked=known.checked if index.freshness.is_offline else _stamp(now),
        malicious=dict(lists.malicious),
        removed=dict(lists.removed),
        deprecated=dict(lists.deprecated),
        documents={id: doc for id, doc in documents.items() if id not in gone},
        gone=tuple(sorted(gone)),
    )
    with contextlib.suppress(Unavailable):  # a home that cannot be written is still told the truth
        home.write_known(new)
    return new


def remember(home: Home, documents: Iterable[ExtensionDocument], *, index: str) -> None:
    """Keep documents that an install brought, so that the next check need not fetch them again."""
    try:
        known = home.known()
        if known.index in ("", index):
            new = {document.id: document for document in documents}
            kept = {**known.documents, **new}
            gone = tuple(id for id in known.gone if id not in new)
            home.write_known(replace(known, documents=kept, gone=gone, index=index))
    except (BadInput, Unavailable):  # it is learned anew by the next check
        return


def rows(installed: Iterable[Installed], *, known: Known, here: Circumstances) -> list[Row]:
    """Return where each installed extension stands. Pure."""
    found, entries = [], sorted(installed, key=lambda e: e.id)
    stood: dict[ExtensionId, Standing] = {}
    for entry in entries:
        document = known.documents.get(entry.id)
        warned = tuple(warnings(entry, known))
        if document is None:
            found.append(Row(entry.id, entry.version, warnings=warned))
            continue
        stands = stood[entry.id] = standing(document, entry, asked="update", here=here)
        found.append(
            Row(
                entry.id,
                entry.version,
                stands.newest.version if stands.newest else None,
                stands.offered.version if stands.offered else None,
                stands.obstacle,
                _stays(entry, here),
                warned,
            )
        )
    # Those that have something newer themselves may go along with it.
    staying = [e for e in entries if e.id not in stood or stood[e.id].offered is None]
    return [
        replace(row, stays=needed_by(row.id, row.offered, staying) or "")
        if row.offered and not row.stays
        else row
        for row in found
    ]


def warnings(entry: Installed, known: Known) -> list[str]:
    """Return what the registry has against what is installed, the gravest first. Pure."""
    found = []
    malicious = is_malicious(known.lists, entry.id, entry.version)
    if malicious:
        found.append(
            f"is malicious: {malicious.reason.rstrip('.')}; it is disabled, and `devforge remove {entry.id}` takes it out"
        )
    elif entry.disabled_by == "registry":
        found.append(
            f"is no longer called malicious; `devforge enable {entry.id}` has it loaded again"
        )
    removed = known.removed.get(entry.id)
    if removed and (removed.versions is None or entry.version in removed.versions):
        found.append(f"was removed from the registry: {removed.reason}")
    elif entry.id in known.gone and not malicious:
        found.append("is not in this registry")
    least = known.least(entry.id)
    if least and entry.version < least:
        found.append(f"has a known hole; {least} is the oldest version that is safe")
    document = known.documents.get(entry.id)
    version = next((v for v in document.versions if v.version == entry.version), None) if document else None  # fmt: skip
    if version and version.yanked:
        found.append(f"was withdrawn: {version.yanked.sentence}")
    deprecated = known.deprecated.get(entry.id)
    if deprecated:
        found.append(f"is no longer cared for: {deprecated.sentence}")
    return found


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stays(entry: Installed, here: Circumstances) -> str:
    if not entry.enabled:
        return "disabled"
    if is_pinned(here, entry.id):
        return "pinned"
    return "held" if is_held(here, entry.id) else ""
