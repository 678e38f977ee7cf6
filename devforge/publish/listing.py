"""Reads every extension that is out: its records, its releases and what its review said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from devforge.errors import Refused
from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.registry import Registry
from devforge.model.release import ReleaseNote, note_path, report_path
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.publish.documents import document_of, released
from devforge.publish.guard import Listed
from devforge.publish.layout import encode, newest
from devforge.publish.observe import Observed


@dataclass(frozen=True, slots=True)
class Listing:
    """An extension as its page shows it. `key` names everything the page is made from."""

    document: ExtensionDocument
    shown: IndexedVersion
    note: ReleaseNote  # of the version that is shown
    report: Report | None  # of the version that is shown
    key: str


@dataclass(frozen=True, slots=True)
class Listings:
    """Everything that is out, by id, and what was withdrawn for good."""

    extensions: tuple[Listing, ...]
    withdrawn: frozenset[Listed]
    released: int  # versions noted as out, withdrawn ones left out


def read_listings(observed: Observed, registry: Registry) -> Listings:
    """Return the listing of every extension of `registry` that has a release.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    shelf = _Shelf(observed)
    found = [
        listing
        for id, entry in sorted(registry.extensions.items())
        if (listing := shelf.listing(id, registry)) is not None and entry.versions
    ]
    return Listings(tuple(found), frozenset(shelf.withdrawn), shelf.released)


class _Shelf:
    """The `state` branch at one commit, read object by object."""

    def __init__(self, observed: Observed) -> None:
        self._objects, state = observed.registry, observed.state
        self._blobs = state.files("releases") | state.files("reviews")
        self._notes: dict[ExtensionId, dict[Version, ReleaseNote]] = {}
        for id, version in observed.released():
            note = self._note(id, version)
            self._notes.setdefault(id, {})[version] = note
        every = [note for notes in self._notes.values() for note in notes.values()]
        self.withdrawn = {(note.id, note.version) for note in every if note.withdrawn}
        self.released = len(every) - len(self.withdrawn)

    def listing(self, id: ExtensionId, registry: Registry) -> Listing | None:
        entry, notes = registry.extensions[id], self._notes.get(id, {})
        listed = released(entry.versions, notes, registry.policy.publishing.rollout)
        developer = registry.developers.get(id.developer)
        document = document_of(id, entry.extension, developer, listed)
        if document is None:
            return None
        shown = newest(document.versions)
        paths = (note_path(id, shown.version), report_path(id, shown.version))
        parts = [encode(document), *(self._blobs.get(path, "").encode() for path in paths)]
        return Listing(
            document=document,
            shown=shown,
            note=notes[shown.version],
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
