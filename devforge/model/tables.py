"""JSON, TOML and INI files of an extension, read as far as they can be: a stranger's text never raises."""

from __future__ import annotations

import configparser
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


def ini_section(file: SourceFile | None, section: str) -> dict[str, str] | None:
    """Return one section of an INI file such as setup.cfg; None where it is not there, or cannot be read."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(file.text if file else "")
    except configparser.Error:
        return None
    return dict(parser.items(section)) if parser.has_section(section) else None


def below(table: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the table below `name`; empty where something else, or nothing, is there."""
    value = table.get(name)
    return value if isinstance(value, dict) else {}
