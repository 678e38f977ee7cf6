"""actions/upload-artifact, as its fourth version: names are given once, content never changes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from devforge.local.shapes.links import repository_web
from devforge.local.workflows.artifacts import keep
from devforge.local.workflows.builtin.places import files_at, first_place
from devforge.local.workflows.builtin.values import flag, lines, whole
from devforge.local.workflows.execution.world import StepFailed, World

_REACTIONS = ("warn", "error", "ignore")


def upload_artifact(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Keep the files that match; return `artifact-id`, `artifact-digest` and `artifact-url`."""
    name = inputs.get("name") or "artifact"
    patterns = lines(inputs, "path")
    if not patterns:
        raise StepFailed("the input 'path' is missing")
    files = _found(world, patterns, hidden=flag(inputs, "include-hidden-files", otherwise=False))
    if not files:
        return _nothing(world, inputs, patterns)
    row = keep(
        world.hub,
        world.run,
        name,
        files,
        days=min(whole(inputs, "retention-days", otherwise=0) or 90, 90),
        overwrite=flag(inputs, "overwrite", otherwise=False),
        compression=min(whole(inputs, "compression-level", otherwise=6), 9),
    )
    world.log.write(f"Artifact {name} with {len(files)} files has been kept: {row['digest']}")
    web = repository_web(world.hub, world.repository)
    return {
        "artifact-id": str(row["id"]),
        "artifact-digest": row["digest"].removeprefix("sha256:"),
        "artifact-url": f"{web}/actions/runs/{world.run['id']}/artifacts/{row['id']}",
    }


def _found(world: World, patterns: Sequence[str], *, hidden: bool) -> dict[str, Path]:
    """Return files by their path below the directory that all patterns share."""
    files = files_at(world, patterns, hidden=hidden)
    if not files:
        return {}
    starts = [first_place(world, pattern) for pattern in patterns if not pattern.startswith("!")]
    single = len(starts) == 1 and starts[0].is_file()
    base = starts[0].parent if single else Path(os.path.commonpath(starts))
    base = base if base.is_dir() else base.parent
    return {file.relative_to(base).as_posix(): file for file in files}


def _nothing(world: World, inputs: Mapping[str, str], patterns: Sequence[str]) -> dict[str, str]:
    reaction = inputs.get("if-no-files-found") or "warn"
    if reaction not in _REACTIONS:
        raise StepFailed(f"if-no-files-found is {reaction!r}; it may be {', '.join(_REACTIONS)}")
    message = f"No files were found with the provided path: {', '.join(patterns)}. No artifacts will be uploaded."
    if reaction == "error":
        raise StepFailed(message)
    if reaction == "warn":
        world.warn(message)
    else:
        world.log.write(message)
    return {}
