"""The registry's lists of extensions: malicious, removed, deprecated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devforge.model.names import ExtensionId

if TYPE_CHECKING:
    from devforge.model.index import ListEntry


@dataclass(frozen=True, slots=True)
class Lists:
    """All three, whole."""

    malicious: Mapping[ExtensionId, ListEntry] = field(default_factory=dict)
    removed: Mapping[ExtensionId, ListEntry] = field(default_factory=dict)
    deprecated: Mapping[ExtensionId, ListEntry] = field(default_factory=dict)
