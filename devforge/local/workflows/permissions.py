"""What a workflow's token may do, as the file declares it.

Source: GitHub's documentation, "Workflow syntax for GitHub Actions", permissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from devforge.local.workflows.model import Level
from devforge.local.workflows.nodes import Scalar, YamlNode
from devforge.local.workflows.reading import Reader

SCOPES: Final = (
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
)
_WRITE_ONLY = {"id-token"}
_READ_ONLY = {"models"}


def read_permissions(reader: Reader, node: YamlNode) -> dict[str, Level]:
    """Return every scope's level: what is not named is "none", as GitHub has it."""
    if isinstance(node, Scalar):
        return _everything(reader, node)
    found = reader.map(node, "permissions", SCOPES)
    levels: dict[str, Level] = dict.fromkeys(SCOPES, "none")
    for scope, item in found.items.items():
        level = reader.text(item, f"permissions.{scope}")
        if level not in _levels(scope):
            raise reader.wrong(
                item.line,
                f"permissions.{scope} is {level!r}; it may be {', '.join(_levels(scope))}",
            )
        levels[scope] = cast("Level", level)
    return levels


def granted(levels: Mapping[str, Level]) -> dict[str, str]:
    """Return what a token is made with: granted scopes alone, in the API's spelling, with metadata."""
    named = {scope.replace("-", "_"): level for scope, level in levels.items() if level != "none"}
    return {"metadata": "read", **named}


def repository_default(*, write: bool) -> dict[str, Level]:
    """Return the levels a repository's setting gives where a workflow declares none."""
    if write:
        return {scope: _at_most(scope, "write") for scope in SCOPES if scope != "id-token"}
    return {"contents": "read", "packages": "read"}


def _everything(reader: Reader, node: Scalar) -> dict[str, Level]:
    if node.text not in {"read-all", "write-all"}:
        raise reader.wrong(
            node.line, f"permissions is {node.text!r}; write read-all, write-all, {{}} or a mapping"
        )
    wanted: Level = "write" if node.text == "write-all" else "read"
    return {scope: _at_most(scope, wanted) for scope in SCOPES}


def _at_most(scope: str, wanted: Level) -> Level:
    if scope in _READ_ONLY:
        return "read"
    return "none" if scope in _WRITE_ONLY and wanted == "read" else wanted


def _levels(scope: str) -> tuple[str, ...]:
    if scope in _WRITE_ONLY:
        return ("write", "none")
    return ("read", "none") if scope in _READ_ONLY else ("read", "write", "none")
