"""What publishing remembers of a released version, on the `state` branch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from devforge.model.base import Count, Strict
from devforge.model.digests import CommitSha, Sha256
from devforge.model.index import Pointer
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.observed import DependencyFact
from devforge.model.platforms import Name
from devforge.model.profile import Profile
from devforge.model.records import Rollout, Timestamp
from devforge.model.texts import InnerPath, OneLine
from devforge.model.version_note import VersionNote
from devforge.model.versions import Version

README_CHARACTERS = 64_000


class IndexedFile(Strict):
    """A file of a release. `url` is absolute."""

    sha256: Sha256
    length: Count
    name: str
    url: str


class Source(Strict):
    """Exactly which source a package was made from, and what of it pages show."""

    commit: CommitSha
    subdirectory: InnerPath | Literal["."] = "."
    tree_sha256: Sha256  # the whole source, as it was reviewed
    packed_sha256: Sha256  # what of it is in packages, all of them together
    manifest: Manifest
    readme: Annotated[str, Field(max_length=README_CHARACTERS)] = ""  # Markdown, as written
    dependencies: tuple[DependencyFact, ...] = ()
    profile: Profile | None = None  # what it can do, as the review found it, in brief
    rollout: Rollout | None = None  # the review's: slower, because of what is new


class Withdrawal(Strict):
    """A version taken out of the index for good; its release is the operator's to delete."""

    reason: Annotated[OneLine, Field(min_length=5, max_length=280)]
    when: Timestamp


class Files(Strict):
    """One package of a release, and what is in it."""

    package: IndexedFile
    sbom: IndexedFile


class ReleaseNote(VersionNote):
    """`releases/<developer>/<name>/<version>.json`: the version is out, and these are its files."""

    FOLDER = "releases"

    tag: str
    published: Timestamp
    source: Source
    package: IndexedFile | None = None  # for every platform that `platforms` does not name
    sbom: IndexedFile | None = None
    platforms: dict[Name, Files] = {}
    review: IndexedFile
    withdrawn: Withdrawal | None = None

    @model_validator(mode="after")
    def _has_packages(self) -> Self:
        if (self.package is None) != (self.sbom is None) or not self.packages:
            raise ValueError("a release has a package, and each a bill of materials")
        return self

    @property
    def packages(self) -> dict[Name | None, Files]:
        """Every package by its platform, first the one for all others, whose platform is None."""
        found: dict[Name | None, Files] = dict(self.platforms.items())
        if self.package and self.sbom:
            found = {None: Files(package=self.package, sbom=self.sbom), **found}
        return found

    @property
    def digests(self) -> str:
        """How a plan's line names exactly its packages."""
        return digests({platform: files.package for platform, files in self.packages.items()})


def digests(packages: Mapping[Name | None, Pointer] | Mapping[Name | None, IndexedFile]) -> str:
    """Return how a plan's line names exactly these packages."""
    said = [f"{name or ''} {file.sha256[:12]}…".strip() for name, file in packages.items()]
    return f"sha256 {', '.join(said)}"


def report_path(id: ExtensionId, version: Version) -> str:
    """Where the review's report of a version lies on the `state` branch."""
    return f"reviews/{id.path}/{version}.json"
