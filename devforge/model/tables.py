"""JSON and TOML files of an extension, read as far as they can be: a stranger's text never raises."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from devforge.model.observed import SourceFile


def json_table(file: SourceFile | None) -> dict[str, Any]:
    """Return the object that a JSON file holds; empty where there is none that can be read."""
    try:
        value = json.loads(file.text.removeprefix("\ufeff")) if file else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def toml_table(file: SourceFile | None) -> dict[str, Any]:
    """Return what a TOML file holds; empty where there is none that can be read."""
    try:
        return tomllib.loads(file.text.removeprefix("\ufeff")) if file else {}
    # Numbers too long and days that are none are a ValueError, too.
    except (ValueError, RecursionError):
        return {}


def below(table: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the table below `name`; empty where something else, or nothing, is there."""
    value = table.get(name)
    return value if isinstance(value, dict) else {}
