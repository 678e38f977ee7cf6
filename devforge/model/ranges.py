"""Ranges of versions as package.json writes them, matched as node matches them. Pure.

Parsed here, not by the library of that name: every command reads ranges, and it takes longer to begin
than all else that `devforge list` does. A test holds that both admit the same.

Source: github.com/npm/node-semver, "Ranges" and "Range Grammar".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from devforge.model.parsed import Parsed
from devforge.model.versions import PRERELEASE, Version

_Comparator = tuple[Callable[[Version, Version], bool], Version]
_X = r"(?:0|[1-9]\d{0,8}|[xX*])"
_BUILD = r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
_PARTIAL = rf"v?({_X})(?:\.({_X})(?:\.({_X})(?:-({PRERELEASE}))?{_BUILD})?)?"
_ONE = re.compile(rf"(>=|<=|>|<|=|~>?|\^)?{_PARTIAL}", re.ASCII)
_DASH = re.compile(r"\s+-\s+", re.ASCII)
_SPACED = re.compile(r"(>=|<=|>|<|=|~>?|\^)\s+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range(Parsed):
    """A set of versions as package.json writes it: `>=1.2.0 <3`, `^1.4`, `1.x`."""

    EXAMPLE = ">=1.2.0 <2"

    text: str

    @classmethod
    def parse(cls, text: str) -> Range:
        return _range(text)

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        """What pip's and people's habits mean to node: commas, `~=`, `==`, `latest`, `any`."""
        if text.strip().lower() in ("latest", "any", "all"):
            return ("*",)
        node = re.sub(r"\s*,\s*", " ", text.strip()).replace("~=", "~").replace("==", "=")
        return (node,)

    def admits(self, version: Version) -> bool:
        """Whether `version` lies in the range; prereleases only where the range names one of their version."""
        return any(
            all(holds(version, bound) for holds, bound in every)
            and (not version.is_prerelease or any(_names(bound, version) for _, bound in every))
            for every in _comparators(self.text)
        )

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)  # most extensions ask for one of a few ranges
def _range(text: str) -> Range:
    try:
        if text.strip() and len(text) <= 128 and _comparators(text):
            return Range(text)
    except ValueError:
        pass
    raise ValueError("must be a version range such as >=1.2.0 <2 or ^1.4.0")


@lru_cache(maxsize=4096)
def _comparators(text: str) -> tuple[tuple[_Comparator, ...], ...]:
    """Return what a version must fulfil, all of one of them. Raises ValueError."""
    return tuple(tuple(_all_of(part.strip())) for part in text.split("||"))


def _names(bound: Version, version: Version) -> bool:
    return bound.is_prerelease and bound.key[:3] == version.key[:3]


def _all_of(part: str) -> list[_Comparator]:
    ends = [_ONE.fullmatch(end) for end in _DASH.split(part)]
    if len(ends) == 2 and all(end and not end[1] for end in ends):
        low, high = (end.groups()[1:] for end in ends if end)
        return [*_bounds(">=", low), *_bounds("<=", high)]
    found: list[_Comparator] = []
    for one in _SPACED.sub(r"\1", part).split():
        if (match := _ONE.fullmatch(one)) is None:
            raise ValueError(f"{one} is no range of versions")
        found += _bounds(match[1] or "=", match.groups()[1:])
    return found


def _bounds(sign: str, written: tuple[str | None, ...]) -> list[_Comparator]:
    """Return what one comparator means; the numbers behind the first that is open count for nothing."""
    said = []
    for number in written[:3]:
        if number is None or number in "xX*":
            break
        said.append(int(number))
    if not said:
        return [(operator.lt, _version(0, 0, 0))] if sign in ("<", ">") else []
    low = _version(*said, pre=written[3] if len(said) == 3 else None)
    if len(said) == 3 and sign in _SIGNS:
        return [(_SIGNS[sign], low)]
    above = _version(*_next(sign, said))
    if sign == ">":
        return [(operator.ge, above)]
    if sign == "<=":
        return [(operator.lt, above)]
    if sign in _SIGNS and sign != "=":
        return [(_SIGNS[sign], low)]
    return [(operator.ge, low), (operator.lt, above)]


def _next(sign: str, said: list[int]) -> list[int]:
    """Return the numbers of the first version that is not of the same kind any more."""
    kept = len(said) - 1
    if sign.startswith("~"):
        kept = min(kept, 1)
    elif sign == "^":
        kept = next((place for place, number in enumerate(said) if number), kept)
    return [*said[:kept], said[kept] + 1]


def _version(major: int, minor: int = 0, patch: int = 0, *, pre: str | None = None) -> Version:
    return Version.parse(f"{major}.{minor}.{patch}" + (f"-{pre}" if pre else ""))


_SIGNS: dict[str, Callable[[Version, Version], bool]] = {
    "=": operator.eq, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le
}  # fmt: skip
