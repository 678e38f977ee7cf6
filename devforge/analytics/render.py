"""Traffic in words, and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from devforge.analytics.traffic import Observed


def _rows(observed: Observed) -> list[tuple[date, str, str, int, int]]:
    counted = observed.traffic.downloads
    keys = sorted({(day, id, version) for day, id, version, _ in counted})
    return [(*key, counted[(*key, False)], counted[(*key, True)]) for key in keys]


def traffic_lines(
    sources: Mapping[str, Observed], days: Collection[date], *, goal_percent: int
) -> list[str]:
    """Return what a person reads: each version and day, gaps, what could not be read, the caches' share."""
    lines: list[str] = []
    for name, observed in sources.items():
        traffic = observed.traffic
        lines.append(f"{name}: {observed.files} files")
        lines += [
            f"  {day}  {id} {version}  {people} downloads, {bots} by bots"
            for day, id, version, people, bots in _rows(observed)
        ]
        lines += [
            f"  {day}  no request in any log: a gap, not a zero" for day in _gaps(observed, days)
        ]
        if traffic.made_up:
            lines.append(f"  {traffic.made_up} of versions that are not in the registry")
        if traffic.unreadable:
            lines.append(f"  {traffic.unreadable} lines could not be read")
        lines += [f"  not counted: {problem}" for problem in observed.problems]
        lines.append(f"  {cache_line(observed, goal_percent)}")
    return lines


def traffic_json(
    sources: Mapping[str, Observed], days: Collection[date], *, goal_percent: int
) -> dict[str, Any]:
    """Return the same for a program."""
    return {
        "goal_percent": goal_percent,
        "sources": {
            name: {
                "files": observed.files,
                "downloads": [
                    {"day": str(day), "id": id, "version": version, "people": people, "bots": bots}
                    for day, id, version, people, bots in _rows(observed)
                ],
                "gaps": [str(day) for day in _gaps(observed, days)],
                "made_up": observed.traffic.made_up,
                "unreadable_lines": observed.traffic.unreadable,
                "problems": list(observed.problems),
                "index_bytes": observed.traffic.index_bytes,
                "immutable_bytes": observed.traffic.immutable_bytes,
                "cached_percent": observed.traffic.cached_percent,
            }
            for name, observed in sources.items()
        },
    }


def _gaps(observed: Observed, days: Collection[date]) -> list[date]:
    return [day for day in sorted(days) if not observed.traffic.days[day]]


def is_below(observed: Observed, goal_percent: int) -> bool:
    """Whether caches are known to serve less of what never changes than they should."""
    share = observed.traffic.cached_percent
    return share is not None and share < goal_percent


def cache_line(observed: Observed, goal_percent: int) -> str:
    """Return what caches served, beside the goal."""
    traffic = observed.traffic
    if not traffic.index_bytes:
        return "nothing of the index was served"
    never = f"{100 * traffic.immutable_bytes // traffic.index_bytes} % of the index's bytes never change"
    share = traffic.cached_percent
    if share is None:
        return f"{never}; the logs do not say what caches answered"
    verdict = (
        "as wanted"
        if not is_below(observed, goal_percent)
        else "too little: look at the cache's settings"
    )
    return f"{never}; caches served {share} % as such (goal {goal_percent} %): {verdict}"
