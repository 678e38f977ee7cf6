"""Which permission a workflow's token needs for which route: the one way to read permissions.txt.

`name:level`, alternatives separated by `|`. `none`: no permission is needed. `person`: only a
person's token will do. A route that is not listed there is refused to every workflow token.

Source: docs.github.com, "Permissions required for GitHub Apps" and "Permissions required for
fine-grained personal access tokens".
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_TABLE = Path(__file__).with_suffix(".txt")


def _read(table: str) -> Mapping[str, str]:
    rows = (line.split() for line in table.splitlines() if line and not line.startswith("#"))
    return {f"{method} {template}": needs for method, template, needs in rows}


PERMISSIONS: Mapping[str, str] = _read(_TABLE.read_text(encoding="utf-8"))


NAMES = frozenset(
    need.partition(":")[0]
    for needs in PERMISSIONS.values()
    for need in needs.split("|")
    if ":" in need
)
"""Every permission that some route asks for."""


def needs_of(route_name: str) -> str:
    """Return what the route needs; for one that is not listed, what no workflow has."""
    return PERMISSIONS.get(route_name, "person")
