"""Versions, ordered by Semantic Versioning 2.0.0."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from devforge.model.parsed import Parsed

_NUMBER = r"(?:0|[1-9]\d{0,8})"
_PART = r"(?:0|[1-9]\d{0,8}|\d*[A-Za-z-][0-9A-Za-z-]*)"
PRERELEASE = rf"{_PART}(?:\.{_PART})*"
_VERSION = re.compile(rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({PRERELEASE}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Version(Parsed):
    """`major.minor.patch`, with `-prerelease` if any; build metadata is refused.

    Two versions that differ only in build metadata sort alike, so a client could not choose.

    Source: semver.org 2.0.0, sections 9 to 11.
    """

    PATTERN = r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$"
    EXAMPLE = "1.4.0"

    key: tuple[object, ...] = field(repr=False)
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Version:
        return _version(text)

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        """`v1.4`, `1.04.0`, `1.4.0.0`, `1.4.0+build` and `1.4.0b1`, as people write them."""
        found = re.match(r"\s*[vV=]*\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.0+)*", text, re.ASCII)
        if not found:
            return ()
        plain = ".".join(str(int(number or 0)) for number in found.groups())
        rest = text[found.end() :].partition("+")[0].strip().lstrip("-._")
        pre = re.sub(r"(?<=[A-Za-z])\.?(?=\d)", ".", rest)
        return (f"{plain}-{pre}", plain) if pre else (plain,)

    @property
    def is_prerelease(self) -> bool:
        return "-" in self.text

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)  # a registry holds the same few hundred thousands of times
def _version(text: str) -> Version:
    match = _VERSION.fullmatch(text)
    if not match or len(text) > 64:
        raise ValueError("must be major.minor.patch, for example 1.4.0 or 2.0.0-beta.1")
    numbers, pre = tuple(int(match[i]) for i in (1, 2, 3)), match[4]
    # A release sorts after its prereleases; numbers sort before words.
    parts = tuple(
        (0, int(p), "") if p.isdigit() else (1, 0, p) for p in (pre or "").split(".") if p
    )
    return Version((*numbers, pre is None, parts), text)
