"""Reads every extension that is out: its records, its releases and what its review said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import ValidationError

from devforge.errors import Refused
from devforge.model.collector import collector_paused
from devforge.model.index import ExtensionDocument, IndexedVersion, ListName, StateList
from devforge.model.names import ExtensionId
from devforge.model.recall import Recall, recall_path
from devforge.model.registry import Registry
from devforge.model.release import ReleaseNote, note_path, report_path
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
    """Everything that is out, by id, what was withdrawn or turned out malicious, and the lists."""

    extensions: tuple[Listing, ...]
    withdrawn: frozenset[Listed]
    released: int  # versions noted as out, without those of `withdrawn`
    lists: Mapping[ListName, StateList] = field(default_factory=dict)

    @property
    def documents(self) -> tuple[ExtensionDocument, ...]:
        """What the index says of each."""
        return tuple(listing.document for listing in self.extensions)


def read_listings(observed: Observed, registry: Registry) -> Listings:
    """Return the listing of every extension of `registry` that has a release.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    shelf = _Shelf(observed, registry)
    with collector_paused():
        found = [
            listing
            for id, entry in sorted(registry.extensions.items())
            if (listing := shelf.listing(id)) is not None and entry.versions
        ]
    gone = {(note.id, note.version) for note in shelf.withdrawn}
    gone |= shelf.malicious
    return Listings(
        tuple(found),
        frozenset(gone),
        sum(map(len, shelf.released.values())) - len(gone),
        state_lists(registry, shelf.released, shelf.withdrawn),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Some extensions: a document each, None where nothing of one is out, and what lists say of them."""

    documents: Mapping[ExtensionId, ExtensionDocument | None]
    withdrawn: frozenset[Listed]
    lists: Mapping[ListName, StateList]


def read_part(observed: Observed, registry: Registry, ids: Iterable[ExtensionId]) -> Part:
    """Return what the index says of `ids` alone; of others nothing is read, nor need `registry` know.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    shelf, wanted = _Shelf(observed, registry), sorted(set(ids))
    gone = [note for id in wanted for note in shelf.notes(id).values() if note.withdrawn]
    released = {id: shelf.released[id] for id in wanted if id in shelf.released}
    lists = state_lists(registry, released, gone)
    ours: dict[ListName, StateList] = {
        name: StateList(entries={id: said for id, said in one.entries.items() if id in wanted})
        for name, one in lists.items()
    }
    return Part(
        {id: shelf.document(id) for id in wanted},
        frozenset((note.id, note.version) for note in gone) | shelf.malicious,
        ours,
    )


class _Shelf:
    """The `state` branch at one commit, read object by object and each when it is asked for."""

    def __init__(self, observed: Observed, registry: Registry) -> None:
        self._registry = registry
        self._objects, state = observed.registry, observed.state
        self._blobs = state.files("releases") | state.files("reviews") | state.files("recalls")
        self._notes: dict[ExtensionId, dict[Version, ReleaseNote]] = {}
        self.released: dict[ExtensionId, set[Version]] = {}
        for id, version in observed.released():
            self.released.setdefault(id, set()).add(version)
        self.malicious = malicious_versions(registry, self.released)

    @cached_property
    def withdrawn(self) -> tuple[ReleaseNote, ...]:
        """The notes of all that was withdrawn; this reads every note there is."""
        every = [note for id in sorted(self.released) for note in self.notes(id).values()]
        return tuple(note for note in every if note.withdrawn)

    def notes(self, id: ExtensionId) -> dict[Version, ReleaseNote]:
        """Return the notes of an extension's releases."""
        if id not in self._notes:
            versions = sorted(self.released.get(id, ()))
            self._notes[id] = {version: self._note(id, version) for version in versions}
        return self._notes[id]

    def document(self, id: ExtensionId) -> ExtensionDocument | None:
        registry = self._registry
        entry, notes = registry.extensions.get(id), self.notes(id)
        if entry is None:
            return None
        recalls = {v: recall for v in notes if (recall := self._recall(id, v)) is not None}
        rollout = registry.policy.publishing.rollout
        listed = [
            one
            for one in released(entry.versions, notes, rollout, recalls)
            if (id, one[0].version) not in self.malicious
        ]
        return document_of(id, entry.extension, registry.developers.get(id.developer), listed)

    def listing(self, id: ExtensionId) -> Listing | None:
        document, notes = self.document(id), self.notes(id)
        if document is None:
            return None
        shown = newest(document.versions)
        paths = [note_path(id, version.version) for version in document.versions]
        paths.append(report_path(id, shown.version))
        parts = [encode(document), *(self._blobs.get(path, "").encode() for path in paths)]
        return Listing(
            document=document,
            shown=shown,
            notes={version.version: notes[version.version] for version in document.versions},
            report=self._report(id, shown.version),
            key=hashlib.sha256(b"\0".join(parts)).hexdigest(),
        )

    def _note(self, id: ExtensionId, version: Version) -> ReleaseNote:
        path = note_path(id, version)
        try:
            note = ReleaseNote.model_validate_json(self._objects.blob(self._blobs[path]))
        except ValidationError as error:
            raise Refused(
                f"state: {path} is not a note of ours ({error.errors()[0]['msg']}); "
                "look who wrote it"
            ) from error
        if (note.id, note.version) != (id, version):
            raise Refused(f"state: {path} is a note of {note.id} {note.version}; look who wrote it")
        return note

    def _recall(self, id: ExtensionId, version: Version) -> Recall | None:
        path = recall_path(id, version)
        if path not in self._blobs:
            return None
        try:
            return Recall.model_validate_json(self._objects.blob(self._blobs[path]))
        except ValidationError as error:  # never offered again because a file is damaged
            raise Refused(f"state: {path} is not a recall of ours; look who wrote it") from error

    def _report(self, id: ExtensionId, version: Version) -> Report | None:
        blob = self._blobs.get(report_path(id, version))
        if blob is None:
            return None
        try:
            return Report.model_validate_json(self._objects.blob(blob))
        except ValidationError:
            return None  # the page says that there is no readable report


def by_developer(listings: tuple[Listing, ...]) -> Mapping[str, list[Listing]]:
    """Return developer name → their listings, both in order of name."""
    found: dict[str, list[Listing]] = {}
    for listing in listings:
        found.setdefault(listing.document.id.developer, []).append(listing)
    return dict(sorted(found.items()))
