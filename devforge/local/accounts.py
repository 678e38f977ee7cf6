"""Accounts: who there is. Numbers are for ever; logins can be renamed, freed and taken by others."""

from __future__ import annotations

import re

from devforge.local.hub import Hub
from devforge.local.refusals import invalid
from devforge.local.store import Row
from devforge.local.tokens import WORKFLOW_BOT

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}\Z")
# Names that are pages or surfaces of the server itself.
_RESERVED = frozenset(("api", "pages", "_local", "ghost", "avatars", "login", "settings", "orgs"))
_FIRST_IDS = ((WORKFLOW_BOT, "Bot", 41898282), ("ghost", "User", 10137))


def seed(hub: Hub) -> None:
    """Make the accounts every GitHub has: the one workflows act as, and the one deleted people become."""
    with hub.store.transaction():
        for login, kind, id in _FIRST_IDS:
            if hub.store.find("account", login=login) is None:
                now = hub.clock.stamp()
                hub.store.insert(
                    "account", id=id, login=login, kind=kind, created_at=now, updated_at=now
                )


def create_account(hub: Hub, login: str, *, kind: str = "User") -> Row:
    """Return a new account. Raises a 422 where the login is taken or not one GitHub allows."""
    _check(hub, login)
    now = hub.clock.stamp()
    id = hub.store.insert("account", login=login, kind=kind, created_at=now, updated_at=now)
    return hub.store.get("account", id)


def account_named(hub: Hub, login: str) -> Row | None:
    """Return the account that has this login now, or None."""
    return hub.store.one("SELECT * FROM account WHERE login = ? AND deleted_at IS NULL", login)


def rename_account(hub: Hub, account: Row, login: str) -> None:
    """Give an account another login. The old one is free at once; its repositories redirect."""
    if login.lower() != account["login"].lower():
        _check(hub, login)
    with hub.store.transaction():
        for repository in hub.store.all(
            "SELECT * FROM repository WHERE owner_id = ? AND deleted_at IS NULL", account["id"]
        ):
            hub.store.run(
                "INSERT OR REPLACE INTO redirect (owner, name, repository_id) VALUES (?, ?, ?)",
                account["login"],
                repository["name"],
                repository["id"],
            )
            hub.store.run(
                "DELETE FROM redirect WHERE owner = ? AND name = ?", login, repository["name"]
            )
        hub.store.update("account", account["id"], login=login, updated_at=hub.clock.stamp())


def delete_account(hub: Hub, account: Row) -> None:
    """Delete an account and its repositories. What it wrote stays and is the ghost's."""
    from devforge.local.repositories import delete_repository  # noqa: PLC0415 - they know accounts

    with hub.store.transaction():
        for repository in hub.store.all(
            "SELECT * FROM repository WHERE owner_id = ? AND deleted_at IS NULL", account["id"]
        ):
            delete_repository(hub, repository)
        now = hub.clock.stamp()
        hub.store.run("UPDATE token SET revoked_at = ? WHERE account_id = ?", now, account["id"])
        hub.store.run("DELETE FROM collaborator WHERE account_id = ?", account["id"])
        hub.store.update("account", account["id"], login=None, deleted_at=now, updated_at=now)


def add_member(hub: Hub, organization: Row, account: Row, role: str = "member") -> None:
    """Put an account into an organization, as `member` or `admin`."""
    hub.store.run(
        "INSERT OR REPLACE INTO membership (organization_id, account_id, role) VALUES (?, ?, ?)",
        organization["id"],
        account["id"],
        role,
    )


def _check(hub: Hub, login: str) -> None:
    if not _LOGIN.match(login) or login.lower() in _RESERVED:
        message = (
            f"{login!r} is not a login: up to 39 letters, digits and single hyphens between them"
        )
        raise invalid("User", "login", "invalid", message)
    if account_named(hub, login) is not None:
        raise invalid("User", "login", "already_exists", f"{login} is taken")
