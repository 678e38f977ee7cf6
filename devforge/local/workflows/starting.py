"""Which workflows an event starts, and the runs that come of it."""

from __future__ import annotations

import json
from collections.abc import Collection

from devforge.local.events import Event
from devforge.local.git.repositories import EMPTY_TREE, ZERO, GitFailed
from devforge.local.hub import Hub
from devforge.local.settings import read_setting
from devforge.local.store import Row
from devforge.local.workflows import registry
from devforge.local.workflows.files import Found, workflows_at
from devforge.local.workflows.matching import matches
from devforge.local.workflows.occasions import occasion_of
from devforge.local.workflows.recording import create_run

_AIMED = {"workflow_dispatch", "schedule"}
_FROM_WORKFLOWS = {"workflow_dispatch", "repository_dispatch"}


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
            run_id = create_run(hub, repository, found, seen, occasion)
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
    """Return the paths a path filter is held against.

    A new branch is compared with where it left the default branch; the first push of all brings
    every file.
    """
    payload = event.payload
    span: tuple[str, ...]
    if event.name != "push":
        pull = payload["pull_request"]
        span = (f"{pull['base']['sha']}...{pull['head']['sha']}",)
    elif payload["before"] != ZERO:
        span = (payload["before"], payload["after"])
    elif payload["ref"] == f"refs/heads/{repository['default_branch']}":
        span = (EMPTY_TREE, payload["after"])
    else:
        span = (f"{repository['default_branch']}...{payload['after']}",)
    try:
        listed = hub.git.run(
            repository["id"], "diff", "--name-only", "--no-renames", "-z", *span, "--"
        )
    except GitFailed:
        return ()
    return [path for path in listed.decode("utf-8", "replace").split("\0") if path]
