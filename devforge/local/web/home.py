"""The first page, and an account's: which repositories there are."""

from __future__ import annotations

from typing import Any

from devforge.local.access import role_of
from devforge.local.accounts import account_named
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.web.page import page


@route("GET", "/", surface="web")
def show_home(call: Call) -> Answer:
    """Every repository that the caller may see, and every account."""
    rows = call.hub.store.all(
        "SELECT * FROM repository WHERE deleted_at IS NULL ORDER BY pushed_at DESC, id"
    )
    logins = call.hub.store.all("SELECT login FROM account WHERE deleted_at IS NULL ORDER BY id")
    accounts = [row["login"] for row in logins]
    return page("home", owner=None, repositories=_seen(call, rows), accounts=accounts)


@route("GET", "/{login}", surface="web")
def show_account(call: Call) -> Answer:
    """The page an account's `html_url` leads to."""
    return _account(call, call.place["login"])


@route("GET", "/apps/{slug}", surface="web")
def show_app(call: Call) -> Answer:
    """The page an app's `html_url` leads to: that of its account."""
    return _account(call, f"{call.place['slug']}[bot]")


def _account(call: Call, login: str) -> Answer:
    account = account_named(call.hub, login)
    if account is None:
        raise not_found()
    rows = call.hub.store.all(
        "SELECT * FROM repository WHERE owner_id = ? AND deleted_at IS NULL ORDER BY name",
        account["id"],
    )
    return page("home", owner=account["login"], repositories=_seen(call, rows), accounts=[])


def _seen(call: Call, rows: list[Row]) -> list[dict[str, Any]]:
    """Leave out what is private, unless the caller came with the token of somebody who has a role."""
    personal = call.token is not None and call.token.kind == "personal"
    account_id = call.account["id"] if personal and call.account else None
    return [
        {
            "path": repository_path(call.hub, row),
            "description": row["description"],
            "private": bool(row["private"]),
        }
        for row in rows
        if role_of(call.hub, account_id, row) != "none"
    ]
