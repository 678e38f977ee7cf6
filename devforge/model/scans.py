"""What the reading tools said of each file of an extension, as the `state` branch remembers it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict
from devforge.model.digests import Sha256
from devforge.model.names import ExtensionId
from devforge.model.observed import ToolFinding

FILES = 20_000


class Scans(Strict):
    """`scans/<developer>/<name>.json`: what was said of each file of the version looked at last.

    A file is named by the hash of all that a tool gets to see of it, and its findings have no path.
    """

    schema_version: Literal[1] = 1
    tools: Sha256  # those who said it: programs, rules and how they are asked
    files: Annotated[dict[Sha256, tuple[ToolFinding, ...]], Field(max_length=FILES)]


def scans_path(extension: ExtensionId) -> str:
    """Where the memory of an extension's files lies on the `state` branch."""
    return f"scans/{extension.path}.json"
