"""Jobs of runs, their logs and annotations.

Source: docs.github.com, "REST API endpoints for workflow jobs".
"""

from __future__ import annotations

from devforge.local.answer import Answer, redirect
from devforge.local.call import Call
from devforge.local.refusals import forbidden, not_found
from devforge.local.rest.actions_runs import find_run
from devforge.local.routes import route
from devforge.local.shapes.workflow_runs import job_shape
from devforge.local.store import Row
from devforge.local.workflows.machine.log import log_file
from devforge.local.workflows.rerunning import rerun


@route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs")
def list_jobs(call: Call) -> Answer:
    """The jobs of a run's last attempt; with `filter=all` those of every attempt."""
    run = find_run(call, call.repository())
    least = 0 if call.query.get("filter") == "all" else run["attempt"]
    rows = call.select(
        "SELECT * FROM workflow_job WHERE run_id = ? AND attempt >= ? ORDER BY id", run["id"], least
    )
    shown = [job_shape(call.hub, run, row) for row in rows]
    return Answer({"total_count": call.total, "jobs": shown})


@route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt}/jobs")
def list_attempt_jobs(call: Call) -> Answer:
    """The jobs of one attempt."""
    run = find_run(call, call.repository())
    rows = call.select(
        "SELECT * FROM workflow_job WHERE run_id = ? AND attempt = ? ORDER BY id",
        run["id"],
        call.number("attempt"),
    )
    shown = [job_shape(call.hub, run, row) for row in rows]
    return Answer({"total_count": call.total, "jobs": shown})


@route("GET", "/repos/{owner}/{repo}/actions/jobs/{job_id}")
def get_job(call: Call) -> Answer:
    """One job."""
    job, run = _job(call)
    return Answer(job_shape(call.hub, run, job))


@route("GET", "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs")
def download_job_log(call: Call) -> Answer:
    """Lead to the job's log as text."""
    job, _ = _job(call)
    secret = call.hub.secret_for(f"job {job['id']}")
    return redirect(f"{call.hub.url}/_local/job-logs/{job['id']}/{secret}.txt")


@route("POST", "/repos/{owner}/{repo}/actions/jobs/{job_id}/rerun")
def rerun_job(call: Call) -> Answer:
    """Run one job again, and those that need it."""
    job, run = _job(call, "write")
    if run["status"] != "completed" or job["attempt"] != run["attempt"]:
        raise forbidden(
            "This job cannot be run again: its run has not ended, or was run again since"
        )
    with call.hub.store.transaction():
        rerun(call.hub, run, call.actor, {job["key"]})
    call.hub.wake()
    return Answer({}, 201)


@route("GET", "/job-logs/{job_id}/{secret}.txt", surface="control")
def serve_job_log(call: Call) -> Answer:
    """The text that `logs` leads to."""
    job = call.hub.store.find("workflow_job", id=call.number("job_id"))
    if job is None or call.place["secret"] != call.hub.secret_for(f"job {job['id']}"):
        raise not_found()
    path = log_file(call.hub.data / "actions", job["run_id"], job["id"])
    if not path.exists():
        raise not_found()
    return Answer(content=path, media_type="text/plain; charset=utf-8")


def _job(call: Call, role: str = "read") -> tuple[Row, Row]:
    repository = call.repository(role)
    job = call.hub.store.find("workflow_job", id=call.number("job_id"))
    if job is None:
        raise not_found()
    run = call.hub.store.get("workflow_run", job["run_id"])
    if run["repository_id"] != repository["id"]:
        raise not_found()
    return job, run
