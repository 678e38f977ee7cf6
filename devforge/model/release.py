"""What publishing remembers of a released version, on the `state` branch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from devforge.model.base import Strict
from devforge.model.index import IndexedFile
from devforge.model.manifest import InnerPath, Manifest, OneLine
from devforge.model.names import CommitSha, ExtensionId, Sha256
from devforge.model.observed import DependencyFact
from devforge.model.versions import Version

README_CHARACTERS = 64_000
Timestamp = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class Source(Strict):
    """Exactly which source a package was made from, and what of it pages show."""

    commit: CommitSha
    subdirectory: InnerPath | Literal["."] = "."
    tree_sha256: Sha256  # the whole source, as it was reviewed
    packed_sha256: Sha256  # what of it is in the package: a client has no more to compare
    manifest: Manifest
    readme: Annotated[str, Field(max_length=README_CHARACTERS)] = ""  # Markdown, as written
    dependencies: tuple[DependencyFact, ...] = ()


class Withdrawal(Strict):
    """A version taken out of the index for good; its release is the operator's to delete."""

    reason: Annotated[OneLine, Field(min_length=5, max_length=280)]
    when: Timestamp


class ReleaseNote(Strict):
    """`releases/<developer>/<name>/<version>.json`: the version is out, and these are its files."""

    schema_version: Literal[1] = 1
    id: ExtensionId
    version: Version
    tag: str
    published: Timestamp
    source: Source
    package: IndexedFile
    sbom: IndexedFile
    review: IndexedFile
    withdrawn: Withdrawal | None = None

    @property
    def path(self) -> str:
        """Where this note lies on the `state` branch."""
        return note_path(self.id, self.version)


def note_path(id: ExtensionId, version: Version) -> str:
    """Where the note of a release lies on the `state` branch."""
    return f"releases/{id.path}/{version}.json"


def report_path(id: ExtensionId, version: Version) -> str:
    """Where the review's report of a version lies on the `state` branch."""
    return f"reviews/{id.path}/{version}.json"


def release_tag(id: ExtensionId, version: Version) -> str:
    """The tag of a version's release, `acme.todo-tree-v1.4.0`."""
    return f"{id}-v{version}"
