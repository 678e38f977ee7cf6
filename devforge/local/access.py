"""Who may see and do what in a repository: roles of people, permissions of tokens."""

from __future__ import annotations

from devforge.local.hub import Hub
from devforge.local.refusals import ApiRefusal, Moved, forbidden, needs_role, not_found
from devforge.local.store import Row
from devforge.local.tokens import Token

ROLES = ("none", "read", "triage", "write", "maintain", "admin")
PUBLIC_READS = frozenset(
    ("metadata", "contents", "issues", "pull_requests", "checks", "statuses", "actions",
     "deployments", "discussions")
)  # fmt: skip


def role_of(hub: Hub, account_id: int | None, repository: Row) -> str:
    """Return the account's role in the repository; None is somebody without an account."""
    least = "none" if repository["private"] else "read"
    if account_id is None:
        return least
    if repository["owner_id"] == account_id:
        return "admin"
    held = hub.store.value(
        "SELECT role FROM collaborator WHERE repository_id = ? AND account_id = ?",
        repository["id"],
        account_id,
    )
    member = hub.store.value(
        "SELECT role FROM membership WHERE organization_id = ? AND account_id = ?",
        repository["owner_id"],
        account_id,
    )
    by_membership = {"admin": "admin", "member": "read"}.get(member, "none")
    return max(least, held or "none", by_membership, key=ROLES.index)


def has_role(role: str, needed: str) -> bool:
    """Tell whether `role` includes everything `needed` may do."""
    return ROLES.index(role) >= ROLES.index(needed)


def resolve(hub: Hub, owner: str, name: str) -> Row:
    """Return the repository now at owner/name.

    Raises:
        Moved: it was renamed, and nobody has taken the old name.
        ApiRefusal: there is none (404).
    """
    row = hub.store.one(
        "SELECT r.* FROM repository r JOIN account a ON a.id = r.owner_id"
        " WHERE a.login = ? AND r.name = ? AND r.deleted_at IS NULL",
        owner,
        name,
    )
    if row is not None:
        return row
    moved = hub.store.value(
        "SELECT repository_id FROM redirect WHERE owner = ? AND name = ?", owner, name
    )
    if moved is None:
        raise not_found()
    raise Moved(moved)


def check_token(token: Token, repository: Row, permission: str) -> None:
    """Refuse a token that lacks the route's permission, in the words GitHub uses.

    `permission` is e.g. `issues:write`, alternatives separated by `|`, or `none`.
    """
    if permission == "none":
        return
    foreign = token.repository_id is not None and token.repository_id != repository["id"]
    for each in permission.split("|"):
        name, _, level = each.partition(":")
        if level == "read" and name in PUBLIC_READS and not repository["private"]:
            return
        if not foreign and token.may(name, level):
            return
    raise _not_accessible(token, permission)


def _not_accessible(token: Token, permission: str) -> ApiRefusal:
    kind = "integration" if token.kind == "workflow" else "personal access token"
    accepted = "; ".join(each.replace(":", "=") for each in permission.split("|"))
    headers = {"X-Accepted-GitHub-Permissions": accepted}
    return forbidden(f"Resource not accessible by {kind}", **headers)


def check_repository(
    hub: Hub, repository: Row, account_id: int | None, token: Token | None, role: str, needs: str
) -> None:
    """Refuse whoever may not act on `repository` in `role` through a route that needs `needs`."""
    workflow = token is not None and token.kind == "workflow"
    at_home = workflow and token is not None and token.repository_id == repository["id"]
    held = "admin" if at_home else role_of(hub, None if workflow else account_id, repository)
    if held == "none":
        raise not_found()
    if token is not None:
        check_token(token, repository, needs)
    if not has_role(held, role):
        raise needs_role(role)
