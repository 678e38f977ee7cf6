"""What an extension's page says of its downloads, from what is kept. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from devforge.analytics.kept import Kept
from devforge.model.downloads import Span

_LATELY = timedelta(days=30)
# A daily job that started late is no gap; one that did not run at all is.
_DAILY = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Downloads:
    """An extension's downloads by people, as far as they can be told from robots."""

    total: int
    lately: int  # in the last 30 days before `until`; of a gap that reaches out of them, nothing
    until: str
    gaps: tuple[tuple[str, str], ...]  # in these days, of which no single day is known


@dataclass(frozen=True, slots=True)
class Shown:
    """Every extension's, by id; one that nobody fetched has nothing but zeros."""

    by_id: Mapping[str, Downloads]
    nothing: Downloads

    def of(self, id: object) -> Downloads:
        """Return an extension's."""
        return self.by_id.get(str(id), self.nothing)


def shown_downloads(kept: Kept) -> Shown | None:
    """Return what pages show; None where nothing was ever counted."""
    if not kept.days:
        return None
    last = max(kept.days)
    first = last - _LATELY
    total, lately = Counter[str](), Counter[str]()
    for day, held in kept.days.items():
        for log in held.logs.values():
            _add(total, log.people)
            if day > first:
                _add(lately, log.people)
        for span in held.spans:
            _add(total, span.counted)
            if span.since is not None and span.since[:10] >= str(first):
                _add(lately, span.counted)
    gaps = tuple(sorted({*_gaps_of_releases(kept, first), *_gaps_of_logs(kept, first)}))
    return Shown(
        {id: Downloads(count, lately[id], str(last), gaps) for id, count in total.items()},
        Downloads(0, 0, str(last), gaps),
    )


def _add(counter: Counter[str], counted: Mapping[str, Mapping[str, int]]) -> None:
    for id, versions in counted.items():
        counter[id] += sum(versions.values())


def _gaps_of_releases(kept: Kept, first: date) -> Iterator[tuple[str, str]]:
    for day, held in kept.days.items():
        for span in held.spans:
            if day > first and span.since is not None and _length(span) > _DAILY:
                yield span.since[:10], span.until[:10]


def _gaps_of_logs(kept: Kept, first: date) -> Iterator[tuple[str, str]]:
    """Days between two that a log tells of, of which it tells nothing."""
    for name in sorted({name for held in kept.days.values() for name in held.logs}):
        told = sorted(day for day, held in kept.days.items() if name in held.logs)
        for before, after in pairwise(told):
            if after > first and after - before > timedelta(days=1):
                yield str(before + timedelta(days=1)), str(after - timedelta(days=1))


def _length(span: Span) -> timedelta:
    return datetime.fromisoformat(span.until) - datetime.fromisoformat(span.since or span.until)
