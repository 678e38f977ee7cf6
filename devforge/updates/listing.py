"""What `devforge list` says to a person. Pure, and by itself so that the command starts fast."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from devforge.updates.config import Config
from devforge.updates.installed import Installed
from devforge.updates.rollout import parse_time


def render_list(entries: Iterable[Installed], *, config: Config, now: datetime) -> list[str]:
    """Return one line for each installed extension."""
    lines = []
    for entry in entries:
        said = [] if entry.requested else ["needed by another"]
        said += ["pinned"] if config.policy_of(entry.id) == "pinned" else []
        said += _held(config.own(entry.id).held_until, now)
        said += [] if entry.enabled else [f"disabled: {entry.disabled_because}"]
        lines.append(f"{entry.id!s:<28} {entry.version!s:<10} {'; '.join(said)}".rstrip())
    return lines


def _held(until: str | None, now: datetime) -> list[str]:
    end = parse_time(until) if until else None
    if until is None or (end and end <= now):
        return []
    then = f"{end.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if end else "`devforge unpin`"
    return [f"held until {then}"]
