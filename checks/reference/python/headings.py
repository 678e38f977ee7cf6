"""Headings of a Markdown text."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)


class Heading(NamedTuple):
    """A title and how deep it lies, from 1."""

    level: int
    title: str


def headings(text: str) -> list[Heading]:
    """Return the headings in their order."""
    return [Heading(len(match[1]), match[2]) for match in _HEADING.finditer(text)]
