"""`registry/policy.yaml`: every threshold and rule the operator may turn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict
from devforge.model.manifest import OneLine
from devforge.model.records import DeveloperName, HttpsUrl, Member, Rollout
from devforge.model.versions import Version

Percent = Annotated[int, Field(ge=0, le=100, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]
# What a rule's finding leads to: nothing but a line, a person's look, or the author's turn.
Severity = Literal["info", "warn", "person", "block"]
CheckName = Literal[
    "quality", "security", "coverage", "documentation", "licence",
    "manifest", "dependencies", "performance", "compatibility", "decision",
]  # fmt: skip


class About(Strict):
    """What the marketplace calls itself."""

    name: OneLine
    description: OneLine
    support: HttpsUrl | None = None


class Limits(Strict):
    """Sizes past which an extension is refused before anything reads it further."""

    package_bytes: Positive
    file_bytes: Positive
    files: Positive
    manifest_bytes: Positive
    record_bytes: Positive


class Sandbox(Strict):
    """What a stranger's code may use while it is tested."""

    memory_bytes: Positive
    processes: Positive
    seconds: Positive
    disk_bytes: Positive
    output_bytes: Positive


class Coverage(Strict):
    """Tests and how much of the code they run."""

    minimum_percent: Percent
    require_tests: bool


class Performance(Strict):
    """How much dearer than the reference extension activation may be."""

    activation_ratio: Positive
    memory_ratio: Positive
    runs: Positive


class Licences(Strict):
    """SPDX identifiers that may be merged unseen; any other recognised one goes to a person."""

    allowed: tuple[str, ...]
    refused: tuple[str, ...]


class Dependencies(Strict):
    """Packages that may never be depended on, and those whose names others imitate."""

    refused: tuple[str, ...]
    well_known: tuple[str, ...]


class People(Strict):
    """When a person looks before anything is merged."""

    first_submission_of_a_developer: bool
    new_extension: bool
    new_permission: bool
    new_dependency: bool
    new_owner: bool
    silence_days: Positive


class Review(Strict):
    """The review's switches. `severities` turns single rules up or down by their id."""

    merge: bool
    method: Literal["merge", "squash"]
    checks: Annotated[tuple[CheckName, ...], Field(min_length=1)]
    minimum_score: Percent
    retries: Positive
    severities: dict[str, Severity]
    reserved_names: tuple[str, ...]
    people: People
    coverage: Coverage
    performance: Performance
    licences: Licences
    dependencies: Dependencies
    sandbox: Sandbox


class Publishing(Strict):
    """The index and the roll-out."""

    bins: Literal[16, 256, 4096]  # powers of 16: a bin is named by hex digits
    keep_percent: Percent
    rollout: Rollout


class Policy(Strict):
    """The operator's will. Every key is required, so that the file shows the whole of it."""

    registry: About
    maintainers: tuple[Member, ...]
    reserved_developers: tuple[DeveloperName, ...]
    devforge_releases: Annotated[tuple[Version, ...], Field(min_length=1)]
    limits: Limits
    review: Review
    publishing: Publishing
