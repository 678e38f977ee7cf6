"""A run as a page to look at: its jobs, steps, annotations, summaries and logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.rest.actions_runs import find_run
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.web.page import page
from devforge.local.workflows.machine.log import log_file, summary_file

_SHOWN_LOG_BYTES = 500_000
_SHOWN_SUMMARY_BYTES = 100_000


@route("GET", "/{owner}/{repo}/actions/runs/{run_id}", surface="web")
def show_run(call: Call) -> Answer:
    """The page a run's `html_url` leads to."""
    repository = call.repository()
    run = find_run(call, repository)
    jobs = call.hub.store.all(
        "SELECT * FROM workflow_job WHERE run_id = ? AND attempt = ? ORDER BY id",
        run["id"],
        run["attempt"],
    )
    return page(
        "run",
        repository=repository_path(call.hub, repository),
        run=run,
        jobs=[_shown(call, job) for job in jobs],
    )


@route("GET", "/{owner}/{repo}/actions/runs/{run_id}/job/{job_id}", surface="web")
def show_job(call: Call) -> Answer:
    """The page a job's `html_url` leads to: that of its run."""
    return show_run(call)


def _shown(call: Call, job: Row) -> dict[str, Any]:
    directory = call.hub.data / "actions"
    return dict(job) | {
        "steps": json.loads(job["steps"]),
        "annotations": json.loads(job["annotations"]),
        "log": _beginning(log_file(directory, job["run_id"], job["id"]), _SHOWN_LOG_BYTES),
        "summary": _beginning(
            summary_file(directory, job["run_id"], job["id"]), _SHOWN_SUMMARY_BYTES
        ),
    }


def _beginning(path: Path, limit_bytes: int) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        content = file.read(limit_bytes)
    return content.decode("utf-8", "replace")
