"""Which share of users is offered a version, and whether this install is among them. Pure.

Whatever is malformed, absent or not to be believed counts as 0 %: a roll-out never fails open.

Source: attack table B8 and B9: a date that did not parse, and a percentage that was not a number,
sent other updaters' versions to everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeGuard

from devforge.model.names import ExtensionId
from devforge.model.versions import Version

BUCKETS = 10_000
# A clock outside these is not believed; every release of this program may move them.
BELIEVABLE = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC))


def bucket(install: str, extension: ExtensionId, version: Version) -> int:
    """Return this install's place, 0 to 9999, in the roll-out of one version.

    Uniform, and independent from version to version: nobody is always the first.
    """
    seed = f"{install}\0{extension}\0{version}".encode()
    return int.from_bytes(hashlib.sha256(seed).digest()[:8], "big") % BUCKETS


def percent(rollout: object, *, published: object, now: datetime | None) -> int:
    """Return how many of a hundred users are offered the version now; everybody without a roll-out.

    Args:
        rollout: `{"stages": [10, 50, 100], "hours": 24}` as the index has it, believed in nothing.
        published: RFC 3339 text.
        now: None where the clock cannot be believed.
    """
    if rollout is None:
        return 100
    stages = _stages(_field(rollout, "stages"))
    hours = _field(rollout, "hours")
    since = hours_since(published, now=now)
    if since is None or not stages or not _is_number(hours, most=720):
        return 0
    return stages[min(int(since // hours), len(stages) - 1) if hours else -1]


def admits(
    rollout: object,
    *,
    published: object,
    now: datetime | None,
    install: str | None,
    extension: ExtensionId,
    version: Version,
) -> bool:
    """Whether this install is offered the version; `install` None: only what everybody is offered."""
    share = percent(rollout, published=published, now=now)
    if share >= 100:
        return True
    return install is not None and bucket(install, extension, version) < share * 100


def hours_since(published: object, *, now: datetime | None) -> float | None:
    """Return the hours since `published`; None if it or the clock is not to be believed."""
    when = parse_time(published)
    if when is None or now is None or not is_believable(now) or when > now:
        return None
    return (now - when).total_seconds() / 3600


def parse_time(text: object) -> datetime | None:
    """Return the moment RFC 3339 `text` names, with its zone; None if it names none."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None and is_believable(when) else None


def is_believable(now: datetime) -> bool:
    """Whether a clock may be right: it shows a time at which this program can be in use."""
    return BELIEVABLE[0] <= now < BELIEVABLE[1]


def _stages(value: object) -> list[int]:
    """Return rising percentages as the records allow them; none where anything about them is odd."""
    if not isinstance(value, list | tuple) or len(value) > 10:
        return []
    stages = [stage for stage in value if _is_number(stage, most=100)]
    is_whole = len(stages) == len(value) and sorted(set(stages)) == stages
    return stages if is_whole and stages[-1:] == [100] else []


def _is_number(value: object, *, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
