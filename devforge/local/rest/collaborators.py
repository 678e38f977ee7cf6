"""Who works on a repository, and what each may do there."""

from __future__ import annotations

from typing import Any

from devforge.local.access import role_of
from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import invalid, needs_role, not_found
from devforge.local.rest.users import named_account
from devforge.local.routes import route
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.repositories import minimal_repository
from devforge.local.store import Row


@route("GET", "/repos/{owner}/{repo}/collaborators")
def list_collaborators(call: Call) -> Answer:
    """Answer with everybody who has a role of their own, owner included."""
    row = call.repository("write")
    accounts = call.select(
        "SELECT a.* FROM account a WHERE a.id = ? OR a.id IN"
        " (SELECT account_id FROM collaborator WHERE repository_id = ?) ORDER BY a.id",
        row["owner_id"],
        row["id"],
    )
    return Answer([_collaborator(call, row, account) for account in accounts])


def _collaborator(call: Call, repository: Row, account: Row) -> dict[str, Any]:
    shape = minimal_repository(call.hub, repository, account["id"])
    return simple_user(call.hub, account) | {
        "permissions": shape["permissions"],
        "role_name": role_of(call.hub, account["id"], repository),
    }


@route("GET", "/repos/{owner}/{repo}/collaborators/{username}")
def check_collaborator(call: Call) -> Answer:
    """Answer 204 for a collaborator and 404 for anybody else."""
    row, account = call.repository("write"), named_account(call)
    held = call.hub.store.find("collaborator", repository_id=row["id"], account_id=account["id"])
    if held is None and row["owner_id"] != account["id"]:
        raise not_found()
    return empty()


@route("PUT", "/repos/{owner}/{repo}/collaborators/{username}")
def add_collaborator(call: Call) -> Answer:
    """Give somebody a role. Here nobody has to accept an invitation first."""
    row, account = call.repository("admin"), named_account(call)
    asked = call.text("permission") or "push"
    role = {"pull": "read", "push": "write"}.get(asked, asked)
    if role not in ("read", "triage", "write", "maintain", "admin"):
        raise invalid("Collaborator", "permission", "invalid")
    call.hub.store.run(
        "INSERT INTO collaborator (repository_id, account_id, role) VALUES (?, ?, ?)"
        " ON CONFLICT (repository_id, account_id) DO UPDATE SET role = excluded.role",
        row["id"],
        account["id"],
        role,
    )
    return empty()


@route("DELETE", "/repos/{owner}/{repo}/collaborators/{username}")
def remove_collaborator(call: Call) -> Answer:
    """Take somebody's role away. People may always leave by themselves."""
    row, account = call.repository("read"), named_account(call)
    if call.actor.id != account["id"] and role_of(call.hub, call.actor.id, row) != "admin":
        raise needs_role("admin")
    call.hub.store.run(
        "DELETE FROM collaborator WHERE repository_id = ? AND account_id = ?",
        row["id"],
        account["id"],
    )
    return empty()


@route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission")
def show_permission(call: Call) -> Answer:
    """Answer with what somebody may do here."""
    row, account = call.repository(), named_account(call)
    role = role_of(call.hub, account["id"], row)
    level = {"triage": "read", "maintain": "write"}.get(role, role)
    user = _collaborator(call, row, account)
    return Answer({"permission": level, "role_name": role, "user": user})
