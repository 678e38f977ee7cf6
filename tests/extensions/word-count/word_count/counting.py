"""Counting, apart from any editor. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

WORDS_PER_MINUTE = 200
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


@dataclass(frozen=True)
class Count:
    """How long one text is."""

    words: int
    lines: int

    @property
    def minutes(self) -> int:
        """Whole minutes a reader needs; a text with any word needs at least one."""
        return math.ceil(self.words / WORDS_PER_MINUTE)


def count(text: str) -> Count:
    """Return the words and lines of `text`; an unfinished last line counts."""
    return Count(words=sum(1 for _ in _WORD.finditer(text)), lines=len(text.splitlines()))


def render(counts: Iterable[tuple[str, Count]]) -> str:
    """Return one line for each named count, the longest text first."""
    ordered = sorted(counts, key=lambda item: (-item[1].words, item[0]))
    width = max((len(name) for name, _ in ordered), default=0)
    return "\n".join(
        f"{name:<{width}}  {c.words:>9,} words  {c.lines:>7,} lines  {c.minutes:>4} min"
        for name, c in ordered
    )
