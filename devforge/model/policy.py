"""`registry/policy.yaml`: every threshold and rule the operator may turn."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from devforge.model.analytics import Analytics
from devforge.model.base import Count, Percent, Positive, Strict
from devforge.model.health import HealthRules
from devforge.model.outlets import Announcements, Channels, MirrorBucket
from devforge.model.records import DeveloperName, HttpsUrl, Member, Rollout
from devforge.model.texts import InnerPath, OneLine
from devforge.model.versions import Range, Version

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


# How bad, the worst first; `never` is worse than anything there is.
VulnerabilitySeverity = Literal["never", "malicious", "critical", "high", "medium", "low"]


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
    changed_percent: Percent
    """The share of lines an update adds or changes that its tests must run."""
    require_tests: bool
    """Whether an extension must have tests."""


class Performance(Strict):
    """How much dearer than the reference extension activation may be."""

    activation_ratio: Positive
    """How many times the reference's seconds activation may take."""
    memory_ratio: Positive
    """How many times the reference's memory it may take."""
    slower_percent: Positive
    """How much slower than the version before an update may be, beyond the noise."""
    larger_percent: Positive
    """How much more memory than the version before it may take, beyond the noise."""
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


# What a change of trust leads to: a person's look, a slow roll-out from the start, or nothing.
Caution = Literal["person", "rollout", "nothing"]
Role = Literal["maintainer", "author", "anyone"]


class People(Strict):
    """When a person looks before anything is merged."""

    first_submission_of_a_developer: bool
    """Whether a developer's first submission waits."""
    new_extension: bool
    """Whether every new extension waits."""
    powerful_first: Caution
    """What the first version of an extension leads to whose powers could harm."""
    new_permission: Caution
    """What an update that asks for more power leads to."""
    new_power: Caution
    """What an update whose code does what the version before did not do leads to."""
    new_host: Caution
    """What an update that talks to another host leads to."""
    new_dependency: Caution
    """What an update with another dependency leads to."""
    new_owner: Caution
    """What a change of owners leads to, and the first version after it."""
    silence: Caution
    """What a version after `silence_days` without one leads to."""
    silence_days: Positive
    """After how many days without a version the next one counts as woken from silence."""
    versions_a_day: Positive
    """How many submissions of one account are merged unseen within a day."""


class Names(Strict):
    """New names: how long they wait for objections, and how near they may come to others."""

    wait_hours: Count
    """How long a new name stays open to objections before it is merged."""
    distance: Count
    """At how many slips of a finger a name still counts as like another's."""
    visual_distance: Annotated[float, Field(ge=0, le=10)]
    """How different two names must look; letters that look alike cost less than one."""


class Commands(Strict):
    """Who may give which command in a comment: `maintainer`, `author`, or `anyone`."""

    approve: tuple[Role, ...]
    """`/approve`: let in what waits for a person."""
    reject: tuple[Role, ...]
    """`/reject reason`: send it back."""
    waive: tuple[Role, ...]
    """`/waive rule reason`: accept the findings of one rule."""
    hold: tuple[Role, ...]
    """`/hold`: merge nothing until an `/approve`."""
    recheck: tuple[Role, ...]
    """`/recheck`: review it anew."""
    explain: tuple[Role, ...]
    """`/explain rule`: show a rule's page."""


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
    names: Names
    """New names."""
    commands: Commands
    """Who may say what in a comment."""
    dangerous: tuple[str, ...]
    """Rules whose findings two maintainers must approve."""
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


class HostStub(Strict):
    """The stand-in for Dev Forge that extensions are started in, for some of its releases."""

    releases: Range
    """The releases of Dev Forge it stands for."""
    python: InnerPath
    """The stub that Python extensions are given, as a path in this repository."""
    javascript: InnerPath
    """The stub that JavaScript and TypeScript extensions are given."""


class Advisories(Strict):
    """What known vulnerabilities lead to."""

    block: VulnerabilitySeverity
    """A submission with a dependency this bad, or worse, is sent back."""
    yank: VulnerabilitySeverity
    """A published version with a dependency this bad, or worse, is no longer offered."""
    stale_days: Positive
    """After how many days the copy of the OSV database counts as old."""
    ecosystems: tuple[Literal["PyPI", "npm"], ...]
    """Whose advisories are fetched."""


class SigningRules(Strict):
    """How long signatures hold, and how early they are renewed."""

    timestamp_days: Positive
    """How long the timestamp holds: as long as a client may be kept from news unnoticed."""
    timestamp_margin_days: Positive
    """It is renewed when it holds for fewer days than these."""
    days: Positive
    """How long everything else holds that the online key signs."""
    margin_days: Positive
    """It is renewed when it holds for fewer days than these."""
    alarm_days: Positive
    """The operator is told when anything of the online key holds for fewer days than these."""
    offline_alarm_days: Positive
    """The operator is told when root or another offline signature holds for fewer days than these."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        for name, days, margin in (
            ("timestamp_days", self.timestamp_days, self.timestamp_margin_days),
            ("days", self.days, self.margin_days),
        ):
            if not self.alarm_days <= margin < days:
                raise ValueError(f"must have a margin below {name} and not below alarm_days")
        return self


class Publishing(Strict):
    """The index and the roll-out."""

    bins: Literal[256, 1024, 4096]
    """How many bins the index's extensions are divided into when keys are next made or changed."""
    signing: SigningRules
    """How long signatures hold, and how early they are renewed."""
    keep_percent: Percent
    """The share of extensions a publish must leave in the index."""
    rollout: Rollout
    """How versions reach users, unless their record says otherwise."""
    cautious_rollout: Rollout
    """How versions with something new to be trusted reach users."""


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
    devforge_hosts: Annotated[tuple[HostStub, ...], Field(min_length=1)]
    """The stand-ins for them that extensions are started in."""
    limits: Limits
    """Sizes past which an extension is refused."""
    review: Review
    """When a submission is merged, sent back, or shown to a person."""
    advisories: Advisories
    """What known vulnerabilities lead to."""
    publishing: Publishing
    """The index, and how a version reaches its users."""
    channels: Channels
    """Where packages are published beside GitHub Releases."""
    announcements: Announcements
    """Who is told of a release, beside the feeds."""
    mirrors: tuple[MirrorBucket, ...]
    """Copies of the signed index for a CDN to serve."""
    analytics: Analytics
    """What is counted of the marketplace's use."""
    health: HealthRules
    """What reports of versions that do not start lead to."""
