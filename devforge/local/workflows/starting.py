"""Which workflows an event starts, and the runs that come of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from typing import Any

from devforge.local.events import Event
from devforge.local.git.repositories import ZERO, GitFailed
from devforge.local.hub import Actor, Hub
from devforge.local.settings import read_setting
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
from devforge.local.workflows.files import Found, read_file, workflows_at
from devforge.local.workflows.inputs import with_defaults
from devforge.local.workflows.matching import matches
from devforge.local.workflows.model import Workflow
from devforge.local.workflows.occasions import Occasion, occasion_of
from devforge.local.workflows.reports import announce_run
from devforge.local.workflows.settings import variables_of

_log = logging.getLogger(__name__)
_AIMED = {"workflow_dispatch", "schedule"}
_FROM_WORKFLOWS = {"workflow_dispatch", "repository_dispatch"}
_MAX_CHAIN = 3


def start_workflows(hub: Hub, event: Event) -> list[int]:
    """Create a run for every workflow that `event` starts; return their ids. Repeating it adds nothing.

    An event caused by a workflow's token starts nothing, dispatches excepted. A `pull_request` event
    is also a `pull_request_target` event.
    """
    if event.repository_id is None or (event.by_workflow and event.name not in _FROM_WORKFLOWS):
        return []
    repository = hub.store.get("repository", event.repository_id)
    if repository["deleted_at"] or not _is_enabled(hub, repository):
        return []
    if event.name == "push":
        registry.note_push(hub, repository, event.payload)
    started = _start_named(hub, repository, event, event.name)
    if event.name == "pull_request":
        started += _start_named(hub, repository, event, "pull_request_target")
    return started


def _is_enabled(hub: Hub, repository: Row) -> bool:
    """Actions are on but in forks, whose owner must switch them on."""
    if repository["parent_id"] is not None:
        row = hub.store.find(
            "repository_setting", repository_id=repository["id"], name="actions_permissions"
        )
        return row is not None and bool(json.loads(row["value"])["enabled"])
    return bool(read_setting(hub, repository["id"], "actions_permissions")["enabled"])


def _start_named(hub: Hub, repository: Row, event: Event, name: str) -> list[int]:
    seen = event if name == event.name else _renamed(event, name)
    occasion = occasion_of(hub, repository, seen)
    if occasion is None:
        return []
    started: list[int] = []
    for found in workflows_at(hub, repository["id"], occasion.sha):
        if _starts(hub, repository, found, seen):
            run_id = _create(hub, repository, found, seen, occasion)
            started += [] if run_id is None else [run_id]
    return started


def _renamed(event: Event, name: str) -> Event:
    return Event(
        event.id, event.guid, name, event.action, event.repository_id, event.actor_id,
        event.token, event.payload, event.created_at, event.delivery,
    )  # fmt: skip


def _starts(hub: Hub, repository: Row, found: Found, event: Event) -> bool:
    if event.name in _AIMED and event.payload.get("workflow") != found.path:
        return False
    if not registry.is_active(hub, repository["id"], found.path):
        return False
    if found.workflow is None:
        return event.name in {"push", *_AIMED}
    trigger = found.workflow.triggers.get(event.name)
    return trigger is not None and matches(
        trigger, event.payload, lambda: _changed_paths(hub, repository, event)
    )


def _changed_paths(hub: Hub, repository: Row, event: Event) -> Collection[str]:
    payload = event.payload
    if event.name == "push":
        before, after = payload["before"], payload["after"]
        if before == ZERO:
            before = hub.git.resolve(repository["id"], repository["default_branch"]) or after
    else:
        before = payload["pull_request"]["base"]["sha"]
        after = payload["pull_request"]["head"]["sha"]
    dots = ".." if event.name == "push" else "..."
    try:
        listed = hub.git.run(
            repository["id"], "diff", "--name-only", "--no-renames", "-z", f"{before}{dots}{after}"
        )
    except GitFailed:
        return ()
    return [path for path in listed.decode("utf-8", "replace").split("\0") if path]


def _create(
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


def actor_of(hub: Hub, run: Row) -> Actor:
    """Return whom a run's events come from; no token, so that they may start workflows."""
    return Actor(hub.store.get("account", run["actor_id"]))
