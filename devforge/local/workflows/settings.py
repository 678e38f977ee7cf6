"""What the repository's settings say to its workflows: secrets, variables, environments, defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from devforge.local.hub import Hub
from devforge.local.secrets import values
from devforge.local.settings import default_workflow_permissions
from devforge.local.store import Row
from devforge.local.workflows.model import Level
from devforge.local.workflows.patterns import Filter
from devforge.local.workflows.permissions import repository_default


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands before a job that names an environment."""

    environment_id: int
    reviewers: tuple[int, ...]
    wait_minutes: int
    prevent_self_review: bool


def variables_of(hub: Hub, repository_id: int, environment: str | None) -> dict[str, str]:
    """Return the `vars` context."""
    return values(hub, "variable", repository_id, environment)


def secrets_of(hub: Hub, run: Row, environment: str | None) -> dict[str, str]:
    """Return the secrets a job of the run may have: none for a pull request from a fork."""
    return values(hub, "secret", run["repository_id"], environment) if run["trusted"] else {}


def token_levels(hub: Hub, run: Row, declared: Mapping[str, Level] | None) -> Mapping[str, Level]:
    """Return what a job's token may do: what is declared, else the repository's default.

    For a pull request from a fork it only reads, whatever is declared.
    """
    write = default_workflow_permissions(hub, run["repository_id"]) == "write"
    levels = repository_default(write=write) if declared is None else declared
    if run["trusted"]:
        return levels
    held = {scope for scope, level in levels.items() if level != "none" and scope != "id-token"}
    return dict.fromkeys(held, "read")


def gate_of(hub: Hub, repository_id: int, name: str) -> Gate:
    """Return the environment's gate; an environment nobody made is made now, without protection."""
    row = hub.store.find("environment", repository_id=repository_id, name=name)
    if row is None:
        now = hub.clock.stamp()
        id = hub.store.insert(
            "environment", repository_id=repository_id, name=name, created_at=now, updated_at=now
        )
        row = hub.store.get("environment", id)
    reviewers = tuple(int(each["id"]) for each in json.loads(row["reviewers"]))
    return Gate(row["id"], reviewers, row["wait_timer"], bool(row["prevent_self_review"]))


def may_deploy(hub: Hub, repository_id: int, name: str, ref: str) -> bool:
    """Say whether the environment's branch limits let a run at `ref` in."""
    row = hub.store.find("environment", repository_id=repository_id, name=name)
    if row is None or row["branches"] == "all":
        return True
    kind = "tag" if ref.startswith("refs/tags/") else "branch"
    short = ref.removeprefix("refs/tags/").removeprefix("refs/heads/")
    if row["branches"] == "protected":
        return (
            hub.store.find("branch_protection", repository_id=repository_id, branch=short)
            is not None
        )
    patterns = hub.store.all(
        "SELECT name FROM branch_policy WHERE environment_id = ? AND type = ?", row["id"], kind
    )
    return any(Filter((pattern["name"],)).accepts(short) for pattern in patterns)
