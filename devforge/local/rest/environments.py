"""Environments: who must approve a job, how long it waits, from which branches it may run.

Source: docs.github.com, "REST API endpoints for deployment environments".
"""

from __future__ import annotations

import json
from typing import Any

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.environments import branch_policy_shape, environment_shape
from devforge.local.store import Row, packed

_WAIT_LIMIT_MINUTES = 43_200
_REVIEWERS_LIMIT = 6


@route("GET", "/repos/{owner}/{repo}/environments")
def list_environments(call: Call) -> Answer:
    """Every environment of the repository."""
    repository = call.repository()
    rows = call.select(
        "SELECT * FROM environment WHERE repository_id = ? ORDER BY id", repository["id"]
    )
    shown = [environment_shape(call.hub, repository, row) for row in rows]
    return Answer({"total_count": call.total, "environments": shown})


@route("GET", "/repos/{owner}/{repo}/environments/{environment}")
def get_environment(call: Call) -> Answer:
    """One environment with its protection rules."""
    repository = call.repository()
    return Answer(environment_shape(call.hub, repository, find_environment(call, repository)))


@route("PUT", "/repos/{owner}/{repo}/environments/{environment}")
def put_environment(call: Call) -> Answer:
    """Create an environment, or replace its protection: what is not given is taken away."""
    hub, repository = call.hub, call.repository("admin")
    columns = {
        "wait_timer": _wait_timer(call),
        "prevent_self_review": int(call.flag("prevent_self_review") or False),
        "reviewers": packed(_reviewers(call)),
        "branches": _branches(call),
        "updated_at": hub.clock.stamp(),
    }
    with hub.store.transaction():
        row = hub.store.find(
            "environment", repository_id=repository["id"], name=call.place["environment"]
        )
        if row is not None:
            id = int(row["id"])
            hub.store.update("environment", id, **columns)
        else:
            id = hub.store.insert(
                "environment",
                repository_id=repository["id"],
                name=call.place["environment"],
                created_at=columns["updated_at"],
                **columns,
            )
    return Answer(environment_shape(hub, repository, hub.store.get("environment", id)))


@route("DELETE", "/repos/{owner}/{repo}/environments/{environment}")
def delete_environment(call: Call) -> Answer:
    """Remove an environment with its secrets and variables."""
    hub, repository = call.hub, call.repository("admin")
    row = find_environment(call, repository)
    with hub.store.transaction():
        for kind in ("secret", "variable"):
            hub.store.run(f"DELETE FROM {kind} WHERE environment_id = ?", row["id"])  # noqa: S608
        hub.store.delete("environment", row["id"])
    return empty()


_POLICIES = "/repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies"


@route("GET", _POLICIES)
def list_branch_policies(call: Call) -> Answer:
    """The patterns of branches and tags that may deploy."""
    environment = find_environment(call, call.repository())
    rows = call.select(
        "SELECT * FROM branch_policy WHERE environment_id = ? ORDER BY id", environment["id"]
    )
    shown = [branch_policy_shape(row) for row in rows]
    return Answer({"total_count": call.total, "branch_policies": shown})


@route("POST", _POLICIES)
def create_branch_policy(call: Call) -> Answer:
    """Allow one more pattern. 404 unless the environment takes custom policies."""
    environment = find_environment(call, call.repository("admin"))
    if environment["branches"] != "custom":
        raise not_found()
    name, kind = call.needed_text("name"), call.text("type") or "branch"
    held = {"environment_id": environment["id"], "name": name, "type": kind}
    row = call.hub.store.find("branch_policy", **held)
    if row is None:
        id = call.hub.store.insert("branch_policy", **held)
        row = call.hub.store.get("branch_policy", id)
    return Answer(branch_policy_shape(row))


@route("GET", _POLICIES + "/{policy_id}")
def get_branch_policy(call: Call) -> Answer:
    """One pattern."""
    return Answer(branch_policy_shape(_policy(call, find_environment(call, call.repository()))))


@route("PUT", _POLICIES + "/{policy_id}")
def update_branch_policy(call: Call) -> Answer:
    """Change one pattern."""
    row = _policy(call, find_environment(call, call.repository("admin")))
    call.hub.store.update("branch_policy", row["id"], name=call.needed_text("name"))
    return Answer(branch_policy_shape(call.hub.store.get("branch_policy", row["id"])))


@route("DELETE", _POLICIES + "/{policy_id}")
def delete_branch_policy(call: Call) -> Answer:
    """Take one pattern away."""
    row = _policy(call, find_environment(call, call.repository("admin")))
    call.hub.store.delete("branch_policy", row["id"])
    return empty()


def find_environment(call: Call, repository: Row) -> Row:
    """Return the environment the path names. Raises 404."""
    row = call.hub.store.find(
        "environment", repository_id=repository["id"], name=call.place["environment"]
    )
    if row is None:
        raise not_found()
    return row


def _policy(call: Call, environment: Row) -> Row:
    row = call.hub.store.find(
        "branch_policy", id=call.number("policy_id"), environment_id=environment["id"]
    )
    if row is None:
        raise not_found()
    return row


def _wait_timer(call: Call) -> int:
    minutes = call.whole("wait_timer") or 0
    if not 0 <= minutes <= _WAIT_LIMIT_MINUTES:
        raise unprocessable(f"wait_timer must be between 0 and {_WAIT_LIMIT_MINUTES} minutes")
    return minutes


def _reviewers(call: Call) -> list[dict[str, Any]]:
    """Return the reviewers the body names, each of whom must exist."""
    named = call.body.get("reviewers") or []
    if not isinstance(named, list) or len(named) > _REVIEWERS_LIMIT:
        raise unprocessable(f"reviewers is a list of at most {_REVIEWERS_LIMIT} users or teams")
    reviewers = []
    for each in named:
        id = each.get("id") if isinstance(each, dict) else None
        account = call.hub.store.find("account", id=id) if isinstance(id, int) else None
        if account is None or each.get("type", "User") != "User":
            raise unprocessable(f"Failed to create the environment protection rule: {json.dumps(each)[:80]} is no user")  # fmt: skip
        reviewers.append({"type": "User", "id": id})
    return reviewers


def _branches(call: Call) -> str:
    """Return whether `all` branches may deploy, `protected` ones, or those `custom` policies name."""
    policy = call.record("deployment_branch_policy")
    if policy is None:
        return "all"
    protected, custom = policy.get("protected_branches"), policy.get("custom_branch_policies")
    if protected == custom or not isinstance(protected, bool) or not isinstance(custom, bool):
        raise unprocessable(
            "protected_branches and custom_branch_policies cannot have the same value"
        )
    return "protected" if protected else "custom"
