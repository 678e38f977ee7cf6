"""The filters on branches, tags and paths. Pure.

Source: GitHub's documentation, "Workflow syntax for GitHub Actions", Filter pattern cheat sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Filter:
    """Patterns in order: the last that matches decides, `!` in front takes away. `ignore` turns it around."""

    patterns: tuple[str, ...]
    ignore: bool = False

    def accepts(self, name: str) -> bool:
        """Say whether a branch or tag `name` passes."""
        return self._matches(name) != self.ignore

    def accepts_any(self, paths: Iterable[str]) -> bool:
        """Say whether some changed path passes; with `ignore`, whether some path is not ignored."""
        return any(self._matches(path) != self.ignore for path in paths)

    def _matches(self, name: str) -> bool:
        matched = False
        for pattern in self.patterns:
            taken_away = pattern.startswith("!")
            if _expression(pattern.removeprefix("!")).fullmatch(name):
                matched = not taken_away
        return matched


@lru_cache(maxsize=512)
def _expression(pattern: str) -> re.Pattern[str]:
    written: list[str] = []
    at = 0
    while at < len(pattern):
        piece, width = _piece(pattern, at)
        written.append(piece)
        at += width
    return re.compile("".join(written), re.DOTALL)


_PIECES = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
_RANGE = re.compile(r"\[[A-Za-z0-9_-]+\]")


def _piece(pattern: str, at: int) -> tuple[str, int]:
    """Return the regular expression for what stands at `at`, and how many characters it took."""
    for special, written in _PIECES.items():
        if pattern.startswith(special, at):
            return written, len(special)
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), 2
    if listed := _RANGE.match(pattern, at):
        return listed[0], len(listed[0])
    return re.escape(pattern[at]), 1
