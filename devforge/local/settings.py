"""A repository's switches beside those in its own row, each with what a new repository has."""

from __future__ import annotations

import json
from typing import Any

from devforge.local.hub import Hub
from devforge.local.store import packed

DEFAULTS: dict[str, Any] = {
    "actions_permissions": {
        "enabled": True,
        "allowed_actions": "all",
        "sha_pinning_required": False,
    },
    "selected_actions": {
        "github_owned_allowed": True,
        "verified_allowed": False,
        "patterns_allowed": [],
    },
    "workflow_permissions": {
        "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": False,
    },
    "fork_pr_approval": {"approval_policy": "first_time_contributors"},
    "immutable_releases": False,
    "private_vulnerability_reporting": False,
    "vulnerability_alerts": False,
    "pages": None,
}


def read_setting(hub: Hub, repository_id: int, name: str) -> Any:
    """Return a switch as it stands now, or as a new repository has it."""
    row = hub.store.find("repository_setting", repository_id=repository_id, name=name)
    return DEFAULTS[name] if row is None else json.loads(row["value"])


def write_setting(hub: Hub, repository_id: int, name: str, value: Any) -> None:
    """Set a switch and leave the others alone."""
    if name not in DEFAULTS:
        raise KeyError(f"{name} is no setting; there are {', '.join(DEFAULTS)}")
    hub.store.run(
        "INSERT OR REPLACE INTO repository_setting (repository_id, name, value) VALUES (?, ?, ?)",
        repository_id,
        name,
        packed(value),
    )


def default_workflow_permissions(hub: Hub, repository_id: int) -> str:
    """Return `read` or `write`: what a workflow without `permissions` gets."""
    held: str = read_setting(hub, repository_id, "workflow_permissions")[
        "default_workflow_permissions"
    ]
    return held
