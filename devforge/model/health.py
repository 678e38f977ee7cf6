"""Whether versions start where they are installed: what the policy makes of reports, and what is remembered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from devforge.model.base import Count, Positive, Strict, shape
from devforge.model.version_note import VersionNote

BeaconUrl = Annotated[
    str,
    shape(
        r"^(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d{1,5})?/([A-Za-z0-9._~-]+/)*$",
        "an https:// address that ends with /",
        max_length=200,
    ),
]


LogName = Annotated[
    str, shape(r"^[a-z][a-z0-9-]*$", "the name of a log below analytics", max_length=40)
]
Day = Annotated[str, shape(r"^\d{4}-\d\d-\d\d$", "a day such as 2026-11-30")]


class HealthRules(Strict):
    """What reports of versions that do not start lead to."""

    beacon: BeaconUrl | None
    """Below this address clients report, if their users said yes; null: no client reports anything."""
    logs: tuple[LogName, ...]
    """Which of `analytics.logs` the beacon's requests stand in."""
    mode: Literal["halt", "tell", "off"]
    """`halt` halts a version by itself, `tell` only tells you, `off` reads no log."""
    minimum_failed: Positive
    """In how many networks a version must have failed before anything follows."""
    failed_percent: Annotated[int, Field(ge=1, le=100, strict=True)]
    """The share of networks that heard of it in which it must have failed."""
    times_before: Positive
    """How many times the share of the version before its own must be."""
    days: Positive
    """Versions published longer ago are left alone."""
    halts_a_day: Count
    """More at once are told, not halted: then somebody is playing with the beacon."""


class Tally(Strict):
    """In how many networks a version started, and in how many it failed. No address is kept anywhere."""

    ok: Annotated[int, Field(ge=0)] = 0
    failed: Annotated[int, Field(ge=0)] = 0

    @property
    def heard(self) -> int:
        """How many words there were, of which shares are taken; a network in which both happened has two."""
        return self.ok + self.failed


class HealthNote(VersionNote):
    """`health/<developer>/<name>/<version>.json` on the `state` branch, written by the job `health` alone."""

    FOLDER = "health"

    total: Tally = Tally()  # each network once, since `since`
    days: dict[Day, Tally] = {}  # each network once a day
    halted: AwareDatetime | None = None  # when its record was first seen halted, while it is
    job_halted: AwareDatetime | None = (
        None  # when this job did that last, also where a person went on
    )
    since: AwareDatetime | None = None  # a person went on then: what was reported before is settled
