"""Rulesets: kept, shown, and enforced by pushes and merges. A rule we cannot enforce is refused.

Source: docs.github.com, "REST API endpoints for rules".
"""

from __future__ import annotations

import json
from typing import Any

from devforge.local import rulesets
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.hub import Actor
from devforge.local.nodes import node_id
from devforge.local.refusals import invalid, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.links import repository_api, repository_path, repository_web
from devforge.local.store import Row, packed

_TARGETS = ("branch", "tag")
_ENFORCEMENTS = ("disabled", "active", "evaluate")
_NEEDED: dict[str, tuple[str, ...]] = {
    "pull_request": (
        "dismiss_stale_reviews_on_push",
        "require_code_owner_review",
        "require_last_push_approval",
        "required_approving_review_count",
        "required_review_thread_resolution",
    ),
    "required_status_checks": (
        "required_status_checks",
        "strict_required_status_checks_policy",
    ),
}


@route("GET", "/repos/{owner}/{repo}/rulesets")
def list_rulesets(call: Call) -> Answer:
    """Every ruleset, without its rules."""
    repository = call.repository()
    rows = call.select(
        "SELECT * FROM ruleset WHERE repository_id = ? ORDER BY id", repository["id"]
    )
    return Answer([_brief(call, repository, row) for row in rows])


@route("POST", "/repos/{owner}/{repo}/rulesets")
def create_ruleset(call: Call) -> Answer:
    """Add a ruleset."""
    hub, repository = call.hub, call.repository("admin")
    columns = {"target": "branch"} | _columns(call)
    columns["name"] = call.needed_text("name")
    columns["enforcement"] = _one_of(call.needed_text("enforcement"), _ENFORCEMENTS, "enforcement")
    if hub.store.find("ruleset", repository_id=repository["id"], name=columns["name"]):
        raise invalid("RepositoryRuleset", "name", "custom", "Name must be unique")
    now = hub.clock.stamp()
    id = hub.store.insert(
        "ruleset", repository_id=repository["id"], created_at=now, updated_at=now, **columns
    )
    return created(_full(call, repository, hub.store.get("ruleset", id)))


@route("GET", "/repos/{owner}/{repo}/rulesets/{ruleset_id}")
def get_ruleset(call: Call) -> Answer:
    """One ruleset with its rules."""
    repository = call.repository()
    return Answer(_full(call, repository, _found(call, repository)))


@route("PUT", "/repos/{owner}/{repo}/rulesets/{ruleset_id}")
def update_ruleset(call: Call) -> Answer:
    """Change a ruleset: each part that is given is replaced whole."""
    hub, repository = call.hub, call.repository("admin")
    row = _found(call, repository)
    hub.store.update("ruleset", row["id"], **_columns(call), updated_at=hub.clock.stamp())
    return Answer(_full(call, repository, hub.store.get("ruleset", row["id"])))


@route("DELETE", "/repos/{owner}/{repo}/rulesets/{ruleset_id}")
def delete_ruleset(call: Call) -> Answer:
    """Remove a ruleset."""
    row = _found(call, call.repository("admin"))
    call.hub.store.delete("ruleset", row["id"])
    return empty()


@route("GET", "/repos/{owner}/{repo}/rules/branches/{branch:path}")
def rules_of_branch(call: Call) -> Answer:
    """The rules in force for a branch, which need not exist."""
    repository = call.repository()
    ref = f"refs/heads/{call.place['branch']}"
    rules = call.slice(rulesets.rules_for(call.hub, repository, ref))
    return Answer([_detailed(call, repository, rule) for rule in rules])


def _columns(call: Call) -> dict[str, Any]:
    """Return the columns that the body gives, each checked."""
    columns: dict[str, Any] = {}
    if (name := call.text("name")) is not None:
        columns["name"] = name
    if (target := call.text("target")) is not None:
        columns["target"] = _one_of(target, _TARGETS, "target")
    if (enforcement := call.text("enforcement")) is not None:
        columns["enforcement"] = _one_of(enforcement, _ENFORCEMENTS, "enforcement")
    if (conditions := call.record("conditions")) is not None:
        columns["conditions"] = packed(conditions)
    for name in ("bypass_actors", "rules"):
        if (listed := call.body.get(name)) is not None:
            columns[name] = packed(_checked(name, listed))
    return columns


def _checked(name: str, listed: Any) -> list[dict[str, Any]]:
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise unprocessable(f"Invalid request.\n\nFor 'properties/{name}', it is not an array.")
    for each in listed if name == "rules" else ():
        kind, given = each.get("type"), each.get("parameters") or {}
        if kind not in rulesets.ENFORCED:
            enforced = ", ".join(rulesets.ENFORCED)
            message = f"Invalid rule '{kind}': enforced here are {enforced}"
            raise invalid("RepositoryRuleset", "rules", "custom", message)
        missing = [field for field in _NEEDED.get(kind, ()) if field not in given]
        if missing:
            message = f"Invalid parameters for rule '{kind}': {', '.join(missing)} missing"
            raise invalid("RepositoryRuleset", "rules", "custom", message)
    return listed


def _found(call: Call, repository: Row) -> Row:
    row = call.hub.store.find(
        "ruleset", id=call.number("ruleset_id"), repository_id=repository["id"]
    )
    if row is None:
        raise not_found()
    return row


def _brief(call: Call, repository: Row, row: Row) -> dict[str, Any]:
    api, web = repository_api(call.hub, repository), repository_web(call.hub, repository)
    return {
        "id": row["id"],
        "name": row["name"],
        "target": row["target"],
        "source_type": "Repository",
        "source": repository_path(call.hub, repository),
        "enforcement": row["enforcement"],
        "node_id": node_id("RepositoryRuleset", row["id"]),
        "_links": {
            "self": {"href": f"{api}/rulesets/{row['id']}"},
            "html": {"href": f"{web}/rules/{row['id']}"},
        },
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _full(call: Call, repository: Row, row: Row) -> dict[str, Any]:
    shape = _brief(call, repository, row) | {
        "conditions": json.loads(row["conditions"]),
        "rules": json.loads(row["rules"]),
    }
    if call.account is not None:
        actor = Actor(call.account, call.token)
        always = rulesets.bypasses(call.hub, repository, row, actor, merging=False)
        merging = rulesets.bypasses(call.hub, repository, row, actor, merging=True)
        shape["bypass_actors"] = json.loads(row["bypass_actors"])
        shape["current_user_can_bypass"] = (
            "always" if always else "pull_requests_only" if merging else "never"
        )
    return shape


def _detailed(call: Call, repository: Row, rule: rulesets.ActiveRule) -> dict[str, Any]:
    parameters = {"parameters": rule.parameters} if rule.parameters else {}
    return {
        "type": rule.type,
        **parameters,
        "ruleset_source_type": "Repository",
        "ruleset_source": repository_path(call.hub, repository),
        "ruleset_id": rule.ruleset["id"],
    }


def _one_of(value: str, allowed: tuple[str, ...], name: str) -> str:
    if value not in allowed:
        raise unprocessable(
            f"Invalid request.\n\nFor 'properties/{name}', {value} is not a member of {list(allowed)}."
        )
    return value
