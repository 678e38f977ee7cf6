"""Ships the registry's root keys with the package, where its operator has held the key ceremony."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShipRoot(BuildHookInterface):  # type: ignore[type-arg]
    """`registry/root.json` becomes `devforge/_root.json`; without one, users name it with --root."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        root = Path(self.root) / "registry/root.json"
        if root.is_file():
            build_data["force_include"][str(root)] = "devforge/_root.json"
