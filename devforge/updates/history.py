"""What was installed when: one line for each change of a home, and what can be told from them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from devforge.model.fields import Count, Misfits, from_json
from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.model.versions import Version
from devforge.updates.rollout import parse_time

Act = Literal["install", "update", "rollback", "remove", "disable", "enable", "ran"]
By = Literal["person", "schedule", "health", "registry"]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of `history.jsonl`."""

    change: Count
    when: str
    act: Act
    id: ExtensionId
    before: Version | None = None
    after: Version | None = None
    by: By = "person"
    why: str = ""

    @property
    def line(self) -> str:
        """Return the event as `devforge history` shows it, with its moment as `rollback --to` takes it."""
        moved = {
            (True, True): f"{self.before} → {self.after}",
            (False, True): f"{self.after}",
            (True, False): f"{self.before}",
        }.get((self.before is not None, self.after is not None), "")
        if self.before == self.after:
            moved = f"{self.after}"
        who = "by itself" if self.by == "schedule" else ""
        why = "; ".join(part for part in (who, self.why) if part)
        row = f"{self.when}  {self.act:<9} {self.id!s:<28} {moved:<18} {why}"
        return row.rstrip()


def to_lines(events: Iterable[Event]) -> bytes:
    """Return the events as the file holds them."""
    rows = (to_plain(event, sparse=True) for event in events)
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def from_lines(content: bytes) -> tuple[tuple[Event, ...], tuple[int, ...]]:
    """Return the events, and the numbers of the lines that cannot be read."""
    events, bad = [], []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            events.append(from_json(Event, line))
        except Misfits:
            bad.append(number)
    return tuple(events), tuple(bad)


def versions_at(
    moment: datetime, *, events: Iterable[Event], now: Mapping[ExtensionId, Version]
) -> dict[ExtensionId, Version]:
    """Return what was installed at `moment`: `now`, with every later change taken back."""
    held: dict[ExtensionId, Version | None] = dict(now)
    for event in sorted(events, key=lambda e: e.change, reverse=True):
        when = parse_time(event.when)
        if when is not None and when > moment and event.act not in ("disable", "enable", "ran"):
            held[event.id] = event.before
    return {id: version for id, version in held.items() if version is not None}


def previous(extension: ExtensionId, *, events: Iterable[Event]) -> Version | None:
    """Return the version to go back to: the one this install had before the present one.

    Going back twice goes back two versions, not there and back again. Of what was removed it is the
    version that was, and nothing lies before what was installed anew.
    """
    road: list[Version | None] = []
    for event in sorted(events, key=lambda e: e.change):
        if event.id != extension:
            continue
        if event.act in ("install", "update") and event.after is not None:
            road.append(event.after)
        elif event.act == "remove":
            road.append(None)
        elif event.act == "rollback" and event.after is not None:
            while road and road[-1] != event.after:
                road.pop()
            road = road or [event.after]
    before = (version for version in reversed(road[:-1]) if version != road[-1])
    return next(before, None)


def last_run(extension: ExtensionId, *, events: Iterable[Event], but: Version) -> Version | None:
    """Return the version other than `but` that last ran here; None if none ever did."""
    ran = [e for e in events if e.id == extension and e.act == "ran" and e.after != but]
    return max(ran, key=lambda e: e.change).after if ran else None
