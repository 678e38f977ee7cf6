"""Workflows: listed, switched on and off, dispatched.

Source: docs.github.com, "REST API endpoints for workflows".
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from devforge.errors import BadInput
from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.workflow_runs import run_shape, timing_shape, workflow_shape
from devforge.local.store import Row
from devforge.local.workflows.files import workflows_at
from devforge.local.workflows.inputs import check_inputs
from devforge.local.workflows.registry import refresh

_MAX_PAYLOAD_KEYS = 10
_RUN_SECONDS = 5.0


@route("GET", "/repos/{owner}/{repo}/actions/workflows")
def list_workflows(call: Call) -> Answer:
    """The workflows of the default branch."""
    repository = call.repository()
    refresh(call.hub, repository)
    rows = call.select(
        "SELECT * FROM workflow WHERE repository_id = ? AND state != 'deleted' ORDER BY id",
        repository["id"],
    )
    shown = [workflow_shape(call.hub, row) for row in rows]
    return Answer({"total_count": call.total, "workflows": shown})


@route("GET", "/repos/{owner}/{repo}/actions/workflows/{workflow}")
def get_workflow(call: Call) -> Answer:
    """One workflow, by its number or its file's name."""
    return Answer(workflow_shape(call.hub, find_workflow(call, call.repository())))


@route("GET", "/repos/{owner}/{repo}/actions/workflows/{workflow}/timing")
def get_workflow_timing(call: Call) -> Answer:
    """What the workflow's runs cost together."""
    row = find_workflow(call, call.repository())
    runs = call.hub.store.all("SELECT * FROM workflow_run WHERE workflow_id = ?", row["id"])
    total = sum(
        timing_shape(call.hub, run)["billable"].get("UBUNTU", {}).get("total_ms", 0) for run in runs
    )
    return Answer({"billable": {"UBUNTU": {"total_ms": total}}})


@route("PUT", "/repos/{owner}/{repo}/actions/workflows/{workflow}/disable")
def disable_workflow(call: Call) -> Answer:
    """Let nothing start it."""
    row = find_workflow(call, call.repository("write"))
    call.hub.store.update("workflow", row["id"], state="disabled_manually")
    return empty()


@route("PUT", "/repos/{owner}/{repo}/actions/workflows/{workflow}/enable")
def enable_workflow(call: Call) -> Answer:
    """Let it start again."""
    row = find_workflow(call, call.repository("write"))
    call.hub.store.update("workflow", row["id"], state="active")
    return empty()


@route("POST", "/repos/{owner}/{repo}/actions/workflows/{workflow}/dispatches")
def dispatch_workflow(call: Call) -> Answer:
    """Start a workflow that has `workflow_dispatch` at a branch or tag, with inputs it declares."""
    hub, repository = call.hub, call.repository("write")
    row = find_workflow(call, repository)
    ref = _full_ref(call, repository, call.needed_text("ref"))
    given = call.record("inputs") or {}
    if row["state"] != "active":
        raise unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow")
    _check_dispatch(call, repository, row, ref, given)
    payload = {"inputs": given or None, "ref": ref, "workflow": row["path"]}
    with hub.store.transaction():
        event_id = hub.emit("workflow_dispatch", repository, payload, call.actor)
    return _details(call, event_id) if call.flag("return_run_details") else empty()


@route("POST", "/repos/{owner}/{repo}/dispatches")
def dispatch_repository(call: Call) -> Answer:
    """Announce an event of the caller's own naming."""
    hub, repository = call.hub, call.repository("write")
    kind = call.needed_text("event_type", limit=100)
    given = call.record("client_payload") or {}
    if len(given) > _MAX_PAYLOAD_KEYS:
        raise unprocessable(
            f"No more than {_MAX_PAYLOAD_KEYS} properties are allowed; {len(given)} were supplied."
        )
    payload: dict[str, Any] = {
        "action": kind,
        "branch": repository["default_branch"],
        "client_payload": given,
    }
    with hub.store.transaction():
        call.emit("repository_dispatch", repository, payload)
    return empty()


def _check_dispatch(
    call: Call, repository: Row, row: Row, ref: str, given: Mapping[str, Any]
) -> None:
    """Refuse what the file at that ref does not take."""
    commit = call.hub.git.resolve(repository["id"], ref) or ""
    files = workflows_at(call.hub, repository["id"], commit)
    found = next((each for each in files if each.path == row["path"]), None)
    if found is None:
        raise not_found()
    if found.workflow is None:
        raise unprocessable(f"failed to parse workflow: {found.problem}")
    trigger = found.workflow.triggers.get("workflow_dispatch")
    if trigger is None:
        raise unprocessable("Workflow does not have 'workflow_dispatch' trigger")
    try:
        check_inputs(trigger.inputs, given)
    except BadInput as error:
        raise unprocessable(str(error)) from error


def _details(call: Call, event_id: int) -> Answer:
    """Answer with the run that came of the dispatch; without one in time, as if nobody had asked."""
    deadline = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < deadline:
        run = call.hub.store.find("workflow_run", event_id=event_id)
        if run is not None:
            shown = run_shape(call.hub, run)
            return Answer(
                {
                    "workflow_run_id": run["id"],
                    "run_url": shown["url"],
                    "html_url": shown["html_url"],
                }
            )
        time.sleep(0.02)
    return empty()


def find_workflow(call: Call, repository: Row) -> Row:
    """Return the workflow the path names. Raises 404."""
    name = call.place["workflow"]
    refresh(call.hub, repository)
    if name.isascii() and name.isdigit():
        row = call.hub.store.find("workflow", id=int(name), repository_id=repository["id"])
    else:
        path = f".github/workflows/{name.removeprefix('.github/workflows/')}"
        row = call.hub.store.find("workflow", path=path, repository_id=repository["id"])
    if row is None or row["state"] == "deleted":
        raise not_found()
    return row


def _full_ref(call: Call, repository: Row, name: str) -> str:
    tries = [name] if name.startswith("refs/") else [f"refs/heads/{name}", f"refs/tags/{name}"]
    for ref in tries:
        if call.hub.git.resolve(repository["id"], ref) is not None:
            return ref
    raise ApiRefusal(422, f"No ref found for: {name}")
