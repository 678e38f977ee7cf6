"""Tell the world how a run stands: `workflow_run` and `workflow_job` events, as GitHub's webhooks."""

from __future__ import annotations

from typing import Literal

from devforge.local.hub import Actor, Hub
from devforge.local.shapes.workflow_runs import job_shape, run_shape, workflow_shape
from devforge.local.workflows.job_checks import show_as_check

RunAction = Literal["requested", "in_progress", "completed"]
JobAction = Literal["queued", "waiting", "in_progress", "completed"]


def announce_run(hub: Hub, run_id: int, action: RunAction) -> None:
    """Emit `workflow_run`. Call it in the transaction of the change."""
    run = hub.store.get("workflow_run", run_id)
    repository = hub.store.get("repository", run["repository_id"])
    workflow = hub.store.get("workflow", run["workflow_id"])
    payload = {
        "action": action,
        "workflow_run": run_shape(hub, run),
        "workflow": workflow_shape(hub, workflow),
    }
    hub.emit("workflow_run", repository, payload, _actor(hub, run["actor_id"]))


def announce_job(hub: Hub, job_id: int, action: JobAction) -> None:
    """Emit `workflow_job` and keep the job's check run. Call it in the transaction of the change."""
    job = hub.store.get("workflow_job", job_id)
    run = hub.store.get("workflow_run", job["run_id"])
    repository = hub.store.get("repository", run["repository_id"])
    show_as_check(hub, repository, run, job)
    payload = {"action": action, "workflow_job": job_shape(hub, run, job)}
    hub.emit("workflow_job", repository, payload, _actor(hub, run["actor_id"]))


def _actor(hub: Hub, account_id: int) -> Actor:
    return Actor(hub.store.get("account", account_id))
