"""The workflow commands a step prints: `::name key=value::data`. Pure.

Source: GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_COMMAND = re.compile(
    r"::(?P<name>[A-Za-z][A-Za-z-]*)(?: (?P<properties>[^:]*(?::(?!:)[^:]*)*))?::(?P<data>.*)"
)
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    properties: Mapping[str, str]
    data: str


def read_command(line: str) -> Command | None:
    """Return the command a line of output is, None for any other line."""
    found = _COMMAND.fullmatch(line.strip())
    if found is None:
        return None
    properties: dict[str, str] = {}
    for pair in (found["properties"] or "").split(","):
        key, separator, value = pair.partition("=")
        if separator:
            properties[key.strip()] = _unescaped(value, _PROPERTY)
    return Command(found["name"].lower(), properties, _unescaped(found["data"], _DATA))


def _unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escaped, meant in escapes:
        text = text.replace(escaped, meant)
    return text
