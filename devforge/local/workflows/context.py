"""The `github` context of a run, and the variables that carry it to a step.

Source: GitHub's documentation, "Contexts reference", github context; "Variables reference".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from devforge.local.hub import Hub
from devforge.local.shapes.links import login_of, repository_path
from devforge.local.store import Row

_RETENTION_DAYS = "90"
_IN_ENVIRONMENT = (
    "actor", "actor_id", "api_url", "base_ref", "event_name", "event_path", "graphql_url", "head_ref",
    "job", "ref", "ref_name", "ref_protected", "ref_type", "repository", "repository_id",
    "repository_owner", "repository_owner_id", "retention_days", "run_attempt", "run_id",
    "run_number", "server_url", "sha", "triggering_actor", "workflow", "workflow_ref", "workflow_sha",
    "workspace",
)  # fmt: skip


def payload_of(hub: Hub, run: Row) -> dict[str, Any]:
    """Return the event payload as the run's workflow sees it."""
    payload = dict(hub.events.read(run["event_id"]).payload)
    if run["event"] == "workflow_dispatch":
        payload["inputs"] = {
            name: _as_text(value) for name, value in inputs_of(run).items()
        } or None
        payload["workflow"] = run["path"]
    return payload


def inputs_of(run: Row) -> dict[str, Any]:
    """Return the typed inputs of a dispatch, empty for other events."""
    inputs: dict[str, Any] = json.loads(run["inputs"])
    return inputs


def github_context(hub: Hub, run: Row) -> dict[str, Any]:
    """Return what is the same for every job of a run; the token and the job's own fields are added later."""
    repository = hub.store.get("repository", run["repository_id"])
    full_name = repository_path(hub, repository)
    payload = payload_of(hub, run)
    pull = payload.get("pull_request") if run["event"].startswith("pull_request") else None
    ref: str = run["ref"]
    return {
        "actor": login_of(hub, run["actor_id"]),
        "actor_id": str(run["actor_id"]),
        "api_url": hub.api,
        "base_ref": pull["base"]["ref"] if pull else "",
        "event": payload,
        "event_name": run["event"],
        "graphql_url": f"{hub.url}/api/graphql",
        "head_ref": pull["head"]["ref"] if pull else "",
        "ref": ref,
        "ref_name": _short(ref),
        "ref_protected": _is_protected(hub, run),
        "ref_type": "tag" if ref.startswith("refs/tags/") else "branch",
        "repository": full_name,
        "repository_id": str(repository["id"]),
        "repository_owner": full_name.partition("/")[0],
        "repository_owner_id": str(repository["owner_id"]),
        "repository_visibility": "private" if repository["private"] else "public",
        "repositoryUrl": f"{hub.url}/{full_name}.git",
        "retention_days": _RETENTION_DAYS,
        "run_attempt": str(run["attempt"]),
        "run_id": str(run["id"]),
        "run_number": str(run["number"]),
        "secret_source": "Actions" if run["trusted"] else "None",
        "server_url": hub.url,
        "sha": run["sha"],
        "triggering_actor": login_of(hub, run["triggering_actor_id"]),
        "workflow": run["name"],
        "workflow_ref": f"{full_name}/{run['path']}@{ref}",
        "workflow_sha": run["sha"],
    }


def github_variables(context: Mapping[str, Any]) -> dict[str, str]:
    """Return GITHUB_* for a step, as far as the context carries them."""
    return {
        f"GITHUB_{name.upper()}": _as_text(context[name])
        for name in _IN_ENVIRONMENT
        if name in context
    }


def _short(ref: str) -> str:
    for prefix in ("refs/heads/", "refs/tags/", "refs/pull/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return ref


def _is_protected(hub: Hub, run: Row) -> bool:
    branch = run["ref"].removeprefix("refs/heads/")
    found = hub.store.find("branch_protection", repository_id=run["repository_id"], branch=branch)
    return found is not None


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
