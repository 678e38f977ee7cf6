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

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic.functional_validators import WrapValidator

from devforge.model.addresses import file_url, package_name
from devforge.model.base import Foreign, Strict
from devforge.model.digests import Sha256
from devforge.model.manifest import Category, Language
from devforge.model.names import ExtensionId, Permission
from devforge.model.records import Price, Rollout, Timestamp, Yank, instead_of
from devforge.model.versions import Range, Version

ListName = Literal["malicious", "removed", "deprecated"]
LISTS: tuple[ListName, ...] = ("malicious", "removed", "deprecated")
# How many changes the newest segment of the log holds, an older one, and how many are followed. A change
# is some fifty bytes on the wire: whoever looks daily at a hundred releases reads ten thousand.
HEAD_CHANGES, SEGMENT_CHANGES, SEGMENTS = 40, 120, 30
# What a document says once where all its versions agree.
COMMON = ("engines", "permissions", "extension_dependencies", "powers")
Generation = Annotated[int, Field(ge=0)]
Bits = Annotated[int, Field(ge=1, le=16)]
Platform = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+-[a-z0-9_]+$", max_length=40)]
PowerName = Annotated[str, StringConstraints(pattern=r"^[a-z-]+$", max_length=40)]


def _or_malformed(value: Any, parse: ValidatorFunctionWrapHandler) -> Any:
    """A roll-out that cannot be read reaches nobody; it must not hide the other versions."""
    try:
        return parse(value)
    except ValidationError:
        return "malformed"


PublishedRollout = Annotated[Rollout | Literal["malformed"] | None, WrapValidator(_or_malformed)]


class Pointer(Foreign):
    """Exactly one sequence of bytes."""

    sha256: Sha256
    length: Annotated[int, Field(ge=0)]


class IndexedFile(Strict):
    """A file of a release, as publishing notes it. `url` is absolute."""

    sha256: Sha256
    length: Annotated[int, Field(ge=0)]
    name: str
    url: str


class PackageFile(Pointer):
    """A package. Without `url` it lies where the template of `Config` says."""

    url: str | None = None


class IndexedVersion(Foreign):
    """One version as a client needs it."""

    version: Version
    engines: Range
    permissions: tuple[Permission, ...] = ()
    extension_dependencies: dict[ExtensionId, Range] = {}
    package: PackageFile | None = None  # for every platform that `platforms` does not name
    platforms: dict[Platform, PackageFile] = {}
    published: str | None = None  # RFC 3339, UTC
    rollout: PublishedRollout = None  # None: everybody
    halted: bool = False  # offered to nobody who does not have it yet
    security: bool = False  # needs no cooldown
    yanked: Yank | None = None
    powers: tuple[PowerName, ...] = ()  # what its code does, as the review found it

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        if self.package is None and not self.platforms:
            raise ValueError("has no package for any platform")
        return self

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


class ExtensionDocument(Foreign):
    """`extensions/<id>.json`: an extension and all its versions, the newest first.

    In the file, what is the same for every version is said once, in `common`.
    """

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
    min_secure_version: Version | None = None  # whoever has an older one is told to update
    versions: tuple[IndexedVersion, ...]

    @model_validator(mode="before")
    @classmethod
    def _with_common(cls, value: Any) -> Any:
        """Give every version what `common` says of all of them, unless it says otherwise itself."""
        if not isinstance(value, dict) or "common" not in value:
            return value
        common, versions = value["common"], value.get("versions")
        if not isinstance(common, dict) or not isinstance(versions, list):
            raise ValueError("common must be a table, and versions a list")  # noqa: TRY004
        shared = {name: common[name] for name in COMMON if name in common}
        every = [shared | one if isinstance(one, dict) else one for one in versions]
        return {**value, "versions": every}


class Mirror(Foreign):
    """Another place that serves the same index."""

    url: str
    region: str = ""
    weight: Annotated[int, Field(ge=0, le=1000)] = 1


class Config(Foreign):
    """`config.json`, signed by the offline keys.

    `packages` is a URL in which `{id}`, `{version}`, `{tag}` and `{file}` are replaced, absolute or
    relative to the index's base. Below `beacon` clients say whether a version started, if their users
    switched that on; without it nobody says anything.
    """

    schema_version: Literal[1] = 1
    registry: str
    packages: str
    mirrors: Annotated[tuple[Mirror, ...], Field(max_length=50)] = ()
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


class ListEntry(Foreign):
    """Why an extension is on a list. Without `versions` all of them are meant."""

    reason: str
    versions: tuple[Version, ...] | None = None
    replacement: str | None = None
    advisory: str | None = None
    when: Timestamp

    @property
    def sentence(self) -> str:
        """The reason, and what to use instead."""
        return instead_of(self.reason, self.replacement)


class StateList(Foreign):
    """`lists/<name>.json`."""

    schema_version: Literal[1] = 1
    entries: dict[ExtensionId, ListEntry] = {}


class SearchEntry(Foreign):
    """One line of the search index."""

    id: ExtensionId
    display_name: str
    description: str
    keywords: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    version: Version


class SearchShard(Foreign):
    """`search/<hex>.json`."""

    schema_version: Literal[1] = 1
    entries: tuple[SearchEntry, ...]


# `summary/<hex>.json`: of every extension of a bin, the newest version that everybody is offered, and
# how its document's sha256 begins. Whoever was away for long sees by it what is as it was.
FINGERPRINT = 12
Summary = dict[ExtensionId, tuple[Version, Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]]]


class Change(Foreign):
    """A document or list that is new since the generation before `g`; without `sha256` it is gone."""

    g: Generation
    id: ExtensionId | None = None
    list: ListName | None = None
    sha256: Sha256 | None = None
    length: Annotated[int, Field(ge=0)] | None = None


class Earlier(Pointer):
    """The segment before this one; `g` is its newest generation."""

    g: Generation


class Changes(Foreign):
    """`changes/<sha256>.json`: what changed lately, the newest first.

    Every change of a generation later than `since` is in this segment or in a newer one, so whoever
    has looked up to `since` need not go on to `earlier`. Where `earlier` is absent and somebody
    looked last before `since`, only the summaries tell.
    """

    schema_version: Literal[1] = 1
    generation: Generation
    since: Generation
    changes: tuple[Change, ...]
    earlier: Earlier | None = None
