"""Write a run down when it starts: its event, its files, its name, and its place in the queue."""

from __future__ import annotations

import logging
from typing import Any

from devforge.local.events import Event
from devforge.local.hub import Hub
from devforge.local.store import Row, packed
from devforge.local.workflows import registry
from devforge.local.workflows.concurrency import claim
from devforge.local.workflows.context import github_context, inputs_of
from devforge.local.workflows.expressions import (
    EvaluationFailed,
    Scope,
    is_truthy,
    text_of,
    value_of,
)
from devforge.local.workflows.files import Found, read_file
from devforge.local.workflows.inputs import with_defaults
from devforge.local.workflows.model import Workflow
from devforge.local.workflows.occasions import Occasion
from devforge.local.workflows.reports import announce_run
from devforge.local.workflows.settings import variables_of

_log = logging.getLogger(__name__)
_MAX_CHAIN = 3
"""How many workflows may follow each other by `workflow_run`."""


def create_run(
    hub: Hub, repository: Row, found: Found, event: Event, occasion: Occasion
) -> int | None:
    """Write the run down, unless this very delivery made it before, or workflows chain too long."""
    depth = _depth(hub, event)
    if depth > _MAX_CHAIN:
        return None
    with hub.store.transaction():
        workflow_id = registry.workflow_id(hub, repository["id"], found.path, found.name)
        if hub.store.find(
            "workflow_run",
            workflow_id=workflow_id,
            event_id=event.id,
            delivery=event.delivery,
            event=event.name,
        ):
            return None
        run_id = hub.store.insert(
            "workflow_run",
            **_columns(hub, repository, found, event, occasion),
            workflow_id=workflow_id,
            number=registry.next_number(hub, workflow_id),
            depth=depth,
        )
        announce_run(hub, run_id, "requested")
        _begin(hub, hub.store.get("workflow_run", run_id), found)
    return run_id


def _columns(
    hub: Hub, repository: Row, found: Found, event: Event, occasion: Occasion
) -> dict[str, Any]:
    now = hub.clock.stamp()
    trigger = found.workflow.triggers.get(event.name) if found.workflow is not None else None
    given = event.payload.get("inputs") or {} if event.name == "workflow_dispatch" else {}
    inputs = with_defaults(trigger.inputs, given) if trigger is not None else {}
    actor = event.actor_id if event.name != "schedule" else repository["owner_id"]
    return {
        "repository_id": repository["id"],
        "event_id": event.id,
        "delivery": event.delivery,
        "event": event.name,
        "path": found.path,
        "name": found.name,
        "title": _title(event, found),
        "source": found.source,
        "ref": occasion.ref,
        "sha": occasion.sha,
        "head_branch": occasion.head_branch,
        "head_sha": occasion.head_sha,
        "head_repository_id": occasion.head_repository_id,
        "inputs": packed(inputs),
        "trusted": int(occasion.trusted),
        "actor_id": actor or repository["owner_id"],
        "triggering_actor_id": actor or repository["owner_id"],
        "created_at": now,
        "started_at": now,
        "updated_at": now,
    }


def _begin(hub: Hub, run: Row, found: Found) -> None:
    """Evaluate what stands above the jobs; a failure there ends the run at its start."""
    if found.workflow is None:
        _log.warning("run %s fails at its start: %s", run["id"], found.problem)
        fail_at_start(hub, run["id"], str(found.problem))
        return
    try:
        _name_and_queue(hub, run, found.workflow)
    except EvaluationFailed as error:
        fail_at_start(hub, run["id"], f"{found.path}: {error}")


def _name_and_queue(hub: Hub, run: Row, workflow: Workflow) -> None:
    scope = run_scope(hub, run)
    if workflow.run_name is not None and (title := workflow.run_name.text(scope).strip()):
        hub.store.update("workflow_run", run["id"], title=title)
    queue_run(hub, run, workflow, scope)


def queue_run(hub: Hub, run: Row, workflow: Workflow, scope: Scope) -> None:
    """Let the run start, or wait for its concurrency group."""
    status = "queued"
    if workflow.concurrency is not None:
        group = text_of(workflow.concurrency.group.value(scope))
        cancel = is_truthy(workflow.concurrency.cancel_in_progress.value(scope))
        if group and not claim(hub, run["repository_id"], group, run["id"], None, cancel=cancel):
            status = "pending"
    hub.store.update("workflow_run", run["id"], status=status)


def run_scope(hub: Hub, run: Row) -> Scope:
    """Return what expressions above the jobs may see."""
    return Scope(
        {
            "github": value_of(github_context(hub, run)),
            "inputs": value_of(inputs_of(run)),
            "vars": value_of(variables_of(hub, run["repository_id"], None)),
        }
    )


def fail_at_start(hub: Hub, run_id: int, problem: str) -> None:
    """End a run that cannot begin, with the reason where everyone looks for it."""
    now = hub.clock.stamp()
    hub.store.update(
        "workflow_run",
        run_id,
        status="completed",
        conclusion="startup_failure",
        problem=problem,
        updated_at=now,
    )
    announce_run(hub, run_id, "completed")


def workflow_of(run: Row) -> Workflow:
    """Return the workflow as it was when the run started. Raises BadWorkflow."""
    found = read_file(run["path"], run["source"].encode())
    if found.workflow is None:
        assert found.problem is not None  # noqa: S101 - one of the two is given
        raise found.problem
    return found.workflow


def _title(event: Event, found: Found) -> str:
    payload = event.payload
    if event.name == "push" and payload.get("head_commit"):
        return str(payload["head_commit"]["message"]).split("\n", 1)[0]
    for key in ("pull_request", "issue", "discussion"):
        if isinstance(payload.get(key), dict):
            return str(payload[key].get("title") or found.name)
    if event.name == "repository_dispatch":
        return str(payload.get("action") or found.name)
    return found.name


def _depth(hub: Hub, event: Event) -> int:
    if event.name != "workflow_run":
        return 0
    depth = hub.store.value(
        "SELECT depth FROM workflow_run WHERE id = ?", event.payload["workflow_run"]["id"]
    )
    return int(depth or 0) + 1
