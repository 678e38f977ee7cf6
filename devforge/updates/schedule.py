"""When updates may be made unasked: windows of the week, in the user's own time. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from devforge.model.parsed import Parsed

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(
    r"(?:((?:mon|tue|wed|thu|fri|sat|sun)(?:,(?:mon|tue|wed|thu|fri|sat|sun))*) )?"
    r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Window(Parsed):
    """`22:00-06:00`, or `sat,sun 09:00-18:00`; one that ends before it begins reaches into the next day."""

    EXAMPLE = "22:00-06:00"

    text: str
    days: frozenset[int]
    start: int  # minutes since midnight
    end: int

    @classmethod
    def parse(cls, text: str) -> Window:
        match = _WINDOW.fullmatch(text)
        if not match or (match[4] == "24" and match[5] != "00"):
            raise ValueError("must be a window such as 22:00-06:00 or sat,sun 09:00-18:00")
        days = frozenset(map(_DAYS.index, match[1].split(","))) if match[1] else frozenset(range(7))
        start, end = int(match[2]) * 60 + int(match[3]), int(match[4]) * 60 + int(match[5])
        if start == end:
            raise ValueError("must be a window that begins and ends at different times")
        return cls(text, days, start, end)

    def holds(self, now: datetime) -> bool:
        """Whether `now`, in the user's time, lies inside."""
        minute, day = now.hour * 60 + now.minute, now.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        yesterday = (day - 1) % 7
        return (day in self.days and minute >= self.start) or (
            yesterday in self.days and minute < self.end
        )

    def __str__(self) -> str:
        return self.text


def is_open(windows: tuple[Window, ...], now: datetime | None) -> bool:
    """Whether updates may be made now; always where no window is named."""
    return not windows or (now is not None and any(window.holds(now) for window in windows))
