"""What of `known.json` decides about going back: which versions are malicious, and which have a known hole.

The whole file is the registry's words, and their reader takes longer to begin than a command may.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.stored import Misfit, Misfits, from_plain


@dataclass(frozen=True, slots=True)
class Listed:
    """Why an extension is malicious; without `versions` all of them are."""

    reason: str
    versions: tuple[Version, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Document:
    min_secure_version: Version | None = None


@dataclass(frozen=True, slots=True)
class LastWord:
    """By extension: the entry that calls it malicious, and the oldest version that is safe to run."""

    malicious: Mapping[ExtensionId, Listed] = field(default_factory=dict)
    oldest_safe: Mapping[ExtensionId, Version | None] = field(default_factory=dict)

    def why_malicious(self, extension: ExtensionId, version: Version) -> str | None:
        """Return the reason for which the registry calls this version malicious, if it does."""
        entry = self.malicious.get(extension)
        is_meant = entry and (entry.versions is None or version in entry.versions)
        return entry.reason if entry and is_meant else None


def read_last_word(content: bytes) -> LastWord:
    """Return what `content`, the file, says of it. Raises Misfits with what cannot be read."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Misfits(Misfit((), f"not JSON: {error}", "write JSON")) from error
    if not isinstance(said, dict):
        raise Misfits(Misfit((), "is not a table", "write a table"))
    malicious = _parts(said.get("malicious", {}), ("reason", "versions"))
    documents = from_plain(
        dict[ExtensionId, _Document], _parts(said.get("documents", {}), ("min_secure_version",))
    )
    return LastWord(
        from_plain(dict[ExtensionId, Listed], malicious),
        {extension: document.min_secure_version for extension, document in documents.items()},
    )


def _parts(table: object, keys: tuple[str, ...]) -> object:
    """Return the fields `keys` of each entry; what has no entries or fields is left for its reader to refuse."""
    if not isinstance(table, dict):
        return table
    return {
        name: {key: entry[key] for key in keys if key in entry}
        if isinstance(entry, dict)
        else entry
        for name, entry in table.items()
    }
