"""Files a step names by patterns: in its workspace, or elsewhere on its own machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from devforge.local.workflows.execution.world import StepFailed, World
from devforge.local.workflows.hashing import matching_files


def files_at(world: World, patterns: Sequence[str], *, hidden: bool = True) -> list[Path]:
    """Return the files that match, sorted. Raises StepFailed for a place off this machine."""
    root = _root(world, patterns)
    wanted = patterns if root == world.place.workspace else _absolute(world, patterns)
    return matching_files(root, wanted, hidden=hidden)


def _root(world: World, patterns: Sequence[str]) -> Path:
    """Return the workspace, or where a pattern names a place outside it, the machine's temporary files."""
    starts = [first_place(world, pattern) for pattern in patterns]
    if all(start.is_relative_to(world.place.workspace) for start in starts):
        return world.place.workspace
    if all(start.is_relative_to(world.place.root) for start in starts):
        return world.place.root
    raise StepFailed(f"path: {', '.join(patterns)} lies outside this job's machine")


def _absolute(world: World, patterns: Sequence[str]) -> list[str]:
    return [
        ("!" if pattern.startswith("!") else "")
        + os.path.normpath(world.place.workspace / pattern.removeprefix("!"))
        for pattern in patterns
    ]


def first_place(world: World, pattern: str) -> Path:
    """Return the directory or file before a pattern's first wildcard."""
    kept: list[str] = []
    for part in Path(pattern.removeprefix("!")).parts:
        if any(character in part for character in "*?["):
            break
        kept.append(part)
    return Path(os.path.normpath(world.place.workspace.joinpath(*kept)))
