"""Reads an index and believes only what its hashes prove. See `devforge.model.index` for the layout."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from pydantic import ValidationError

from devforge.errors import BadInput, Refused
from devforge.model.base import Strict
from devforge.model.index import (
    Bin,
    ExtensionDocument,
    IndexedFile,
    IndexRoot,
    Pointer,
    SearchEntry,
    SearchShard,
)
from devforge.model.names import ExtensionId
from devforge.updates.source import Source

ROOT_BYTES = 4 * 1024 * 1024
M = TypeVar("M", bound=Strict)


class Index:
    """One registry's index. Documents are fetched when asked for, each at most once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._prefix = ""
        self._root: IndexRoot | None = None
        self._bins: dict[str, Bin] = {}

    @property
    def location(self) -> str:
        return self._source.location

    def root(self) -> IndexRoot:
        """Return `index.json`, looked for at the location itself and in its `index/`.

        Raises:
            BadInput: there is no index at this location.
        """
        if self._root is None:
            for prefix in ("", "index/"):
                content = self._source.read(f"{prefix}index.json", limit_bytes=ROOT_BYTES)
                if content is not None:
                    self._prefix = prefix
                    self._root = self._parsed(content, IndexRoot, f"{prefix}index.json")
                    return self._root
            raise BadInput(
                f"{self.location}: no index.json here; is this the address of a registry?"
            )
        return self._root

    def document(self, extension: ExtensionId) -> ExtensionDocument | None:
        """Return what the registry says of `extension`, or None if it does not have it."""
        path = f"extensions/{extension}.json"
        pointer = self._bin(path).targets.get(path)
        if pointer is None:
            return None
        document = self._parsed(
            self._pinned("extensions", f"{extension}.json", pointer), ExtensionDocument, path
        )
        if document.id != extension:
            raise Refused(f"{path}: describes {document.id}; the index is not consistent")
        return document

    def search(self) -> tuple[SearchEntry, ...]:
        """Return every extension's search entry, in the shards' order."""
        found: list[SearchEntry] = []
        for shard, pointer in sorted(self.root().search.items()):
            content = self._pinned("search", f"{shard}.json", pointer)
            found += self._parsed(content, SearchShard, f"search/{shard}.json").entries
        return tuple(found)

    def download(self, file: IndexedFile) -> bytes:
        """Return the bytes of `file`, proven to be the ones the index names."""
        relative = "://" not in file.url
        content = self._source.read(
            (self._prefix + file.url) if relative else file.url, limit_bytes=file.length
        )
        return self._verified(content, file, file.name)

    def _bin(self, target: str) -> Bin:
        root = self.root()
        name = hashlib.sha256(target.encode()).hexdigest()[: root.bin_digits]
        if name not in root.bins:
            return Bin(targets={})
        if name not in self._bins:
            content = self._pinned("bins", f"{name}.json", root.bins[name])
            self._bins[name] = self._parsed(content, Bin, f"bins/{name}.json")
        return self._bins[name]

    def _pinned(self, folder: str, name: str, pointer: Pointer) -> bytes:
        path = f"{self._prefix}{folder}/{pointer.sha256}.{name}"
        return self._verified(self._source.read(path, limit_bytes=pointer.length), pointer, path)

    def _verified(self, content: bytes | None, pointer: Pointer, what: str) -> bytes:
        if content is None:
            raise Refused(
                f"{self.location}: {what} is named by the index but is not there; try again later"
            )
        found = hashlib.sha256(content).hexdigest()
        if len(content) != pointer.length or found != pointer.sha256:
            raise Refused(
                f"{self.location}: {what} is not what the index promises "
                f"(sha256 {found[:12]}…, expected {pointer.sha256[:12]}…); nothing was changed"
            )
        return content

    def _parsed(self, content: bytes, kind: type[M], what: str) -> M:
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            problem = f"{where}: {first['msg']}" if where else first["msg"]
            raise Refused(f"{self.location}: {what} cannot be read ({problem})") from error
