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
    """The title of the site, the feeds and the index."""
    description: OneLine
    """One sentence below the title."""
    support: HttpsUrl | None = None
    """Where questions about the marketplace go."""


class Limits(Strict):
    """Sizes past which an extension is refused before anything reads it further."""

    package_bytes: Positive
    """All files of an extension together."""
    file_bytes: Positive
    """One file of an extension."""
    files: Positive
    """How many files an extension may have."""
    manifest_bytes: Positive
    """The manifest, devforge.yaml."""
    record_bytes: Positive
    """Any one file of `registry/`."""


class Sandbox(Strict):
    """What a stranger's code may use while it is tested."""

    memory_bytes: Positive
    """Memory of all its processes together."""
    processes: Positive
    """Processes and threads at once."""
    seconds: Positive
    """How long one run may take."""
    disk_bytes: Positive
    """Scratch space, dependencies included."""
    output_bytes: Positive
    """How much is kept of what it prints."""


class Coverage(Strict):
    """Tests and how much of the code they run."""

    minimum_percent: Percent
    """The share of lines its own tests must run."""
    require_tests: bool
    """Whether an extension must have tests."""


class Performance(Strict):
    """How much dearer than the reference extension activation may be."""

    activation_ratio: Positive
    """How many times the reference's seconds activation may take."""
    memory_ratio: Positive
    """How many times the reference's memory it may take."""
    runs: Positive
    """How many starts are timed; the median counts."""


class Licences(Strict):
    """SPDX identifiers that may be merged unseen; any other recognised one goes to a person."""

    allowed: tuple[str, ...]
    """May be merged unseen."""
    refused: tuple[str, ...]
    """Are never merged."""


class Dependencies(Strict):
    """Packages that may never be depended on, and those whose names others imitate."""

    refused: tuple[str, ...]
    """Names that may never be depended on."""
    well_known: tuple[str, ...]
    """Names that imitations are compared with."""


class People(Strict):
    """When a person looks before anything is merged."""

    first_submission_of_a_developer: bool
    """Whether a developer's first submission waits."""
    new_extension: bool
    """Whether every new extension waits."""
    new_permission: bool
    """Whether an update that asks for more power waits."""
    new_dependency: bool
    """Whether an update with another dependency waits."""
    new_owner: bool
    """Whether a change of owners waits."""
    silence_days: Positive
    """After so many days without a version, the next one waits."""


class Review(Strict):
    """The review's switches. `severities` turns single rules up or down by their id."""

    merge: bool
    """Whether anything is merged unattended."""
    method: Literal["merge", "squash"]
    """How a pull request is merged."""
    checks: Annotated[tuple[CheckName, ...], Field(min_length=1)]
    """The checks that must all have answered."""
    minimum_score: Percent
    """The lowest mean of the checks' scores that is merged unattended."""
    retries: Positive
    """Runs without a verdict before a person is asked."""
    severities: dict[str, Severity]
    """Single rules turned up or down: rule id → severity."""
    reserved_names: tuple[str, ...]
    """Names no extension may have below any developer."""
    people: People
    """When a person looks before anything is merged."""
    coverage: Coverage
    """What the coverage check asks for."""
    performance: Performance
    """What the performance check asks for."""
    licences: Licences
    """What the licence check lets through."""
    dependencies: Dependencies
    """What the dependencies check stops."""
    sandbox: Sandbox
    """What a stranger's code may use while it is tested."""


class Publishing(Strict):
    """The index and the roll-out."""

    bins: Literal[16, 256, 4096]
    """How many files the index is divided into; a bin is named by hexadecimal digits."""
    keep_percent: Percent
    """The share of extensions a publish must leave in the index."""
    rollout: Rollout
    """How versions reach users, unless their record says otherwise."""


class Policy(Strict):
    """The operator's will. Every key is required, so that the file shows the whole of it."""

    registry: About
    """What the marketplace calls itself."""
    maintainers: tuple[Member, ...]
    """Accounts whose pull requests may change anything in the registry."""
    reserved_developers: tuple[DeveloperName, ...]
    """Names no developer may take."""
    devforge_releases: Annotated[tuple[Version, ...], Field(min_length=1)]
    """The releases of Dev Forge, oldest first."""
    limits: Limits
    """Sizes past which an extension is refused."""
    review: Review
    """When a submission is merged, sent back, or shown to a person."""
    publishing: Publishing
    """The index, and how a version reaches its users."""
