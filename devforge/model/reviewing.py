"""The part of the operator's policy that says how a submission is reviewed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Count, Percent, Positive, Strict

# What a rule's finding leads to: nothing but a line, a person's look, or the author's turn.
Severity = Literal["info", "warn", "person", "block"]
CheckName = Literal[
    "quality", "security", "coverage", "documentation", "licence",
    "manifest", "dependencies", "performance", "compatibility", "decision",
]  # fmt: skip


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
