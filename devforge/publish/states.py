"""The lists of extensions that are malicious, removed or deprecated, from records and notes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from devforge.advisories.known import Known, read_own
from devforge.model.advisories import Advisory
from devforge.model.index import ListEntry, ListName, StateList
from devforge.model.names import ExtensionId
from devforge.model.registry import Registry
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.publish.guard import Listed
from devforge.publish.signing import render_time

_ECOSYSTEM = "DevForge"
Released = Mapping[ExtensionId, Collection[Version]]


def state_lists(
    registry: Registry, released: Released, withdrawn: Iterable[ReleaseNote]
) -> dict[ListName, StateList]:
    """Return all three lists.

    Args:
        released: every version that ever came out, withdrawn ones too.
        withdrawn: the notes of those that were taken out of the index for good.
    """
    return {
        "malicious": StateList(entries=_sorted(_malicious(registry, released))),
        "removed": StateList(entries=_sorted(_removed(withdrawn, released))),
        "deprecated": StateList(entries=_sorted(_deprecated(registry))),
    }


def malicious_versions(registry: Registry, released: Released) -> frozenset[Listed]:
    """Return every version that is on the list `malicious`: none of them is in its document.

    A client that installs anew reads no lists, so what must never be installed must not be offered.
    """
    return frozenset(
        (id, version)
        for id, entry in _malicious(registry, released).items()
        for version in (released.get(id, ()) if entry.versions is None else entry.versions)
    )


def extensions_in(advisory: Advisory) -> frozenset[ExtensionId]:
    """Return the extensions that one of the registry's own advisories is about."""
    return frozenset(id for known in read_own(advisory) if (id := _extension(known)) is not None)


def _malicious(registry: Registry, released: Released) -> dict[ExtensionId, ListEntry]:
    """What the registry's own advisories call malicious; several of one extension count together."""
    found: dict[ExtensionId, ListEntry] = {}
    for advisory in sorted(registry.advisories, key=lambda one: one.id):
        for known in read_own(advisory):
            id = _extension(known)
            if id is None or known.severity != "malicious":
                continue
            entry = ListEntry(
                reason=known.summary or f"It is malicious: {advisory.id}.",
                versions=_hit(known, released.get(id, ())),
                advisory=advisory.id,
                when=render_time(advisory.published or advisory.modified),
            )
            found[id] = _joined(found[id], entry) if id in found else entry
    return found


def _extension(known: Known) -> ExtensionId | None:
    if known.ecosystem != _ECOSYSTEM:
        return None
    try:
        return ExtensionId.parse(known.name)
    except ValueError:
        return None  # consistency.py tells the operator of it


def _hit(known: Known, versions: Collection[Version]) -> tuple[Version, ...] | None:
    """The versions an advisory is about; None: all there are and will be."""
    if not known.spans and not known.versions:
        return None
    return tuple(sorted(one for one in versions if known.hits(str(one))))


def _joined(one: ListEntry, other: ListEntry) -> ListEntry:
    if one.versions is None or other.versions is None:
        return one if one.versions is None else other
    return replace(one, versions=tuple(sorted({*one.versions, *other.versions})))


def _removed(withdrawn: Iterable[ReleaseNote], released: Released) -> dict[ExtensionId, ListEntry]:
    notes: dict[ExtensionId, list[ReleaseNote]] = {}
    for note in withdrawn:
        notes.setdefault(note.id, []).append(note)
    found: dict[ExtensionId, ListEntry] = {}
    for id, gone in notes.items():
        latest = max((note.withdrawn for note in gone if note.withdrawn), key=lambda w: w.when)
        versions = tuple(sorted(note.version for note in gone))
        every = set(versions) >= set(released.get(id, ()))
        found[id] = ListEntry(
            reason=latest.reason, versions=None if every else versions, when=latest.when
        )
    return found


def _deprecated(registry: Registry) -> dict[ExtensionId, ListEntry]:
    return {
        id: ListEntry(
            reason=said.reason,
            replacement=str(said.replacement) if said.replacement else None,
            when=said.when,
        )
        for id, entry in registry.extensions.items()
        if (said := entry.extension.deprecated) is not None
    }


def _sorted(entries: dict[ExtensionId, ListEntry]) -> dict[ExtensionId, ListEntry]:
    return {id: entries[id] for id in sorted(entries)}
