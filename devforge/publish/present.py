"""Reads the index that is at a place now, piece by piece, and believes only what is signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from devforge.errors import BadInput
from devforge.model.fields import Misfits, from_json
from devforge.model.index import Changes, ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.publish import layout
from devforge.publish.layout import EXTENSIONS, PACKAGES, File, Targets
from devforge.publish.place import Place, place_at
from devforge.publish.signing import Sealed, unseal
from devforge.publish.trust import Trust

T = TypeVar("T")


class PresentIndex:
    """The index in a directory or another place; an empty one if there is none.

    Args:
        verified: roles read here before, while nobody else could write: one that has the same version
            still is the same file, and is not read again.

    What an earlier online key signed is believed, for whoever changes keys keeps the index.

    Raises, from everything it does:
        BadInput: a file is missing, or is not what its name or its signature promises.
    """

    def __init__(self, at: Path | Place, trust: Trust, verified: Mapping[str, Sealed] = {}) -> None:
        self.place = place_at(at)
        self._keys = trust.online_keys_ever
        self.timestamp = self._timestamp()
        self.generation = 0
        self.snapshot: Sealed | None = None
        if self.timestamp is not None:
            self.generation = int(self.timestamp.signed["meta"]["snapshot.json"]["version"])
            self.snapshot = self._sealed("snapshot", self.generation)
            self._bring_ahead()
        held = self.versions
        self.verified = {n: role for n, role in verified.items() if held.get(n) == role.version}

    @cached_property
    def versions(self) -> dict[str, int]:
        """Every role that the snapshot names → its version."""
        meta = self.snapshot.signed["meta"] if self.snapshot else {}
        return {name.removesuffix(".json"): int(at["version"]) for name, at in meta.items()}

    @cached_property
    def bins(self) -> list[str]:
        """The bins that clients of this index read; the snapshot also names those of earlier divisions."""
        return [
            name
            for prefix, role in ((EXTENSIONS, "extensions"), (PACKAGES, "packages"))
            for name in self._bins(prefix, role)
        ]

    def has(self, role: str) -> bool:
        """Whether this index has metadata of an online role, and its file is there."""
        version = self.versions.get(role)
        return version is not None and self.place.has(layout.metadata_file(role, version))

    def bring_roles(self, names: Iterable[str]) -> None:
        """Fetch at once the roles that will be read."""
        held = self.versions
        self.place.bring(layout.metadata_file(name, held[name]) for name in names if name in held)

    def bring_targets(self, files: Iterable[tuple[str, File]]) -> None:
        """Fetch at once the targets that will be read."""
        self.place.bring(layout.target_file(name, at.sha256) for name, at in files)

    def role(self, name: str) -> Sealed:
        """Return what an online role says, the empty one if there is none."""
        if name not in self.verified:
            self.verified[name] = self._sealed(name, self.versions[name])
        return self.verified[name]

    def targets(self, name: str) -> Targets:
        """Return a copy of what an online role lists; nothing if there is no such role."""
        return layout.listed_in(self.role(name).signed) if name in self.versions else {}

    def expiry(self, name: str) -> datetime:
        """Return when an online role expires; where that is noted for its version, it is not read."""
        if self.is_noted(name):
            return self.place.signed_until[name].expires
        return self.role(name).expires

    def is_noted(self, name: str) -> bool:
        """Whether a role was not read, and need not be to know its expiry."""
        noted = self.place.signed_until.get(name)
        return (
            noted is not None and noted.version == self.versions[name] and name not in self.verified
        )

    def document(self, id: ExtensionId, at: File) -> ExtensionDocument:
        """Return the document of `id` at `at`."""
        content = self.content(layout.target_path(id), at)
        return _parse(layout.target_path(id), content, ExtensionDocument)

    def json(self, target: str, at: File) -> Any:
        """Return a target that holds JSON of ours."""
        return json.loads(self.content(target, at))

    def content(self, target: str, at: File) -> bytes:
        """Return the bytes of a target."""
        return self._pinned(layout.target_file(target, at.sha256), at.sha256)

    def changes(self) -> Changes | None:
        """Return the newest segment of the log of changes."""
        at = self.timestamp.signed.get("x-changes") if self.timestamp else None
        return self.segment(at["sha256"]) if at else None

    def segment(self, sha256: str) -> Changes:
        """Return one segment of the log."""
        path = layout.changes_file(sha256)
        return _parse(path, self._pinned(path, sha256), Changes)

    def _bins(self, prefix: str, role: str) -> list[str]:
        found = [name for name in self.versions if name.startswith(f"{prefix}-")]
        try:
            path = layout.metadata_file(role, self.versions[role])
            division = json.loads(self._read(path))["signed"]["delegations"]["succinct_roles"]
            bins = layout.bins_of(prefix, int(division["bit_length"]))
        except (BadInput, ValueError, KeyError, TypeError):
            return found
        return [name for name in bins if name in self.versions]

    def _bring_ahead(self) -> None:
        """What every run reads next: who divides the bins, the lists, and the newest changes."""
        self.bring_roles(("extensions", "packages", layout.LISTS))
        changes = self.timestamp.signed.get("x-changes") if self.timestamp else None
        self.place.bring([layout.changes_file(changes["sha256"])] if changes else ())

    def _timestamp(self) -> Sealed | None:
        path = layout.TIMESTAMP
        if not self.place.has(path):
            return None
        return unseal(self._read(path), self._keys, what=f"{self.place}/{path}")

    def _sealed(self, role: str, version: int) -> Sealed:
        path = layout.metadata_file(role, version)
        found = unseal(self._read(path), self._keys, what=f"{self.place}/{path}")
        if found.version != version:
            raise BadInput(f"{self.place}/{path}: says version {found.version}; build anew")
        return found

    def _pinned(self, path: str, sha256: str) -> bytes:
        content = self._read(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BadInput(
                f"{self.place}/{path}: is not what its name promises; "
                f"empty {self.place} and build anew"
            )
        return content

    def _read(self, path: str) -> bytes:
        try:
            return self.place.read(path)
        except OSError as error:
            raise BadInput(
                f"{self.place}/{path}: the index names it and it cannot be read "
                f"({error.strerror or error}); empty {self.place} and build anew"
            ) from error


def _parse(what: str, content: bytes, kind: type[T]) -> T:
    try:
        return from_json(kind, content)
    except Misfits as error:
        raise BadInput(f"{what}: cannot be read as an index: {error}") from error
