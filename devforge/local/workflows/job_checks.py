"""Every job of a workflow is a check run of its commit too, as GitHub Actions makes them.

No `check_run` event is emitted: on GitHub those of Actions itself start no workflow.
"""

from __future__ import annotations

from devforge.local.checkruns import suite_of
from devforge.local.hub import Hub
from devforge.local.shapes.links import repository_web
from devforge.local.store import Row


def check_run_of(hub: Hub, job_id: int) -> int | None:
    """Return the check run of a job, or None for a job older than its first announcement."""
    row = hub.store.find("check_run", external_id=_mark(job_id))
    return None if row is None else int(row["id"])


def show_as_check(hub: Hub, repository: Row, run: Row, job: Row) -> None:
    """Make or change the check run of `job` so that it says what the job does."""
    columns = {
        "status": job["status"],
        "conclusion": job["conclusion"],
        "started_at": job["started_at"] or job["created_at"],
        "completed_at": job["completed_at"],
    }
    known = check_run_of(hub, job["id"])
    if known is not None:
        hub.store.update("check_run", known, **columns)
        return
    web = repository_web(hub, repository)
    hub.store.insert(
        "check_run",
        repository_id=repository["id"],
        suite_id=suite_of(hub, repository, run["head_sha"]),
        head_sha=run["head_sha"],
        name=job["name"],
        external_id=_mark(job["id"]),
        details_url=f"{web}/actions/runs/{run['id']}/job/{job['id']}",
        **columns,
    )


def _mark(job_id: int) -> str:
    return f"workflow job {job_id}"
