"""The line of those who wait for a maintainer: whose place is which, and how long it takes. Pure.

The order is that of the pull requests' numbers, so nothing its author does sends one back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Annotated

from pydantic import Field, ValidationError

from devforge.model.base import Strict

WAITS_PATH = "waits.json"
_KEPT = 10
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth",
    "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Waits(Strict):
    """`waits.json` on the state branch: how many seconds the last ten waited for a maintainer."""

    seconds: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=_KEPT)] = ()

    def and_now(self, seconds: float) -> Waits:
        """Return these with one more, the oldest forgotten."""
        return Waits(seconds=(*self.seconds, max(0, round(seconds)))[-_KEPT:])


@dataclass(frozen=True, slots=True)
class Turn:
    """One place in the line, and how long the last ones stood in it."""

    place: int
    of: int
    waits: Waits

    @property
    def words(self) -> str:
        """`the third of five that wait for a maintainer; the last ten waited 5 hours, half of them less`."""
        if self.of == 1:
            where = "the only one that waits for a maintainer"
        else:
            where = f"the {_ordinal(self.place)} of {_number(self.of)} that wait for a maintainer"
        seconds = self.waits.seconds
        if not seconds:
            return where
        took = _duration(median(seconds))
        if len(seconds) == 1:
            return f"{where}; the last one waited {took}"
        return f"{where}; of the last {_number(len(seconds))}, half waited less than {took}"


def turn_of(number: int, waiting: Iterable[int], waits: Waits) -> Turn:
    """Return the place of pull request `number` among all that wait."""
    everyone = sorted({number, *waiting})
    return Turn(everyone.index(number) + 1, len(everyone), waits)


def read_waits(content: bytes | None) -> Waits:
    """Return how long the last ones waited; nothing where that is not known."""
    try:
        return Waits.model_validate_json(content) if content else Waits()
    except ValidationError:
        return Waits()


def _ordinal(n: int) -> str:
    if n <= len(_ORDINALS):
        return _ORDINALS[n - 1]
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _number(n: int) -> str:
    return _NUMBERS[n - 1] if 1 <= n <= len(_NUMBERS) else f"{n:,}"


def _duration(seconds: float) -> str:
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 1.5 * size or (unit == "minute" and seconds >= 60):
            count = round(seconds / size)
            return f"{_number(count)} {unit}{'s' if count != 1 else ''}"
    return "a minute"
