"""Versions and ranges, ordered by Semantic Versioning 2.0.0 and matched as node does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from devforge.model.parsed import Parsed

_NUMBER = r"(?:0|[1-9]\d{0,8})"
_PART = r"(?:0|[1-9]\d{0,8}|\d*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_PART}(?:\.{_PART})*))?", re.ASCII
)


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
        """Whether `version` lies in the range; prereleases only where the range names one."""
        import nodesemver  # noqa: PLC0415 - it takes its time, and versions alone need none of it

        return bool(nodesemver.satisfies(str(version), self.text, loose=False))

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)  # most extensions ask for one of a few ranges
def _range(text: str) -> Range:
    import nodesemver  # noqa: PLC0415

    wrong = ValueError("must be a version range such as >=1.2.0 <2 or ^1.4.0")
    if not text.strip() or len(text) > 128:
        raise wrong
    try:
        parsed = nodesemver.valid_range(text, loose=False)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        raise wrong from None
    if parsed is None:
        raise wrong
    return Range(text)
