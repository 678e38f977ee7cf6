"""`known.json`: what the registry last said of what is installed, so that it also holds offline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from devforge.model.fields import Count
from devforge.model.index import ExtensionDocument, ListEntry
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.lists import Lists

Entries = dict[ExtensionId, ListEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The registry's last word, verified when it came."""

    schema_version: Literal[1] = 1
    index: str = ""
    generation: Count | None = None
    checked: str | None = None  # RFC 3339, by this machine's clock
    malicious: Entries = field(default_factory=dict)
    removed: Entries = field(default_factory=dict)
    deprecated: Entries = field(default_factory=dict)
    documents: dict[ExtensionId, ExtensionDocument] = field(default_factory=dict)
    gone: tuple[ExtensionId, ...] = ()  # asked for, and the registry did not have it

    @property
    def lists(self) -> Lists:
        return Lists(self.malicious, self.removed, self.deprecated)

    def least(self, extension: ExtensionId) -> Version | None:
        """The oldest version that is safe to run, if the registry named one."""
        document = self.documents.get(extension)
        return document.min_secure_version if document else None
