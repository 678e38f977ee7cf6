"""Which mirror to ask first. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from devforge.model.index import Mirror
from devforge.updates.store import MirrorMemory

MEASURED_FOR = timedelta(days=7)  # then a mirror may have moved, and is tried once more
SHUNNED_FOR = timedelta(hours=1)  # after it failed


def order_mirrors(
    mirrors: Sequence[Mirror],
    *,
    memory: Mapping[str, MirrorMemory],
    now: datetime,
    region: str | None = None,
    seed: str = "",
) -> tuple[Mirror, ...]:
    """Return `mirrors` as they are to be asked: the region's first, then the quickest.

    One that was not measured lately is asked before those that were, so that each gets its
    measurement without a request made for it alone. Among those, `seed` (the client's own) draws
    lots by weight; a weight of 0 makes a mirror the last resort, as does a failure within the hour.
    """

    def rank(mirror: Mirror) -> tuple[bool, bool, bool, float, float]:
        met = memory.get(mirror.url)
        age = now - met.when if met else MEASURED_FOR
        known = met.milliseconds if met and timedelta(0) <= age < MEASURED_FOR else None
        has_failed = bool(met and met.milliseconds is None and timedelta(0) <= age < SHUNNED_FOR)
        is_elsewhere = bool(region) and mirror.region != region
        return (has_failed, mirror.weight == 0, is_elsewhere, known or 0.0, _lot(mirror, seed))

    return tuple(sorted(mirrors, key=rank))


def _lot(mirror: Mirror, seed: str) -> float:
    """Return a number that is smaller the luckier; twice the weight is twice as likely to win."""
    digest = hashlib.sha256(f"{seed}\0{mirror.url}".encode()).digest()
    drawn = (int.from_bytes(digest[:8]) + 1) / (2**64 + 1)
    return -math.log(drawn) / max(mirror.weight, 1)
