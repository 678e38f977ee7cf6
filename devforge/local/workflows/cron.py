"""When a schedule fires: five-field cron in UTC. Pure.

Source: GitHub's documentation, "Events that trigger workflows", schedule; POSIX crontab.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from devforge.errors import BadInput

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_PART = re.compile(r"(?P<from>\*|\w+)(?:-(?P<to>\w+))?(?:/(?P<step>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed schedule. Where both day fields are restricted, either may match."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def fires_at(self, moment: datetime) -> bool:
        """Say whether it fires in the minute of `moment`."""
        if moment.minute not in self.minutes or moment.hour not in self.hours:
            return False
        return self._on_day(moment)

    def last_between(self, after: datetime, until: datetime) -> datetime | None:
        """Return the last minute in (after, until] at which it fires; looks back a year at most."""
        moment = until.replace(second=0, microsecond=0)
        floor = max(after, until - timedelta(days=366))
        while moment > floor:
            if not self._on_day(moment):
                moment = moment.replace(hour=0, minute=0) - timedelta(minutes=1)
            elif moment.hour not in self.hours:
                moment = moment.replace(minute=0) - timedelta(minutes=1)
            elif moment.minute in self.minutes:
                return moment
            else:
                moment -= timedelta(minutes=1)
        return None

    def _on_day(self, moment: datetime) -> bool:
        if moment.month not in self.months:
            return False
        by_date = moment.day in self.days
        by_weekday = (moment.weekday() + 1) % 7 in self.weekdays
        return (by_date or by_weekday) if self.either_day else (by_date and by_weekday)


def read_cron(text: str) -> Cron:
    """Return the schedule `text` spells.

    Raises:
        BadInput: naming the field that does not fit.
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise BadInput(
            f"cron {text!r} has {len(fields)} fields; five are needed: minute to day of week"
        )
    minutes, hours, days, months, weekdays = (
        _field(field, *described) for field, described in zip(fields, _FIELDS, strict=True)
    )
    restricted = not fields[2].startswith("*") and not fields[4].startswith("*")
    return Cron(text, minutes, hours, days, months, weekdays, either_day=restricted)


def _field(text: str, name: str, least: int, most: int, names: tuple[str, ...]) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise BadInput(f"cron: {part!r} is no {name}; write *, a number, a range or a step")
        values.update(_part(found, name, least, most, names))
    return frozenset(values)


def _part(found: re.Match[str], name: str, least: int, most: int, names: tuple[str, ...]) -> range:
    step = int(found["step"] or 1)
    if found["from"] == "*":
        first, last = least, most
    else:
        first = _number(found["from"], name, least, names)
        last = _number(found["to"], name, least, names) if found["to"] else first
        if found["step"] and not found["to"]:
            last = most
    if step < 1 or not least <= first <= last <= most:
        raise BadInput(f"cron: {found[0]!r} is no {name}; it goes from {least} to {most}")
    return range(first, last + 1, step)


def _number(text: str, name: str, least: int, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + least
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"cron: {text!r} is no {name}")
    return int(text)
