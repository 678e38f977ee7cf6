"""Counts what access logs tell: downloads by version and day, and what caches answered. Pure.

Counted anew from the logs each time, so nothing is ever counted twice and a late file adds to its day.
No address is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from devforge.analytics.logs.line import LogLine, Unreadable
from devforge.model.mirrors import is_mutable
from devforge.model.platforms import NAMES

# A package as GitHub, a mirror or a bucket serves it; an extension's name has no dot, a version always.
_PACKAGE = re.compile(
    r"(?:[0-9a-f]{64}\.)?(?P<id>[a-z0-9-]{1,64}\.[a-z0-9-]{1,64}?)-"
    r"(?P<version>\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64}?)??)"
    rf"(?:-(?:{'|'.join(NAMES)}))?\.zip"
)
# Who fetches for no user: what calls itself a robot (as RFC 9309 and the large crawlers do), mirrors and
# monitors, and programs that are scripts' hands. An empty User-Agent is no browser's and no client's.
_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|archiver|facebookexternalhit|mirror|monitor|uptime|pingdom|nagios|zabbix"
    r"|headless|^(curl|wget|aria2|axel|python|urllib|aiohttp|httpx|go-http-client|java|okhttp|libwww|scrapy)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Traffic:
    """What one source's logs say. Keys of `downloads` are (day, id, version, whether by a bot)."""

    downloads: Counter[tuple[date, str, str, bool]] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)  # requests of any kind
    index_bytes: int = 0
    immutable_bytes: int = 0  # of them, of what never changes
    told_bytes: int = 0  # of them all, where the log says whether a cache answered
    cached_bytes: int = 0  # of those, of what never changes and from a cache
    unreadable: int = 0
    made_up: int = 0  # downloads of what is not out

    def leave_out_unknown(self, known: Collection[tuple[str, str]]) -> None:
        """Count downloads of `known` versions alone: anybody can ask a server for any name."""
        for key in [key for key in self.downloads if key[1:3] not in known]:
            self.made_up += self.downloads.pop(key)

    def add(self, other: Traffic) -> None:
        """Take another one's counts on top."""
        self.downloads.update(other.downloads)
        self.days.update(other.days)
        for name in ("index_bytes", "immutable_bytes", "told_bytes", "cached_bytes", "unreadable"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def cached_percent(self) -> int | None:
        """The share of bytes that caches served of what never changes; None where no log tells."""
        return 100 * self.cached_bytes // self.told_bytes if self.told_bytes else None


@dataclass(frozen=True, slots=True)
class Observed:
    """A source's traffic, how many files it came from, and what could not be counted."""

    traffic: Traffic
    files: int
    problems: tuple[str, ...]


def is_bot(agent: str) -> bool:
    """Whether a request with this User-Agent was made for nobody in particular."""
    return not agent or _BOT.search(agent[:512]) is not None


def package_of(path: str) -> tuple[str, str] | None:
    """Return the id and version of the package at `path`; None if it is no package's."""
    found = _PACKAGE.fullmatch(path[-400:].rpartition("/")[2])
    return (found["id"], found["version"]) if found else None


def is_download(line: LogLine) -> bool:
    """Whether an answer is a package's beginning: the rest of one that broke off is no second download."""
    return line.method == "GET" and line.status in (200, 206) and line.first_byte == 0


def count(
    lines: Iterable[LogLine | Unreadable], *, index: str | None, days: frozenset[date]
) -> Traffic:
    """Count a log file's lines of `days`. `index` is the path that the signed index is served at."""
    traffic = Traffic()
    for line in _of_days(lines, days, traffic):
        if is_download(line) and (package := package_of(line.path)):
            traffic.downloads[(line.when.date(), *package, is_bot(line.agent))] += 1
        if index is not None and line.path.startswith(index) and line.status in (200, 206, 304):
            _count_caches(traffic, line, line.path.removeprefix(index))
    return traffic


def _of_days(
    lines: Iterable[LogLine | Unreadable], days: frozenset[date], traffic: Traffic
) -> Iterator[LogLine]:
    for line in lines:
        if isinstance(line, Unreadable):
            traffic.unreadable += 1
        elif line.when.date() in days:
            traffic.days[line.when.date()] += 1
            yield line


def _count_caches(traffic: Traffic, line: LogLine, path: str) -> None:
    for_ever = not is_mutable(path)
    traffic.index_bytes += line.bytes
    traffic.immutable_bytes += line.bytes if for_ever else 0
    if line.from_cache is not None:
        traffic.told_bytes += line.bytes
        traffic.cached_bytes += line.bytes if for_ever and line.from_cache else 0
