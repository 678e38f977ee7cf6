"""Reads what the jobs remember of releases: notes, recalls and reports of the `state` branch, many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TypeVar

from pydantic import ValidationError

from devforge.adapters.git_listing import TreeEntry
from devforge.adapters.git_objects import StoredObjects
from devforge.model.layout import version_at
from devforge.model.names import ExtensionId
from devforge.model.recall import Recall
from devforge.model.release import ReleaseNote
from devforge.model.verdict import Report
from devforge.model.versions import Version

R = TypeVar("R", ReleaseNote, Recall)
Filed = Mapping[ExtensionId, Mapping[Version, TreeEntry]]


class Notes:
    """The `state` branch at one commit; None: there is none yet. Of all extensions, or only of `ids`.

    Raises, from everything it reads:
        Refused: a note or a recall is not one of ours.
    """

    def __init__(
        self, objects: StoredObjects, commit: str | None, ids: Collection[ExtensionId] | None = None
    ) -> None:
        self._objects, self._commit, self._ids = objects, commit, ids

    @cached_property
    def released(self) -> Filed:
        """Every version whose release is noted, withdrawn ones too, each extension's in order."""
        return self._filed("releases")

    @cached_property
    def reported(self) -> Filed:
        """Every version that was reviewed."""
        return self._filed("reviews")

    def each(
        self, ids: Iterable[ExtensionId]
    ) -> Iterator[tuple[ExtensionId, dict[Version, ReleaseNote]]]:
        """Yield each of `ids` with the notes of its releases; no more are held than are asked for."""
        return self._read(ids, self.released, ReleaseNote)

    @cached_property
    def recalls(self) -> Mapping[ExtensionId, Mapping[Version, Recall]]:
        """Everything that advisories took back."""
        filed = self._filed("recalls")
        return dict(self._read(filed, filed, Recall))

    def reports(self, versions: Iterable[tuple[ExtensionId, Version]]) -> Iterator[Report | None]:
        """Yield the report of each of `versions`; None where there is none that can be read."""
        found = [self.reported.get(id, {}).get(version) for id, version in versions]
        contents = self._objects.blobs(entry for entry in found if entry)
        for entry in found:
            yield _report(next(contents)) if entry else None

    def _filed(self, folder: str) -> Filed:
        filed: dict[ExtensionId, dict[Version, TreeEntry]] = {}
        for entry in self._entries(folder):
            if (found := version_at(entry.path, f"{folder}/")) is not None:
                filed.setdefault(found[0], {})[found[1]] = entry
        return {id: dict(sorted(versions.items())) for id, versions in filed.items()}

    def _entries(self, folder: str) -> Collection[TreeEntry]:
        below = [folder] if self._ids is None else [f"{folder}/{id.path}" for id in self._ids]
        return self._objects.entries(self._commit, *below) if self._commit and below else ()

    def _read(
        self, ids: Iterable[ExtensionId], filed: Filed, kind: type[R]
    ) -> Iterator[tuple[ExtensionId, dict[Version, R]]]:
        wanted = [(id, filed.get(id, {})) for id in ids]
        contents = self._objects.blobs(entry for _, held in wanted for entry in held.values())
        for id, held in wanted:
            read = zip(held.items(), islice(contents, len(held)), strict=True)
            yield id, {at: kind.parsed(content, id, at) for (at, _), content in read}


def _report(content: bytes) -> Report | None:
    try:
        return Report.model_validate_json(content)
    except ValidationError:
        return None  # the page says that there is no readable report
