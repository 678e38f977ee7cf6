"""Reads every extension that is out: its records, its releases and what its review said."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from devforge.adapters.release_notes import Notes
from devforge.model.collector import collector_paused
from devforge.model.index import ExtensionDocument, IndexedVersion, ListName, StateList
from devforge.model.names import ExtensionId
from devforge.model.registry import Registry
from devforge.model.release import ReleaseNote
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.publish.documents import document_of, released
from devforge.publish.guard import Listed
from devforge.publish.layout import encode, newest
from devforge.publish.observe import Observed
from devforge.publish.states import malicious_versions, state_lists


@dataclass(frozen=True, slots=True)
class Listing:
    """An extension as its page shows it. `key` names everything the page is made from."""

    document: ExtensionDocument
    shown: IndexedVersion
    notes: Mapping[Version, ReleaseNote]  # of every version that is listed
    report: Report | None  # of the version that is shown
    key: str

    @property
    def note(self) -> ReleaseNote:
        """The note of the version that is shown."""
        return self.notes[self.shown.version]


@dataclass(frozen=True, slots=True)
class Listings:
    """Everything that is out, by id."""

    extensions: tuple[Listing, ...]
    released: int  # versions noted as out, without what was withdrawn or turned out malicious


@dataclass(frozen=True, slots=True)
class Said:
    """What the index says: of each extension of which something is out, and in its lists."""

    documents: tuple[ExtensionDocument, ...]
    released: int  # versions noted as out, without those of `withdrawn`
    withdrawn: frozenset[Listed]  # or malicious
    lists: Mapping[ListName, StateList]


def read_documents(
    observed: Observed, registry: Registry, ids: Collection[ExtensionId] | None = None
) -> Said:
    """Return what the index says of everything, or of `ids` alone: then of others nothing is read.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    shelf = _Shelf(observed, registry, ids)
    with collector_paused():
        documents = tuple(document for document, _ in shelf.each())
    lists = state_lists(registry, shelf.released, shelf.withdrawn)
    if ids is not None:
        lists = {name: _only(one, ids) for name, one in lists.items()}
    return Said(documents, shelf.offered, shelf.gone, lists)


def read_listings(observed: Observed, registry: Registry) -> Listings:
    """Return the listing of every extension of `registry` that has a release.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    shelf = _Shelf(observed, registry)
    with collector_paused():
        found = list(shelf.each())
        shown = [newest(document.versions) for document, _ in found]
        reports = shelf.notes.reports(
            (document.id, one.version) for (document, _), one in zip(found, shown, strict=True)
        )
        listings = [
            Listing(
                document=document,
                shown=one,
                notes={version.version: notes[version.version] for version in document.versions},
                report=report,
                key=shelf.key(document, one),
            )
            for (document, notes), one, report in zip(found, shown, reports, strict=True)
        ]
    return Listings(tuple(listings), shelf.offered)


def _only(one: StateList, ids: Collection[ExtensionId]) -> StateList:
    return StateList(entries={id: said for id, said in one.entries.items() if id in ids})


class _Shelf:
    """Records beside what the `state` branch says of them, extension by extension."""

    def __init__(
        self, observed: Observed, registry: Registry, ids: Collection[ExtensionId] | None = None
    ) -> None:
        self._registry = registry
        self.notes = Notes(observed.registry, observed.state.tip, ids)
        self.released = self.notes.released
        self._ids = sorted({*registry.extensions, *self.released} if ids is None else set(ids))
        self._malicious = malicious_versions(registry, self.released)
        self.withdrawn: list[ReleaseNote] = []  # of what `each` has read

    @property
    def gone(self) -> frozenset[Listed]:
        """What was withdrawn, once `each` has read all, or is malicious."""
        return self._malicious | {(note.id, note.version) for note in self.withdrawn}

    @property
    def offered(self) -> int:
        """How many versions are out and should be listed."""
        return sum(map(len, self.released.values())) - len(self.gone)

    def each(self) -> Iterator[tuple[ExtensionDocument, dict[Version, ReleaseNote]]]:
        """Yield the document of every extension of which something is listed, and all its notes."""
        for id, notes in self.notes.each(self._ids):
            self.withdrawn += [note for note in notes.values() if note.withdrawn]
            if (document := self._document(id, notes)) is not None:
                yield document, notes

    def key(self, document: ExtensionDocument, shown: IndexedVersion) -> str:
        """Name everything that an extension's page is made from."""
        id, reported = document.id, self.notes.reported.get(document.id, {})
        files = [self.released[id].get(version.version) for version in document.versions]
        files.append(reported.get(shown.version))
        parts = [encode(document), *(file.blob.encode() if file else b"" for file in files)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def _document(
        self, id: ExtensionId, notes: Mapping[Version, ReleaseNote]
    ) -> ExtensionDocument | None:
        registry = self._registry
        entry = registry.extensions.get(id)
        if entry is None:
            return None
        rollout, recalls = registry.policy.publishing.rollout, self.notes.recalls.get(id, {})
        listed = [
            one
            for one in released(entry.versions, notes, rollout, recalls)
            if (id, one[0].version) not in self._malicious
        ]
        return document_of(id, entry.extension, registry.developers.get(id.developer), listed)


def by_developer(listings: tuple[Listing, ...]) -> Mapping[str, list[Listing]]:
    """Return developer name → their listings, both in order of name."""
    found: dict[str, list[Listing]] = {}
    for listing in listings:
        found.setdefault(listing.document.id.developer, []).append(listing)
    return dict(sorted(found.items()))
