"""The signed index: what a client reads to find, check and install extensions.

Metadata is TUF's, consistent snapshots with succinct hash bins; these are the documents it signs.
Paths below the index's base URL:

    metadata/timestamp.json                 the one file that changes in place
    metadata/<n>.<role>.json                root, targets, extensions, packages: offline keys;
                                            snapshot, lists, e-xx, p-xx: the online key
    targets/<sha256>.config.json            `Config`
    targets/extensions/<sha256>.<id>.json   `ExtensionDocument`
    targets/lists/<sha256>.<name>.json      `StateList`: malicious, removed, deprecated
    targets/search/<sha256>.<hex>.json      `SearchShard`
    targets/summary/<sha256>.<hex>.json     `Summary`, one for each extension bin that is not empty
    changes/<sha256>.json                   `Changes`, pinned by the timestamp's field `x-changes`

Readers ignore keys they do not know, so that clients outlive the registry they were made for;
`schema_version` is raised when that would be dangerous.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from devforge.model.addresses import file_url, package_name
from devforge.model.fields import Count, Digest, Open, Otherwise, Shaped, Told, Within
from devforge.model.names import Category, ExtensionId, Language, Permission
from devforge.model.ranges import Range
from devforge.model.versions import Version

ListName = Literal["malicious", "removed", "deprecated"]
LISTS: tuple[ListName, ...] = ("malicious", "removed", "deprecated")
# What a client says of one version below `Config.beacon`: it started there, or it did not.
Result = Literal["ok", "failed"]
# How many changes the newest segment of the log holds, an older one, and how many are followed. A change
# is some fifty bytes on the wire: whoever looks daily at a hundred releases reads ten thousand.
HEAD_CHANGES, SEGMENT_CHANGES, SEGMENTS = 40, 120, 30
# What a document says once where all its versions agree.
COMMON = ("engines", "permissions", "extension_dependencies", "powers")
Bits = Annotated[int, Within(1, 16)]
Platform = Annotated[
    str, Shaped(r"(?=.{,40}\Z)[a-z0-9_]+-[a-z0-9_]+", "a platform such as linux-x64")
]
# What a terminal is shown of the index: whoever signs it may not colour, hide or flood what else stands there.
Line = Annotated[str, Told(500)]
PowerName = Annotated[str, Shaped(r"[a-z-]{1,40}", "a power's name")]
Time = Annotated[
    str,
    Shaped(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
        "a time in UTC such as 2026-11-23T09:00:00Z",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer(Open):
    """Exactly one sequence of bytes."""

    sha256: Digest
    length: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile(Pointer):
    """A package. Without `url` it lies where the template of `Config` says."""

    url: str | None = None
    evidence: Digest | None = None  # of its bill of materials and its review, see `evidence_of`


def evidence_of(bill: str, review: str) -> str:
    """Return one hash for both files beside a package, given theirs: a document has room for one."""
    return hashlib.sha256(f"{bill} {review}\n".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPrice(Open):
    """What a licence costs, in the currency's minor unit."""

    amount: Annotated[int, Within(1, 2**53)]
    currency: Annotated[str, Shaped("[a-z]{3}", "a currency's three lower-case letters")]
    billing: Literal["once", "monthly", "yearly"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRollout(Open):
    """Which share of users is offered a version: percent, stage after stage of so many hours."""

    stages: Annotated[tuple[Annotated[int, Within(1, 100)], ...], Within(1, 10)]
    hours: Annotated[int, Within(0, 720)]


NOBODY = PublishedRollout(stages=(), hours=0)
"""A roll-out that cannot be read reaches nobody; it must not hide the other versions."""


def _instead_of(reason: str, replacement: str | None) -> str:
    return f"{reason.rstrip('.')}; use {replacement}" if replacement else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedYank(Open):
    """Why a version should no longer be installed, and what to install instead."""

    reason: Line
    replacement: Line | None = None

    @property
    def sentence(self) -> str:
        """The reason, and what to use instead."""
        return _instead_of(self.reason, self.replacement)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedVersion(Open):
    """One version as a client needs it."""

    version: Version
    engines: Range
    permissions: tuple[Permission, ...] = ()
    extension_dependencies: dict[ExtensionId, Range] = field(default_factory=dict)
    package: PackageFile | None = None  # for every platform that `platforms` does not name
    platforms: dict[Platform, PackageFile] = field(default_factory=dict)
    published: Line | None = None  # RFC 3339, UTC
    rollout: Annotated[PublishedRollout | None, Otherwise(NOBODY)] = None  # None: everybody
    halted: bool = False  # offered to nobody who does not have it yet
    security: bool = False  # needs no cooldown
    yanked: PublishedYank | None = None
    powers: tuple[PowerName, ...] = ()  # what its code does, as the review found it

    def __post_init__(self) -> None:
        if self.package is None and not self.platforms:
            raise ValueError("has no package for any platform")

    def package_for(self, platform: str) -> PackageFile | None:
        """Return the package for a platform such as `linux-x64`; None where there is none for it."""
        return self.platforms.get(platform, self.package)

    def platform_of(self, platform: str) -> Platform | None:
        """Return `platform` if it has a package of its own; None for whoever gets the common one."""
        return platform if platform in self.platforms else None

    @property
    def packages(self) -> tuple[tuple[Platform | None, PackageFile], ...]:
        """Every package with its platform, first the one for all others, whose platform is None."""
        rest = ((None, self.package),) if self.package else ()
        return (*rest, *self.platforms.items()) if self.platforms else rest


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDocument(Open):
    """`extensions/<id>.json`: an extension and all its versions, the newest first.

    In the file, what is the same for every version is said once, in `common`.
    """

    schema_version: Literal[1] = 1
    id: ExtensionId
    display_name: Line
    description: Line
    license: Line
    language: Language
    categories: tuple[Category, ...]
    keywords: tuple[Line, ...] = ()
    developer: Line  # the name people read
    repository: Line | None = None
    support: Line | None = None
    price: PublishedPrice | None = None
    min_secure_version: Version | None = None  # whoever has an older one is told to update
    versions: tuple[IndexedVersion, ...]

    @classmethod
    def unfolded(cls, said: dict[str, Any]) -> dict[str, Any]:
        """Give every version what `common` says of all of them, unless it says otherwise itself."""
        if "common" not in said:
            return said
        common, versions = said["common"], said.get("versions")
        if not isinstance(common, dict) or not isinstance(versions, list):
            raise ValueError("common must be a table, and versions a list")  # noqa: TRY004
        shared = {name: common[name] for name in COMMON if name in common}
        every = [shared | one if isinstance(one, dict) else one for one in versions]
        return {**said, "versions": every}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror(Open):
    """Another place that serves the same index."""

    url: str
    region: str = ""
    weight: Annotated[int, Within(0, 1000)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(Open):
    """`config.json`, signed by the offline keys.

    `packages` is a URL in which `{id}`, `{version}`, `{tag}` and `{file}` are replaced, absolute or
    relative to the index's base. Below `beacon` clients say whether a version started, if their users
    switched that on; without it nobody says anything.
    """

    schema_version: Literal[1] = 1
    registry: str
    packages: str
    mirrors: Annotated[tuple[Mirror, ...], Within(0, 50)] = ()
    beacon: str | None = None
    extension_bits: Bits
    package_bits: Bits

    def package_url(
        self, id: ExtensionId, version: Version, file: PackageFile, platform: str | None = None
    ) -> str:
        """Where a package lies: an absolute address, or one relative to the index's base."""
        if file.url is not None:
            return file.url
        name = package_name(id, version, platform)
        return file_url(self.packages, id, version, file=name, sha256=file.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry(Open):
    """Why an extension is on a list. Without `versions` all of them are meant."""

    reason: Line
    versions: tuple[Version, ...] | None = None
    replacement: Line | None = None
    advisory: Line | None = None
    when: Time

    @property
    def sentence(self) -> str:
        """The reason, and what to use instead."""
        return _instead_of(self.reason, self.replacement)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateList(Open):
    """`lists/<name>.json`."""

    schema_version: Literal[1] = 1
    entries: dict[ExtensionId, ListEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry(Open):
    """One line of the search index."""

    id: ExtensionId
    display_name: Line
    description: Line
    keywords: tuple[Line, ...] = ()
    categories: tuple[Category, ...] = ()
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchShard(Open):
    """`search/<hex>.json`."""

    schema_version: Literal[1] = 1
    entries: tuple[SearchEntry, ...]


# `summary/<hex>.json`: of every extension of a bin, the newest version that everybody is offered, and
# how its document's sha256 begins. Whoever was away for long sees by it what is as it was.
FINGERPRINT = 12
Summary = dict[
    ExtensionId, tuple[Version, Annotated[str, Shaped("[0-9a-f]{12}", "twelve hexadecimal digits")]]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Open):
    """A document or list that is new since the generation before `g`; without `sha256` it is gone."""

    g: Count
    id: ExtensionId | None = None
    list: ListName | None = None
    sha256: Digest | None = None
    length: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier(Pointer):
    """The segment before this one; `g` is its newest generation."""

    g: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Open):
    """`changes/<sha256>.json`: what changed lately, the newest first.

    Every change of a generation later than `since` is in this segment or in a newer one, so whoever
    has looked up to `since` need not go on to `earlier`. Where `earlier` is absent and somebody
    looked last before `since`, only the summaries tell.
    """

    schema_version: Literal[1] = 1
    generation: Count
    since: Count
    changes: tuple[Change, ...]
    earlier: Earlier | None = None
