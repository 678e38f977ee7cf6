"""Which bytes lie where in the index: bins, shards, pointers. Pure.

Source: devforge/model/index.py, which says what a client may rely on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from devforge.model.base import Strict
from devforge.model.index import (
    Bin,
    ExtensionDocument,
    IndexedVersion,
    IndexRoot,
    Pointer,
    SearchEntry,
    SearchShard,
)
from devforge.model.names import ExtensionId

ROOT = "index.json"
# Search shards are few, so that a browser loads them all at once; each is one hex digit.
_SHARD_DIGITS = 1
_BIN_DIGITS = {16: 1, 256: 2, 4096: 3}


def bin_digits(bins: int) -> int:
    """How many hexadecimal digits name one of `bins` bins."""
    return _BIN_DIGITS[bins]


def target_path(id: ExtensionId) -> str:
    """The name under which bins list an extension's document."""
    return f"extensions/{id}.json"


def target_id(target: str) -> ExtensionId:
    """The extension that a target path stands for."""
    return ExtensionId.parse(target.removeprefix("extensions/").removesuffix(".json"))


def bin_name(target: str, digits: int) -> str:
    """The bin that lists `target`: it never moves, whatever else is published."""
    return hashlib.sha256(target.encode()).hexdigest()[:digits]


def shard_name(id: ExtensionId) -> str:
    """The search shard that lists an extension."""
    return bin_name(target_path(id), _SHARD_DIGITS)


def encode(model: Strict) -> bytes:
    """Return `model` as the one JSON we ever write for it: compact, absent values left out."""
    return model.model_dump_json(exclude_none=True).encode() + b"\n"


def pointer(content: bytes) -> Pointer:
    """Name exactly these bytes."""
    return Pointer(sha256=hashlib.sha256(content).hexdigest(), length=len(content))


def document_file(id: ExtensionId, at: Pointer) -> str:
    """Where the document of `id` lies below the index's directory."""
    return f"extensions/{at.sha256}.{id}.json"


def bin_file(name: str, at: Pointer) -> str:
    """Where the bin `name` lies below the index's directory."""
    return f"bins/{at.sha256}.{name}.json"


def shard_file(name: str, at: Pointer) -> str:
    """Where the search shard `name` lies below the index's directory."""
    return f"search/{at.sha256}.{name}.json"


def newest(versions: Iterable[IndexedVersion]) -> IndexedVersion:
    """The version an extension shows: the highest neither yanked nor a prerelease, if there is one."""
    return max(
        versions, key=lambda v: (v.yanked is None, not v.version.is_prerelease, v.version.key)
    )


def search_entry(document: ExtensionDocument) -> SearchEntry:
    """Return what search knows of an extension."""
    return SearchEntry(
        id=document.id,
        display_name=document.display_name,
        description=document.description,
        keywords=document.keywords,
        categories=document.categories,
        version=newest(document.versions).version,
    )


def bin_bytes(targets: Mapping[str, Pointer]) -> bytes:
    """Return a bin's file; the order in which its targets were learnt leaves no trace."""
    return encode(Bin(targets={path: targets[path] for path in sorted(targets)}))


def shard_bytes(entries: Iterable[SearchEntry]) -> bytes:
    """Return a search shard's file, its entries sorted by id."""
    return encode(SearchShard(entries=tuple(sorted(entries, key=lambda entry: entry.id))))


def root_bytes(
    registry: str, bins: Mapping[str, Pointer], digits: int, search: Mapping[str, Pointer]
) -> bytes:
    """Return `index.json`."""
    root = IndexRoot(
        registry=registry,
        bins={name: bins[name] for name in sorted(bins)},
        bin_digits=digits,
        search={name: search[name] for name in sorted(search)},
    )
    return encode(root)
