"""Move a run on: open the jobs whose needs have ended, let gates fall, end the run when all is done."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from devforge.errors import BadInput
from devforge.local.clock import moment
from devforge.local.hub import Hub
from devforge.local.store import Row, packed
from devforge.local.workflows.cancelling import cancel_job
from devforge.local.workflows.concurrency import claim, release
from devforge.local.workflows.expressions import Scope, is_truthy, text_of, value_of
from devforge.local.workflows.opening import open_job, run_contexts
from devforge.local.workflows.recording import fail_at_start, workflow_of
from devforge.local.workflows.reports import announce_job, announce_run
from devforge.local.workflows.results import needs_for, results_of, rows_by_job
from devforge.local.workflows.settings import gate_of

LOST = "The runner lost communication with the server: its machine is gone"


def advance_run(hub: Hub, run_id: int) -> None:
    """Do all that can be done for the run now. Repeating it changes nothing."""
    run = hub.store.get("workflow_run", run_id)
    if run["status"] in ("completed", "pending"):
        return
    try:
        workflow = workflow_of(run)
    except BadInput as error:
        fail_at_start(hub, run_id, str(error))
        release(hub, run_id, None)
        return
    rows = rows_by_job(hub, run)
    if run["cancelled"] and not rows:
        _end_run(hub, run, "cancelled")
        return
    opened = True
    while opened:
        results = results_of(rows)
        ready = [
            job
            for job in workflow.jobs.values()
            if job.id not in rows and all(need in results for need in job.needs)
        ]
        for job in ready:
            open_job(hub, run, workflow, job, results)
        opened = bool(ready)
        rows = rows_by_job(hub, run)
    _release_ended(hub, rows)
    _open_gates(hub, run, rows)
    rows = rows_by_job(hub, run)
    if len(results_of(rows)) == len(workflow.jobs):
        _end_run(hub, run, _conclusion(rows))
    else:
        _show_waiting(hub, run, rows)


def end_job(hub: Hub, job_id: int, **columns: Any) -> None:
    """Write down how a job ended, and what follows at once: its group is free, its matrix may stop."""
    now = hub.clock.stamp()
    job = hub.store.get("workflow_job", job_id)
    hub.store.update("workflow_job", job_id, status="completed", completed_at=now, **columns)
    announce_job(hub, job_id, "completed")
    release(hub, job["run_id"], job_id)
    if columns.get("result") == "failure" and json.loads(job["strategy"]).get("fail-fast"):
        for other in hub.store.all(
            "SELECT id FROM workflow_job WHERE run_id = ? AND attempt = ? AND key = ? AND status != 'completed'",
            job["run_id"],
            job["attempt"],
            job["key"],
        ):
            cancel_job(hub, other["id"])


def lose_job(hub: Hub, job: Row) -> None:
    """Report a job whose runner is gone, as GitHub does: failed, its token worthless."""
    hub.store.run(
        "UPDATE token SET revoked_at = ? WHERE run_id = ? AND revoked_at IS NULL",
        hub.clock.stamp(),
        job["run_id"],
    )
    annotations = packed([{"level": "failure", "message": LOST}])
    end_job(hub, job["id"], conclusion="failure", result="failure", annotations=annotations)


def _release_ended(hub: Hub, rows: dict[str, list[Row]]) -> None:
    """Free the groups of jobs that were cancelled before they began."""
    for group in rows.values():
        for row in group:
            if row["status"] == "completed":
                release(hub, row["run_id"], row["id"])


def _open_gates(hub: Hub, run: Row, rows: dict[str, list[Row]]) -> None:
    for group in rows.values():
        for row in group:
            if row["status"] == "waiting" and _may_pass(hub, run, row):
                hub.store.update("workflow_job", row["id"], status="queued")
                _join_group(hub, run, row)


def _may_pass(hub: Hub, run: Row, row: Row) -> bool:
    wait = hub.store.find("deployment_wait", job_id=row["id"])
    if wait is None or wait["state"] != "approved":
        return False
    minutes = gate_of(hub, run["repository_id"], row["environment"]).wait_minutes
    return moment(wait["created_at"]) + timedelta(minutes=minutes) <= hub.clock.now()


def _join_group(hub: Hub, run: Row, row: Row) -> None:
    """Claim the job's own concurrency group, which it does only once it may deploy."""
    concurrency = workflow_of(run).jobs[row["key"]].concurrency
    if concurrency is None:
        return
    contexts = run_contexts(hub, run, needs_for(hub, run, row["key"]))
    contexts |= {name: value_of(json.loads(row[name])) for name in ("matrix", "strategy")}
    group = text_of(concurrency.group.value(Scope(contexts)))
    cancel = is_truthy(concurrency.cancel_in_progress.value(Scope(contexts)))
    if group and not claim(hub, run["repository_id"], group, run["id"], row["id"], cancel=cancel):
        hub.store.update("workflow_job", row["id"], status="pending")


def _conclusion(rows: dict[str, list[Row]]) -> str:
    results = {row["result"] for group in rows.values() for row in group}
    for result in ("failure", "cancelled", "success"):
        if result in results:
            return result
    return "skipped"


def _show_waiting(hub: Hub, run: Row, rows: dict[str, list[Row]]) -> None:
    """Say that a run waits for approval when that is all it does."""
    states = {row["status"] for group in rows.values() for row in group} - {"completed"}
    if states and states <= {"waiting", "pending"}:
        status = "waiting" if "waiting" in states else "in_progress"
        if run["status"] != status:
            hub.store.update("workflow_run", run["id"], status=status, updated_at=hub.clock.stamp())
    elif run["status"] == "waiting" and states:
        hub.store.update(
            "workflow_run", run["id"], status="in_progress", updated_at=hub.clock.stamp()
        )


def _end_run(hub: Hub, run: Row, conclusion: str) -> None:
    hub.store.update(
        "workflow_run",
        run["id"],
        status="completed",
        conclusion=conclusion,
        updated_at=hub.clock.stamp(),
    )
    release(hub, run["id"], None)
    announce_run(hub, run["id"], "completed")
