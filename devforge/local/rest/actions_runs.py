"""Runs: listed, cancelled, run again, approved; their logs and what they cost.

Source: docs.github.com, "REST API endpoints for workflow runs".
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from devforge.local.answer import Answer, empty, redirect
from devforge.local.call import Call
from devforge.local.refusals import conflict, forbidden, not_found
from devforge.local.rest.actions_workflows import find_workflow
from devforge.local.routes import route
from devforge.local.shapes.workflow_runs import run_shape, timing_shape
from devforge.local.store import Row
from devforge.local.workflows.cancelling import cancel_run
from devforge.local.workflows.machine.log import log_file
from devforge.local.workflows.rerunning import failed, rerun
from devforge.local.workflows.results import worst

_RUN = "/repos/{owner}/{repo}/actions/runs/{run_id}"
_STATES = ("queued", "in_progress", "completed", "waiting", "pending", "requested")


@route("GET", "/repos/{owner}/{repo}/actions/runs")
def list_runs(call: Call) -> Answer:
    """The repository's runs, newest first."""
    repository = call.repository()
    return _listed(call, "repository_id = ?", [repository["id"]])


@route("GET", "/repos/{owner}/{repo}/actions/workflows/{workflow}/runs")
def list_workflow_runs(call: Call) -> Answer:
    """One workflow's runs, newest first."""
    row = find_workflow(call, call.repository())
    return _listed(call, "workflow_id = ?", [row["id"]])


@route("GET", _RUN)
def get_run(call: Call) -> Answer:
    """One run."""
    return Answer(run_shape(call.hub, find_run(call, call.repository())))


@route("GET", _RUN + "/attempts/{attempt}")
def get_attempt(call: Call) -> Answer:
    """One attempt of a run: the last one as it stands, an earlier one as it ended."""
    run = find_run(call, call.repository())
    number = call.number("attempt")
    if not 1 <= number <= run["attempt"]:
        raise not_found()
    shape = run_shape(call.hub, run)
    if number < run["attempt"]:
        rows = call.hub.store.all(
            "SELECT result FROM workflow_job WHERE run_id = ? AND attempt = ?", run["id"], number
        )
        shape |= {"status": "completed", "conclusion": worst(row["result"] for row in rows)}
        shape |= {"run_attempt": number, "previous_attempt_url": _before(shape["url"], number)}
    return Answer(shape)


@route("DELETE", _RUN)
def delete_run(call: Call) -> Answer:
    """Remove a run that has ended, with its jobs."""
    run = find_run(call, call.repository("write"))
    if run["status"] != "completed":
        raise forbidden("Could not delete the workflow run")
    with call.hub.store.transaction():
        call.hub.store.run("UPDATE artifact SET deleted = 1 WHERE run_id = ?", run["id"])
        call.hub.store.run("DELETE FROM workflow_job WHERE run_id = ?", run["id"])
        call.hub.store.delete("workflow_run", run["id"])
    return empty()


@route("POST", _RUN + "/cancel")
def cancel(call: Call) -> Answer:
    """Cancel a run. 409 where it has ended."""
    run = find_run(call, call.repository("write"))
    if run["status"] == "completed":
        raise conflict("Cannot cancel a workflow run that is completed.")
    with call.hub.store.transaction():
        cancel_run(call.hub, run["id"])
    call.hub.wake()
    return Answer({}, 202)


@route("POST", _RUN + "/force-cancel")
def force_cancel(call: Call) -> Answer:
    """Cancel a run that does not heed `always()`; here it is the same."""
    return cancel(call)


@route("POST", _RUN + "/rerun")
def rerun_all(call: Call) -> Answer:
    """Run every job again, as another attempt."""
    return _again(call, failed_only=False)


@route("POST", _RUN + "/rerun-failed-jobs")
def rerun_failed(call: Call) -> Answer:
    """Run again what failed, and what needs it."""
    return _again(call, failed_only=True)


@route("GET", _RUN + "/timing")
def get_timing(call: Call) -> Answer:
    """What the run costs in billed minutes."""
    return Answer(timing_shape(call.hub, find_run(call, call.repository())))


@route("GET", _RUN + "/logs")
def download_logs(call: Call) -> Answer:
    """Lead to a zip with one text for each job."""
    run = find_run(call, call.repository())
    return redirect(f"{call.hub.url}/_local/logs/{run['id']}/{_secret(call, run)}.zip")


@route("GET", "/logs/{run_id}/{secret}.zip", surface="control")
def serve_logs(call: Call) -> Answer:
    """The zip that `logs` leads to; whoever has the address may have it, as with GitHub's."""
    run = call.hub.store.find("workflow_run", id=call.number("run_id"))
    if run is None or call.place["secret"] != _secret(call, run):
        raise not_found()
    jobs = call.hub.store.all(
        "SELECT * FROM workflow_job WHERE run_id = ? AND attempt = ? ORDER BY id",
        run["id"],
        run["attempt"],
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, job in enumerate(jobs):
            path = log_file(call.hub.data / "actions", run["id"], job["id"])
            if path.exists():
                archive.write(path, f"{number}_{job['name'].replace('/', '_')}.txt")
    return Answer(content=packed.getvalue(), media_type="application/zip")


def find_run(call: Call, repository: Row) -> Row:
    """Return the run the path names. Raises 404."""
    row = call.hub.store.find(
        "workflow_run", id=call.number("run_id"), repository_id=repository["id"]
    )
    if row is None:
        raise not_found()
    return row


def _before(url: str, number: int) -> str | None:
    return f"{url}/attempts/{number - 1}" if number > 1 else None


def _listed(call: Call, where: str, values: list[Any]) -> Answer:
    query = call.query
    for name, column in (("branch", "head_branch"), ("event", "event"), ("head_sha", "head_sha")):
        if name in query:
            where, values = f"{where} AND {column} = ?", [*values, query[name]]
    if status := query.get("status"):
        column = "status" if status in _STATES else "conclusion"
        where, values = f"{where} AND {column} = ?", [*values, status]
    if created := query.get("created"):
        condition, bounds = _created(created)
        where, values = f"{where} AND {condition}", [*values, *bounds]
    if actor := query.get("actor"):
        where += " AND actor_id = (SELECT id FROM account WHERE login = ?)"
        values = [*values, actor]
    rows = call.select(f"SELECT * FROM workflow_run WHERE {where} ORDER BY id DESC", *values)  # noqa: S608
    shown = [run_shape(call.hub, row) for row in rows]
    return Answer({"total_count": call.total, "workflow_runs": shown})


def _created(text: str) -> tuple[str, list[str]]:
    """Return the condition for a date, `>=date`, `<date` or `from..until`, in GitHub's search syntax."""
    if ".." in text:
        first, _, last = text.partition("..")
        return "created_at >= ? AND created_at <= ?", [first, f"{last}~"]
    for operator in (">=", "<=", ">", "<"):
        if text.startswith(operator):
            bound = text.removeprefix(operator)
            return f"created_at {operator} ?", [f"{bound}~" if operator in {"<=", ">"} else bound]
    return "created_at LIKE ?", [f"{text}%"]


def _again(call: Call, *, failed_only: bool) -> Answer:
    run = find_run(call, call.repository("write"))
    if run["status"] != "completed" or run["conclusion"] == "startup_failure":
        raise forbidden("This workflow run cannot be run again: it has not ended, or never began")
    with call.hub.store.transaction():
        rerun(call.hub, run, call.actor, failed(call.hub, run) if failed_only else None)
    call.hub.wake()
    return Answer({}, 201)


def _secret(call: Call, run: Row) -> str:
    return call.hub.secret_for(f"logs {run['id']}")
