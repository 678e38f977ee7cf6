"""Run again: another attempt of the same run, with the event and the files of the first."""

from __future__ import annotations

from devforge.local.hub import Actor, Hub
from devforge.local.store import Row
from devforge.local.workflows.model import Workflow
from devforge.local.workflows.recording import queue_run, run_scope, workflow_of
from devforge.local.workflows.results import results_of, rows_by_job

_KEPT = (
    "run_id", "key", "name", "matrix", "strategy", "labels", "environment", "environment_url",
    "status", "conclusion", "result", "outputs", "steps", "annotations", "created_at", "started_at",
    "completed_at",
)  # fmt: skip


def rerun(hub: Hub, run: Row, actor: Actor, only: set[str] | None) -> None:
    """Begin the run's next attempt: of every job, or `only` of some and those that need them."""
    workflow = workflow_of(run)
    kept = [] if only is None else _kept(hub, run, workflow, only)
    attempt = run["attempt"] + 1
    now = hub.clock.stamp()
    for row in kept:
        columns = {name: row[name] for name in _KEPT}
        hub.store.insert("workflow_job", attempt=attempt, **columns)
    hub.store.update(
        "workflow_run",
        run["id"],
        attempt=attempt,
        status="queued",
        conclusion=None,
        cancelled=0,
        triggering_actor_id=actor.id,
        started_at=now,
        updated_at=now,
    )
    again = hub.store.get("workflow_run", run["id"])
    queue_run(hub, again, workflow, run_scope(hub, again))


def failed(hub: Hub, run: Row) -> set[str]:
    """Return the jobs that did not succeed."""
    results = results_of(rows_by_job(hub, run))
    return {key for key, result in results.items() if result["result"] != "success"}


def _kept(hub: Hub, run: Row, workflow: Workflow, only: set[str]) -> list[Row]:
    """Return the rows of jobs that need nothing that is run again."""
    again = set(only)
    grew = True
    while grew:
        more = {job.id for job in workflow.jobs.values() if again & set(job.needs)} - again
        again |= more
        grew = bool(more)
    rows = rows_by_job(hub, run)
    return [row for key, group in rows.items() if key not in again for row in group]
