"""What a home holds: `installed.json`, and beside each version the record of its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from devforge.model.fields import Count, Digest
from devforge.model.names import ExtensionId, Permission
from devforge.model.ranges import Range
from devforge.model.versions import Version
from devforge.updates.history import By


@dataclass(frozen=True, slots=True)
class Installed:
    """One extension in a home, at the version Dev Forge loads."""

    id: ExtensionId
    version: Version
    engines: Range
    tree_sha256: Digest  # of the files as they were unpacked
    package_sha256: Digest
    requested: bool  # False: it came because another needs it
    index: str
    permissions: tuple[Permission, ...] = ()
    extension_dependencies: dict[ExtensionId, Range] = field(default_factory=dict)
    enabled: bool = True
    disabled_by: By | None = None
    disabled_because: str = ""
    platform: str | None = None  # whose package it is; None: one that is for every other platform
    has_run: bool = False  # Dev Forge reported that it started
    insisted: bool = False  # its owner named this very version: no withdrawal takes them back

    @property
    def directory(self) -> str:
        """Its directory below the home; the hash keeps builds and spellings of versions apart."""
        return f"extensions/{self.id}/{self.version}-{self.package_sha256[:12]}"

    @property
    def label(self) -> str:
        return f"{self.id} {self.version}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A version this install went back from: neither it nor an older one is offered again."""

    version: Version
    reason: str
    when: str


@dataclass(frozen=True, slots=True)
class State:
    """`installed.json`. `change` counts what was ever changed in this home."""

    schema_version: Literal[1] = 1
    change: Count = 0
    extensions: tuple[Installed, ...] = ()
    skipped: dict[ExtensionId, Skipped] = field(default_factory=dict)

    @property
    def by_id(self) -> dict[ExtensionId, Installed]:
        return {entry.id: entry for entry in self.extensions}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a version as it was unpacked."""

    sha256: Digest
    length: Count
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """`extensions/<id>/<version>-<hash>.json`: what a version's directory held when it was put there.

    A directory is complete exactly when its record exists.
    """

    entry: Installed
    files: dict[str, StoredFile]
    schema_version: Literal[1] = 1

    @property
    def length(self) -> int:
        """Bytes of all files."""
        return sum(file.length for file in self.files.values())
