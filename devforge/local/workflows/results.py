"""How the jobs of a run stand, one result for each id however many the matrix made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from devforge.local.hub import Hub
from devforge.local.store import Row
from devforge.local.workflows.recording import workflow_of

_WORST_FIRST = ("failure", "cancelled", "success")


def rows_by_job(hub: Hub, run: Row) -> dict[str, list[Row]]:
    """Return the rows of the run's present attempt by job id."""
    found: dict[str, list[Row]] = {}
    for row in hub.store.all(
        "SELECT * FROM workflow_job WHERE run_id = ? AND attempt = ? ORDER BY id",
        run["id"],
        run["attempt"],
    ):
        found.setdefault(row["key"], []).append(row)
    return found


def results_of(rows: dict[str, list[Row]]) -> dict[str, dict[str, Any]]:
    """Return result and outputs of each job all of whose rows have ended."""
    return {
        key: {"result": worst(row["result"] for row in group), "outputs": _outputs(group)}
        for key, group in rows.items()
        if all(row["status"] == "completed" for row in group)
    }


def needs_for(hub: Hub, run: Row, key: str) -> dict[str, Any]:
    """Return the `needs` context of the job `key`."""
    results = results_of(rows_by_job(hub, run))
    return {id: results[id] for id in workflow_of(run).jobs[key].needs}


def worst(results: Iterable[str]) -> str:
    """Return what several results come to: a failure counts most, a skipped job least."""
    found = set(results)
    return next((result for result in _WORST_FIRST if result in found), "skipped")


def _outputs(rows: list[Row]) -> dict[str, str]:
    """Return the outputs; of a matrix, whichever job set one last."""
    outputs: dict[str, str] = {}
    for row in rows:
        outputs |= json.loads(row["outputs"])
    return outputs
