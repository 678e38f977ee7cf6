"""What a home holds, as its `installed.json` says it."""

from __future__ import annotations

from devforge.model.base import Strict
from devforge.model.names import ExtensionId, Permission, Sha256
from devforge.model.versions import Range, Version


class Installed(Strict):
    """One extension in a home."""

    id: ExtensionId
    version: Version
    engines: Range
    tree_sha256: Sha256
    package_sha256: Sha256
    permissions: tuple[Permission, ...] = ()
    extension_dependencies: dict[ExtensionId, Range] = {}
    requested: bool  # False: it came because another needs it
    index: str

    @property
    def directory(self) -> str:
        """Its directory below the home."""
        return f"extensions/{self.id}/{self.version}-{self.tree_sha256[:12]}"


class State(Strict):
    """`installed.json`."""

    schema_version: int = 1
    extensions: tuple[Installed, ...] = ()
