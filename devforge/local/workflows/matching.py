"""Whether a workflow's `on` takes an event: activity types, branches, tags, paths, names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from devforge.local.workflows.model import Trigger
from devforge.local.workflows.triggers import DEFAULT_TYPES

_SKIPS = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
Changed = Callable[[], Collection[str]]


def matches(trigger: Trigger, payload: dict[str, Any], changed: Changed) -> bool:
    """Say whether the event starts the workflow; `changed` tells the changed paths if they matter."""
    action = payload.get("action")
    types = trigger.types or DEFAULT_TYPES.get(trigger.event, ())
    if types and action not in types:
        return False
    match trigger.event:
        case "push":
            return _matches_push(trigger, payload, changed)
        case "pull_request" | "pull_request_target":
            return _matches_pull_request(trigger, payload, changed)
        case "workflow_run":
            return _matches_workflow_run(trigger, payload)
        case _:
            return True


def _matches_push(trigger: Trigger, payload: dict[str, Any], changed: Changed) -> bool:
    message = (payload.get("head_commit") or {}).get("message", "")
    if any(skip in message for skip in _SKIPS):
        return False
    ref: str = payload["ref"]
    if ref.startswith("refs/tags/"):
        if trigger.tags is None:
            return trigger.branches is None and trigger.paths is None
        return trigger.tags.accepts(ref.removeprefix("refs/tags/"))
    if trigger.branches is None and trigger.tags is not None:
        return False
    branch = ref.removeprefix("refs/heads/")
    if trigger.branches is not None and not trigger.branches.accepts(branch):
        return False
    return trigger.paths is None or trigger.paths.accepts_any(changed())


def _matches_pull_request(trigger: Trigger, payload: dict[str, Any], changed: Changed) -> bool:
    base = payload["pull_request"]["base"]["ref"]
    if trigger.branches is not None and not trigger.branches.accepts(base):
        return False
    return trigger.paths is None or trigger.paths.accepts_any(changed())


def _matches_workflow_run(trigger: Trigger, payload: dict[str, Any]) -> bool:
    run = payload["workflow_run"]
    if run["name"] not in trigger.workflows:
        return False
    return trigger.branches is None or trigger.branches.accepts(run["head_branch"] or "")
