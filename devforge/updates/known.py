"""`known.json`: what the registry last said of what is installed, so that it also holds offline."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict
from devforge.model.index import ExtensionDocument, ListEntry
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.lists import Lists

Entries = dict[ExtensionId, ListEntry]


class Known(Strict):
    """The registry's last word, verified when it came."""

    schema_version: Literal[1] = 1
    index: str = ""
    generation: Annotated[int, Field(ge=0)] | None = None
    checked: str | None = None  # RFC 3339, by this machine's clock
    malicious: Entries = {}
    removed: Entries = {}
    deprecated: Entries = {}
    documents: dict[ExtensionId, ExtensionDocument] = {}
    gone: tuple[ExtensionId, ...] = ()  # asked for, and the registry did not have it

    @property
    def lists(self) -> Lists:
        return Lists(self.malicious, self.removed, self.deprecated)

    def least(self, extension: ExtensionId) -> Version | None:
        """The oldest version that is safe to run, if the registry named one."""
        document = self.documents.get(extension)
        return document.min_secure_version if document else None

    def to_bytes(self) -> bytes:
        values = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(values, separators=(",", ":")).encode() + b"\n"
