"""The static index: what a client reads to find, check and install extensions.

Layout below the site's `index/` directory, ready to be signed by hash bin:

    index.json                              the root: one pointer per bin, and the search shards
    bins/<sha256>.<bin>.json                a bin: one pointer per extension document in it
    extensions/<sha256>.<id>.json           one document per extension
    search/<sha256>.<shard>.json            what search needs, and nothing an update check needs

Every file but `index.json` is immutable and named by its own hash. A document's bin is the first
hex digits of sha256 over its target path, `extensions/<id>.json`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict
from devforge.model.manifest import Category, Language
from devforge.model.names import CommitSha, ExtensionId, Permission, Sha256
from devforge.model.records import Price, Rollout, Yank
from devforge.model.versions import Range, Version


class Pointer(Strict):
    """Exactly one sequence of bytes."""

    sha256: Sha256
    length: Annotated[int, Field(ge=0)]


class IndexedFile(Pointer):
    """A file to download. `url` is absolute, or relative to `index.json`."""

    name: str
    url: str


class IndexedVersion(Strict):
    """One version as a client needs it."""

    version: Version
    engines: Range
    permissions: tuple[Permission, ...] = ()
    extension_dependencies: dict[ExtensionId, Range] = {}
    package: IndexedFile
    sbom: IndexedFile | None = None
    review: IndexedFile | None = None
    commit: CommitSha | None = None
    # SourceTree.sha256 over the files in the package, so a client can check what it unpacked.
    tree_sha256: Sha256
    published: str | None = None  # RFC 3339, UTC
    rollout: Rollout | None = None
    yanked: Yank | None = None


class ExtensionDocument(Strict):
    """`extensions/<id>.json`: an extension and all its versions, the newest first."""

    schema_version: Literal[1] = 1
    id: ExtensionId
    display_name: str
    description: str
    license: str
    language: Language
    categories: tuple[Category, ...]
    keywords: tuple[str, ...] = ()
    developer: str  # the name people read
    repository: str | None = None
    support: str | None = None
    price: Price | None = None
    versions: tuple[IndexedVersion, ...]


class SearchEntry(Strict):
    """One line of the search index."""

    id: ExtensionId
    display_name: str
    description: str
    keywords: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    version: Version


class SearchShard(Strict):
    """`search/<shard>.json`."""

    schema_version: Literal[1] = 1
    entries: tuple[SearchEntry, ...]


class Bin(Strict):
    """`bins/<bin>.json`: target path → its bytes."""

    schema_version: Literal[1] = 1
    targets: dict[str, Pointer]


class IndexRoot(Strict):
    """`index.json`."""

    schema_version: Literal[1] = 1
    registry: str
    bins: dict[str, Pointer]  # bin name in hex → its bytes; an empty bin is absent
    bin_digits: Annotated[int, Field(ge=1, le=4)]
    search: dict[str, Pointer] = {}
