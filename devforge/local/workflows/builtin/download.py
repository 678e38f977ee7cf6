"""actions/download-artifact, as its fourth version and later."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping

from devforge.local.store import Row
from devforge.local.workflows.artifacts import find, of_run, unpack
from devforge.local.workflows.builtin.values import flag
from devforge.local.workflows.execution.world import StepFailed, World


def download_artifact(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Unpack one artifact, or all that match, each into a directory of its name unless merged."""
    run_id = _run_id(world, inputs)
    target = world.directory(inputs.get("path") or "")
    if name := inputs.get("name"):
        row = find(world.hub, run_id, name)
        if row is None:
            known = ", ".join(sorted(each["name"] for each in of_run(world.hub, run_id))) or "none"
            raise StepFailed(f"Artifact not found for name: {name}; this run has {known}")
        unpack(world.hub, row, target)
        world.log.write(f"Artifact {name} has been downloaded to {target}")
        return {"download-path": str(target)}
    chosen = _chosen(world, inputs, run_id)
    merged = flag(inputs, "merge-multiple", otherwise=False)
    alone = bool(inputs.get("artifact-ids")) and len(chosen) == 1
    for row in chosen:
        unpack(world.hub, row, target if merged or alone else target / row["name"])
        world.log.write(f"Artifact {row['name']} has been downloaded")
    return {"download-path": str(target)}


def _chosen(world: World, inputs: Mapping[str, str], run_id: int) -> list[Row]:
    rows = of_run(world.hub, run_id)
    if listed := inputs.get("artifact-ids"):
        ids = {part.strip() for part in listed.split(",")}
        found = [row for row in rows if str(row["id"]) in ids]
        if len(found) < len(ids):
            raise StepFailed(
                f"artifact-ids {listed}: not all of them are artifacts of run {run_id}"
            )
        return found
    pattern = inputs.get("pattern")
    return [row for row in rows if not pattern or fnmatch.fnmatchcase(row["name"], pattern)]


def _run_id(world: World, inputs: Mapping[str, str]) -> int:
    """Return which run to take from: this one, or another of this repository with a token in hand."""
    text = inputs.get("run-id") or str(world.run["id"])
    if text == str(world.run["id"]):
        return int(world.run["id"])
    if (inputs.get("repository") or world.github["repository"]) != world.github["repository"]:
        raise StepFailed("artifacts of another repository are not supported here")
    if not inputs.get("github-token"):
        raise StepFailed(f"run-id {text}: another run's artifacts need 'github-token'")
    if world.permissions.get("actions") not in {"read", "write"} and world.repository["private"]:
        raise StepFailed("Resource not accessible by integration: 'actions: read' is missing")
    row = world.hub.store.find("workflow_run", id=text, repository_id=world.repository["id"])
    if row is None:
        raise StepFailed(f"run-id {text} is no run of {world.github['repository']}")
    return int(row["id"])
