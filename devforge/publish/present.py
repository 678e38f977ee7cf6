"""Reads the index that is at a place now, piece by piece, and believes only what its hashes prove."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from devforge.errors import BadInput
from devforge.model.base import Strict
from devforge.model.index import (
    Bin,
    ExtensionDocument,
    IndexRoot,
    Pointer,
    SearchEntry,
    SearchShard,
)
from devforge.model.names import ExtensionId
from devforge.publish import layout

M = TypeVar("M", bound=Strict)


class PresentIndex:
    """The index in the directory `out`; an empty one if there is none.

    Raises, from everything it does:
        BadInput: a file is missing, or is not what its name promises.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        path = out / layout.ROOT
        self.root = _parse(path, path.read_bytes(), IndexRoot) if path.is_file() else None

    def targets(self) -> dict[str, Pointer]:
        """Return every target of every bin."""
        bins = self.root.bins if self.root else {}
        return {target: at for name in bins for target, at in self.bin(name).items()}

    def names(self) -> set[str]:
        """Return the path of every file that this index refers to."""
        if self.root is None:
            return set()
        named = {layout.shard_file(name, at) for name, at in self.root.search.items()}
        named |= {layout.bin_file(name, at) for name, at in self.root.bins.items()}
        return named | {
            layout.document_file(layout.target_id(target), at)
            for target, at in self.targets().items()
        }

    def bin(self, name: str) -> Mapping[str, Pointer]:
        """Return what the bin `name` lists; nothing if there is no such bin."""
        if self.root is None or name not in self.root.bins:
            return {}
        return self._pinned(layout.bin_file(name, self.root.bins[name]), Bin).targets

    def shard(self, name: str) -> tuple[SearchEntry, ...]:
        """Return what the search shard `name` lists; nothing if there is no such shard."""
        if self.root is None or name not in self.root.search:
            return ()
        return self._pinned(layout.shard_file(name, self.root.search[name]), SearchShard).entries

    def document(self, id: ExtensionId, at: Pointer) -> ExtensionDocument:
        """Return the document of `id` at `at`."""
        return self._pinned(layout.document_file(id, at), ExtensionDocument)

    def _pinned(self, path: str, kind: type[M]) -> M:
        file = self._out / path
        try:
            content = file.read_bytes()
        except FileNotFoundError as error:
            raise BadInput(
                f"{file}: the index names it and it is not there; empty {self._out} and build anew"
            ) from error
        if hashlib.sha256(content).hexdigest() != file.name.split(".", 1)[0]:
            raise BadInput(
                f"{file}: is not what its name promises; empty {self._out} and build anew"
            )
        return _parse(file, content, kind)


def _parse(file: Path, content: bytes, kind: type[M]) -> M:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise BadInput(f"{file}: cannot be read as an index: {error.errors()[0]['msg']}") from error
