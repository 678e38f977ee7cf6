"""Which bytes lie where in the index: targets, bins, shards, summaries. Pure.

Source: devforge/model/index.py, which says what a client may rely on; TAP 15 for the bins' names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from pydantic_core import to_json

from devforge.model.addresses import package_name
from devforge.model.index import (
    COMMON,
    FINGERPRINT,
    Changes,
    Config,
    ExtensionDocument,
    IndexedVersion,
    PackageFile,
    Pointer,
    StateList,
)
from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.publish.signing import canonical

TIMESTAMP = "metadata/timestamp.json"
EXTENSIONS, PACKAGES, LISTS = "e", "p", "lists"
# Search shards are few, so that a browser loads them all at once; each is one hex digit.
_SHARD_DIGITS = 1


class File(NamedTuple):
    """What a role's metadata says of a target."""

    sha256: str
    length: int


Targets = dict[str, File]


def metadata_file(role: str, version: int) -> str:
    """Where one version of a role's metadata lies below the index's directory."""
    return f"metadata/{version}.{role}.json"


def target_file(target: str, sha256: str) -> str:
    """Where exactly these bytes of a target lie below the index's directory."""
    folder, slash, name = target.rpartition("/")
    return f"targets/{folder}{slash}{sha256}.{name}"


def changes_file(sha256: str) -> str:
    """Where a segment of the log of changes lies."""
    return f"changes/{sha256}.json"


def target_path(id: ExtensionId) -> str:
    """The target that is an extension's document."""
    return f"extensions/{id}.json"


def target_id(target: str) -> ExtensionId:
    """The extension that a document's target stands for."""
    return ExtensionId.parse(target.removeprefix("extensions/").removesuffix(".json"))


def bin_of(target: str, prefix: str, bits: int) -> str:
    """The bin that lists `target`: it never moves, whatever else is published."""
    number = int.from_bytes(hashlib.sha256(target.encode()).digest()[:4], "big") >> (32 - bits)
    return bins_of(prefix, bits)[number]


@lru_cache(maxsize=8)  # it is asked for every package there is
def bins_of(prefix: str, bits: int) -> tuple[str, ...]:
    """The name of every bin, in order."""
    digits = len(f"{(1 << bits) - 1:x}")
    return tuple(f"{prefix}-{number:0{digits}x}" for number in range(1 << bits))


def online_roles(config: Config) -> list[str]:
    """The name of every role of the online key that lists targets."""
    extensions = bins_of(EXTENSIONS, config.extension_bits)
    return [*extensions, *bins_of(PACKAGES, config.package_bits), LISTS]


def shard_target(id: ExtensionId) -> str:
    """The search shard that lists an extension."""
    digest = hashlib.sha256(target_path(id).encode()).hexdigest()
    return f"search/{digest[:_SHARD_DIGITS]}.json"


def summary_target(bin_name: str) -> str:
    """The summary of the extensions of a bin."""
    return f"summary/{bin_name.partition('-')[2]}.json"


def encode(document: Changes | Config | ExtensionDocument | StateList) -> bytes:
    """Return a document as the one JSON we ever write for it: compact, absent values left out."""
    return _written(to_plain(document, sparse=True))


def encode_document(document: ExtensionDocument) -> bytes:
    """Return an extension's document as the one JSON we ever write for it."""
    shared = _shared(document.versions)
    if not shared:
        return encode(document)
    said = to_plain(document, sparse=True)
    common = {name: said["versions"][0][name] for name in shared}
    for version in said["versions"]:
        for name in shared:
            del version[name]
    return _written({"common": common, **said})


def _written(said: dict[str, Any]) -> bytes:
    return to_json({"schema_version": 1, **said})


def _shared(versions: Sequence[IndexedVersion]) -> list[str]:
    """What all versions say alike, if there are several and it is worth saying."""
    first, *others = versions
    if not others:
        return []
    return [
        name
        for name in COMMON
        if (value := getattr(first, name)) and all(getattr(one, name) == value for one in others)
    ]


def pointer(content: bytes) -> Pointer:
    """Name exactly these bytes."""
    return Pointer(sha256=hashlib.sha256(content).hexdigest(), length=len(content))


def file_of(content: bytes) -> File:
    """What metadata says of these bytes."""
    return File(hashlib.sha256(content).hexdigest(), len(content))


def listed_in(signed: Mapping[str, Any]) -> Targets:
    """What the signed part of a role's metadata lists."""
    listed = signed.get("targets", {})
    return {target: File(at["hashes"]["sha256"], at["length"]) for target, at in listed.items()}


def listing(targets: Targets) -> bytes:
    """Return what a role lists as metadata says it, in canonical JSON."""
    said = [
        f'{encode_basestring(target)}:{{"hashes":{{"sha256":"{sha256}"}},"length":{length}}}'
        for target in sorted(targets)
        for sha256, length in (targets[target],)
    ]
    return f"{{{','.join(said)}}}".encode()


def packages_of(document: ExtensionDocument) -> Iterator[tuple[str, File]]:
    """Yield the target of every package of an extension."""
    for version in document.versions:
        for platform, file in version.packages:
            name = package_name(document.id, version.version, platform)
            yield f"packages/{name}", File(file.sha256, file.length)


def without_usual_urls(document: ExtensionDocument, config: Config) -> ExtensionDocument:
    """Leave out the addresses that the configuration's template gives anyway."""
    if all(file.url is None for version in document.versions for _, file in version.packages):
        return document
    versions = tuple(_shortened(document.id, version, config) for version in document.versions)
    return replace(document, versions=versions)


def _shortened(id: ExtensionId, version: IndexedVersion, config: Config) -> IndexedVersion:
    def short(file: PackageFile, platform: str | None) -> PackageFile:
        bare = replace(file, url=None)
        usual = config.package_url(id, version.version, bare, platform)
        return bare if file.url == usual else file

    platforms = {name: short(file, name) for name, file in version.platforms.items()}
    rest = short(version.package, None) if version.package else None
    return replace(version, package=rest, platforms=platforms)


def newest(versions: Iterable[IndexedVersion]) -> IndexedVersion:
    """The version an extension shows: the highest neither taken back, halted nor a prerelease, if any."""
    return max(
        versions,
        key=lambda v: (
            v.yanked is None,
            not v.halted,
            not v.version.is_prerelease,
            v.version.key,
        ),
    )


def search_entry(document: ExtensionDocument) -> dict[str, Any]:
    """Return what search knows of an extension: a `SearchEntry` as JSON."""
    entry: dict[str, Any] = {
        "id": str(document.id),
        "display_name": document.display_name,
        "description": document.description,
        "version": str(newest(document.versions).version),
    }
    if document.keywords:
        entry["keywords"] = document.keywords
    if document.categories:
        entry["categories"] = document.categories
    return entry


def shard_bytes(entries: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Return a search shard, its entries sorted by id; the order they came in leaves no trace."""
    return canonical({"schema_version": 1, "entries": [entries[id] for id in sorted(entries)]})


def summary_entry(newest: str, document: File) -> list[str]:
    """Return what a summary says of an extension: its newest version, and which document is its."""
    return [newest, document.sha256[:FINGERPRINT]]


def summary_bytes(entries: Mapping[str, Sequence[str]]) -> bytes:
    """Return the summary of a bin."""
    return canonical(entries)
