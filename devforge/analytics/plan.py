"""Plans what is kept of downloads, so that nothing is counted twice and nothing is made up. Pure.

A counter and what it rose by are in one commit: a run that is killed, lost or doubled counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from devforge.analytics.kept import Kept
from devforge.analytics.traffic import Traffic, package_of
from devforge.model.base import Strict
from devforge.model.downloads import (
    READING,
    Counted,
    Counters,
    Day,
    LogDay,
    Reading,
    Span,
    bin_path,
    day_path,
)
from devforge.plan import Plan

Version = tuple[str, str]  # id and version, as text


@dataclass(frozen=True, slots=True)
class Counter:
    """GitHub's own count of one release's file."""

    asset: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Keep:
    """Write one file of the branch."""

    path: str
    content: bytes
    why: str

    @property
    def line(self) -> str:
        return f"keep  {self.path}  {self.why}"


def plan_downloads(
    *,
    kept: Kept,
    counters: Collection[Counter] | None,
    logs: Mapping[str, Traffic],
    known: Collection[Version],
    now: str,
) -> Plan[Keep]:
    """Return the files that bring `kept` up to what was observed.

    Args:
        counters: of every release; None where they could not be read.
        logs: what each log says of whole days.
        known: every version that is out; what is said of others is nobody's download.
        now: when the counters were read, RFC 3339 in UTC.
    """
    days, why = dict(kept.days), dict[date, str]()
    notes: list[str] = []
    for name, traffic in sorted(logs.items()):
        for day, found in _of_logs(traffic, frozenset(known)):
            before = days.get(day, Day())
            if (old := before.logs.get(name)) is not None and old.lines > found.lines:
                notes.append(f"{day} of {name}: {found.lines} lines are left of {old.lines}")
                continue
            after = before.model_copy(update={"logs": {**before.logs, name: found}})
            if after != before:
                days[day], why[day] = after, f"{_total(found.people)} downloads of {name}"
    changes = list[Keep]()
    if counters is not None:
        risen = _risen(kept.highest, counters, frozenset(known))
        span = Span(since=kept.read, until=now, counted=_counted(risen.values()))
        day = date.fromisoformat(now[:10])
        before = days.get(day, Day())
        days[day] = before.model_copy(update={"spans": (*before.spans, span)})
        why[day] = f"{_total(span.counted)} downloads from Releases since {kept.read or 'ever'}"
        changes += _counters(kept.highest, risen)
        changes.append(_keep(READING, Reading(releases=now), "Releases were read"))
    changes += [_keep(day_path(day), days[day], why[day]) for day in sorted(why)]
    return Plan("downloads", tuple(changes), tuple(notes))


def _of_logs(traffic: Traffic, known: frozenset[Version]) -> Iterator[tuple[date, LogDay]]:
    """A day without any line is none: a gap, not a zero."""
    for day, lines in sorted(traffic.days.items()):
        people, bots = (
            _counted(
                (id, version, count)
                for (when, id, version, is_bot), count in traffic.downloads.items()
                if (when, is_bot) == (day, wanted) and (id, version) in known
            )
            for wanted in (False, True)
        )
        yield day, LogDay(lines=lines, people=people, bots=bots)


def _risen(
    highest: Mapping[str, int], counters: Collection[Counter], known: frozenset[Version]
) -> dict[str, tuple[str, str, int]]:
    """Return by how much each asset's count rose; one that fell, or stayed, adds nothing."""
    found: dict[str, tuple[str, str, int]] = {}
    for counter in counters:
        package = package_of(counter.name)
        more = counter.count - highest.get(counter.asset, 0)
        if package is not None and package in known and more > 0:
            found[counter.asset] = (*package, more)
    return found


def _counters(
    highest: Mapping[str, int], risen: Mapping[str, tuple[str, str, int]]
) -> Iterator[Keep]:
    bins: dict[str, dict[str, int]] = {bin_path(asset): {} for asset in risen}
    after = dict(highest) | {a: highest.get(a, 0) + more for a, (_, _, more) in risen.items()}
    for asset, count in after.items():
        if (path := bin_path(asset)) in bins:
            bins[path][asset] = count
    for path, held in sorted(bins.items()):
        counters = Counters(highest={asset: held[asset] for asset in sorted(held)})
        yield _keep(path, counters, f"{len(held)} counters")


def _counted(found: Iterable[tuple[str, str, int]]) -> Counted:
    counted: Counted = {}
    for id, version, count in sorted(found):
        versions = counted.setdefault(id, {})
        versions[version] = versions.get(version, 0) + count
    return counted


def _total(counted: Counted) -> int:
    return sum(sum(versions.values()) for versions in counted.values())


def _keep(path: str, content: Strict, why: str) -> Keep:
    return Keep(path, content.model_dump_json(indent=1).encode() + b"\n", why)
