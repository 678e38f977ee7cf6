"""Whether a version of a package is hit by an OSV record. Pure.

A record's events are turned once into spans, from the first version hit to the end, so that
matching is two comparisons. PyPI's versions are ordered by PEP 440, npm's and extensions' by
Semantic Versioning; a version that cannot be ordered is hit only where a record names it.

Source: ossf.github.io/osv-schema 1.7, "Evaluation"; packaging.python.org, "Version specifiers".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Ecosystem = Literal["PyPI", "npm", "DevForge"]
Order = tuple[object, ...]
_SEMVER = re.compile(
    r"[vV=\s]*(\d{1,30})(?:\.(\d{1,30}))?(?:\.(\d{1,30}))?(?:-([0-9A-Za-z.-]+)|([A-Za-z][0-9A-Za-z.-]*))?(?:\+.*)?",
    re.ASCII,
)
_TIE = {"introduced": 0, "last_affected": 1, "fixed": 2}


class Span(NamedTuple):
    """Versions from `introduced` to just before `fixed`, or to `last`; None: without an end."""

    introduced: str
    fixed: str | None = None
    last: str | None = None


def same_name(ecosystem: Ecosystem, name: str) -> str:
    """Return the form in which two names of one package are equal."""
    return canonicalize_name(name) if ecosystem == "PyPI" else name


@lru_cache(maxsize=65_536)
def order_of(ecosystem: Ecosystem, version: str) -> Order | None:
    """Return what versions are compared by, or None where `version` is none of the ecosystem's."""
    if ecosystem == "PyPI":
        try:
            return (Version(version),)
        except InvalidVersion:
            return None
    found = _SEMVER.fullmatch(version.strip())
    if found is None:
        return None
    numbers, pre = tuple(int(found[i] or 0) for i in (1, 2, 3)), found[4] or found[5]
    # A release sorts after its prereleases; numbers sort before words.
    parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in (pre or "").split("."))
    return (*numbers, pre is None, parts if pre else ())


def spans_of(ecosystem: Ecosystem, events: Iterable[Mapping[str, str]]) -> Iterator[Span]:
    """Yield the spans that a range's events describe; events nobody can order are left out."""
    known = [
        (order, _TIE[kind], kind, version)
        for event in events
        for kind, version in event.items()
        if kind in _TIE and (order := _end(ecosystem, version)) is not None
    ]
    opened: str | None = None
    for _, _, kind, version in sorted(known, key=lambda e: e[:2]):
        if kind == "introduced":
            opened = opened if opened is not None else version
        elif opened is not None:
            yield Span(opened, **{"fixed" if kind == "fixed" else "last": version})
            opened = None
    if opened is not None:
        yield Span(opened)


def limited(ecosystem: Ecosystem, spans: Iterable[Span], limits: Sequence[str]) -> Iterator[Span]:
    """Yield the part of `spans` below the highest of `limits`; none, or `*`, limits nothing."""
    ends = [end for limit in limits if (end := order_of(ecosystem, limit)) is not None]
    if "*" in limits or not ends:
        yield from spans
        return
    end = max(ends)
    highest = next(limit for limit in limits if order_of(ecosystem, limit) == end)
    for span in spans:
        if (start := _end(ecosystem, span.introduced)) is None or start >= (1, end):
            continue
        stop = _end(ecosystem, span.fixed or span.last or "")
        past = stop is None or stop > (1, end) or (span.last is not None and stop == (1, end))
        yield Span(span.introduced, fixed=highest) if past else span


def is_in(ecosystem: Ecosystem, version: str, spans: Iterable[Span]) -> bool:
    """Whether `version` lies in one of `spans`."""
    at = _end(ecosystem, version)
    return at is not None and any(_holds(ecosystem, at, span) for span in spans)


def _holds(ecosystem: Ecosystem, at: tuple[int, Order], span: Span) -> bool:
    start = _end(ecosystem, span.introduced)
    if start is None or (at < start and span.introduced != "0"):
        return False
    if span.fixed is not None:
        end = _end(ecosystem, span.fixed)
        return end is None or at < end
    if span.last is not None:
        end = _end(ecosystem, span.last)
        return end is None or at <= end
    return True


def _end(ecosystem: Ecosystem, version: str) -> tuple[int, Order] | None:
    """The order of an event's version: "0" comes before every version there is."""
    if version == "0":
        return (0, ())
    order = order_of(ecosystem, version)
    return None if order is None else (1, order)
