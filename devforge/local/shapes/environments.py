"""Environments and their protection as the REST API shows them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import user_by_id
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row


def environment_shape(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return an environment with its rules."""
    path, name = repository_path(hub, repository), quote(row["name"], safe="")
    branches = row["branches"]
    return {
        "id": row["id"],
        "node_id": node_id("Environment", row["id"]),
        "name": row["name"],
        "url": f"{hub.api}/repos/{path}/environments/{name}",
        "html_url": f"{hub.url}/{path}/deployments/activity_log?environments_filter={name}",
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "can_admins_bypass": True,
        "protection_rules": _rules(hub, row),
        "deployment_branch_policy": None
        if branches == "all"
        else {
            "protected_branches": branches == "protected",
            "custom_branch_policies": branches == "custom",
        },
    }


def _rules(hub: Hub, row: Row) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    if row["wait_timer"]:
        rules.append({"type": "wait_timer", "wait_timer": row["wait_timer"]})
    if reviewers := json.loads(row["reviewers"]):
        shown = [{"type": "User", "reviewer": user_by_id(hub, each["id"])} for each in reviewers]
        self_review = bool(row["prevent_self_review"])
        rules.append(
            {"type": "required_reviewers", "prevent_self_review": self_review, "reviewers": shown}
        )
    if row["branches"] != "all":
        rules.append({"type": "branch_policy"})
    kinds = ("wait_timer", "required_reviewers", "branch_policy")
    return [{"id": id, "node_id": node_id("GateRule", id)} | rule
            for rule in rules for id in [row["id"] * 10 + kinds.index(rule["type"])]]  # fmt: skip


def branch_policy_shape(row: Row) -> dict[str, Any]:
    """Return one pattern of branches or tags."""
    return {
        "id": row["id"],
        "node_id": node_id("GateBranchPolicy", row["id"]),
        "name": row["name"],
        "type": row["type"],
    }
