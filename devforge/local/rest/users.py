"""Accounts: /user, /users/{login}, /user/{id}."""

from __future__ import annotations

from devforge.local.accounts import account_named
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.accounts import organization, private_user, public_user, simple_user
from devforge.local.store import Row


@route("GET", "/user")
def show_myself(call: Call) -> Answer:
    """Answer with the account the token belongs to."""
    return Answer(private_user(call.hub, call.actor.account))


@route("PATCH", "/user")
def change_myself(call: Call) -> Answer:
    """Change what an account says of itself."""
    account = call.actor.account
    fields = ("name", "email", "blog", "company", "location", "bio")
    changes = {name: call.text(name) for name in fields if call.has(name)}
    call.hub.store.update("account", account["id"], **changes, updated_at=call.hub.clock.stamp())
    return Answer(private_user(call.hub, call.hub.store.get("account", account["id"])))


@route("GET", "/users/{username}")
def show_user(call: Call) -> Answer:
    """Answer with the account that has this login now."""
    return Answer(public_user(call.hub, named_account(call)))


@route("GET", "/user/{account_id}")
def show_user_by_id(call: Call) -> Answer:
    """Answer with the account of this number, whatever its login is now."""
    account = call.hub.store.find("account", id=call.number("account_id"))
    if account is None or account["deleted_at"] is not None:
        raise not_found()
    return Answer(public_user(call.hub, account))


@route("GET", "/users")
def list_users(call: Call) -> Answer:
    """Answer with accounts in the order of their numbers, after `since`."""
    since = call.query.get("since", "0")
    rows = call.select(
        "SELECT * FROM account WHERE deleted_at IS NULL AND id > ? ORDER BY id",
        int(since) if since.isdigit() and len(since) < 19 else 0,
    )
    return Answer([simple_user(call.hub, row) for row in rows])


@route("GET", "/orgs/{org}")
def show_organization(call: Call) -> Answer:
    """Answer with an organization."""
    account = account_named(call.hub, call.place["org"])
    if account is None or account["kind"] != "Organization":
        raise not_found()
    return Answer(organization(call.hub, account))


def named_account(call: Call) -> Row:
    """Return the account that has the path's login now. Raises 404."""
    account = account_named(call.hub, call.place["username"])
    if account is None:
        raise not_found()
    return account
