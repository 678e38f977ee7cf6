"""What is kept of downloads, on the branch `downloads`: a file for each day, and GitHub's counters as last read."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field

from devforge.model.base import Count, Strict
from devforge.model.records import Timestamp

BRANCH = "downloads"
READING = "reading.json"
Counted = dict[str, dict[str, Count]]  # id → version → downloads


class LogDay(Strict):
    """What one log says of a day; `lines` are those of any kind, by which a better reading is known."""

    lines: Annotated[int, Field(gt=0)]
    people: Counted = {}
    bots: Counted = {}


class Span(Strict):
    """What GitHub counted from one reading to the next. It never says which of these days."""

    since: Timestamp | None  # None: what it had counted before it was read for the first time
    until: Timestamp
    counted: Counted = {}


class Day(Strict):
    """`days/<day>.json`: each log's count of that day, and the readings of Releases that ended on it."""

    logs: dict[str, LogDay] = {}
    spans: tuple[Span, ...] = ()


class Reading(Strict):
    """`reading.json`: when Releases were last read."""

    releases: Timestamp


class Counters(Strict):
    """`assets/<bin>.json`: the highest count seen of each asset, by its id, which GitHub gives only once."""

    highest: dict[str, Count] = {}


def bin_path(asset: str) -> str:
    """Return the file, one of 256, that an asset's counter is in."""
    return f"assets/{hashlib.sha256(asset.encode()).hexdigest()[:2]}.json"


def day_path(day: object) -> str:
    """Return the file of a day, a date or its text."""
    return f"days/{day}.json"
