"""The server's own controls at /_local: accounts, repositories, tokens, the clock, what it cost."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from devforge.local import ledger
from devforge.local.access import resolve
from devforge.local.accounts import (
    account_named,
    add_member,
    create_account,
    delete_account,
    rename_account,
)
from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.clock import stamp
from devforge.local.control import check_admin
from devforge.local.hub import Actor
from devforge.local.permissions import NAMES
from devforge.local.refusals import ApiRefusal, not_found, unprocessable
from devforge.local.repositories import (
    create_repository,
    delete_repository,
    first_commit,
    rename_repository,
)
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.tokens import create_personal_token

_LONGEST_WAIT_SECONDS = 600


@route("GET", "", surface="control")
def show_controls(call: Call) -> Answer:
    """Answer with where the server is and what may be done to it."""
    check_admin(call)
    hub = call.hub
    return Answer(
        {
            "server_url": hub.url,
            "api_url": hub.api,
            "graphql_url": f"{hub.url}/api/graphql",
            "data": str(hub.data),
            "now": hub.clock.stamp(),
            "idle": hub.idle,
            "controls": [
                "POST /_local/accounts {login, organization}",
                "PATCH /_local/accounts/{login} {login}",
                "DELETE /_local/accounts/{login}",
                "PUT /_local/organizations/{login}/members/{member} {role}",
                "POST /_local/accounts/{login}/tokens {permissions}",
                "POST /_local/repositories {full_name, private, auto_init}",
                "PATCH /_local/repositories/{owner}/{repo} {name}",
                "DELETE /_local/repositories/{owner}/{repo}",
                "POST /_local/clock {days, hours, minutes, seconds}",
                "GET /_local/idle?timeout=SECONDS",
                "GET /_local/requests?run=NUMBER",
                "GET, DELETE /_local/faults",
                "POST /_local/faults {kind, method, path, by, event, workflow, nth, times, seconds}",
            ],
        }
    )


@route("POST", "/accounts", surface="control")
def make_account(call: Call) -> Answer:
    """Make an account, with a personal token."""
    check_admin(call)
    kind = "Organization" if call.flag("organization") else "User"
    row = create_account(call.hub, call.needed_text("login"), kind=kind)
    return Answer(_account(row) | {"token": create_personal_token(call.hub.store, row["id"])}, 201)


def _account(row: Row) -> dict[str, Any]:
    return {"login": row["login"], "id": row["id"]}


def _named(call: Call, place: str = "login") -> Row:
    check_admin(call)
    row = account_named(call.hub, call.place[place])
    if row is None:
        raise ApiRefusal(404, f"There is no account {call.place[place]}")
    return row


@route("PATCH", "/accounts/{login}", surface="control")
def change_login(call: Call) -> Answer:
    """Rename an account; its old login is free at once."""
    row = _named(call)
    rename_account(call.hub, row, call.needed_text("login"))
    return Answer(_account(call.hub.store.get("account", row["id"])))


@route("DELETE", "/accounts/{login}", surface="control")
def remove_account(call: Call) -> Answer:
    """Delete an account with its repositories."""
    delete_account(call.hub, _named(call))
    return empty()


@route("POST", "/accounts/{login}/tokens", surface="control")
def make_token(call: Call) -> Answer:
    """Make a personal token; with `permissions`, a fine-grained one."""
    row, permissions = _named(call), call.record("permissions")
    for name, level in (permissions or {}).items():
        if name not in NAMES or level not in ("read", "write", "admin"):
            raise unprocessable(
                f"permissions: {name}: {level} is none; there are {', '.join(sorted(NAMES))}, "
                "each read or write"
            )
    return Answer({"token": create_personal_token(call.hub.store, row["id"], permissions)}, 201)


@route("PUT", "/organizations/{login}/members/{member}", surface="control")
def put_member(call: Call) -> Answer:
    """Put an account into an organization."""
    add_member(call.hub, _named(call), _named(call, "member"), call.text("role") or "member")
    return empty()


@route("POST", "/repositories", surface="control")
def make_repository(call: Call) -> Answer:
    """Make a repository, empty unless `auto_init`."""
    check_admin(call)
    login, _, name = call.needed_text("full_name").partition("/")
    owner = account_named(call.hub, login)
    if owner is None:
        raise unprocessable(f"There is no account {login}")
    actor = Actor(owner)
    row = create_repository(call.hub, owner, name, actor=actor, private=bool(call.flag("private")))
    if call.flag("auto_init"):
        first_commit(call.hub, row, actor, {"README.md": f"# {name}\n".encode()})
    return Answer(_repository(call, row), 201)


def _repository(call: Call, row: Row) -> dict[str, Any]:
    path = repository_path(call.hub, row)
    return {
        "full_name": path,
        "id": row["id"],
        "git_path": str(call.hub.git.path(row["id"])),
        "clone_url": f"{call.hub.url}/{path}.git",
    }


def _path_repository(call: Call) -> Row:
    check_admin(call)
    return resolve(call.hub, call.place["owner"], call.place["repo"])


@route("PATCH", "/repositories/{owner}/{repo}", surface="control")
def change_repository_name(call: Call) -> Answer:
    """Rename a repository; the old name redirects until it is taken."""
    row = _path_repository(call)
    rename_repository(call.hub, row, call.needed_text("name"))
    return Answer(_repository(call, call.hub.store.get("repository", row["id"])))


@route("DELETE", "/repositories/{owner}/{repo}", surface="control")
def remove_repository(call: Call) -> Answer:
    """Delete a repository."""
    delete_repository(call.hub, _path_repository(call))
    return empty()


@route("POST", "/clock", surface="control")
def advance_clock(call: Call) -> Answer:
    """Move the clock forward; what fell due meanwhile starts."""
    check_admin(call)
    units = ("days", "hours", "minutes", "seconds")
    span = timedelta(**{unit: call.whole(unit) or 0 for unit in units})
    if span < timedelta(0):
        raise unprocessable("The clock goes forward only")
    call.hub.clock.advance(span)
    return Answer({"now": stamp(call.hub.clock.now())})


@route("GET", "/idle", surface="control")
def wait_until_idle(call: Call) -> Answer:
    """Answer when nothing is at work any more, or after `timeout` seconds with `idle: false`."""
    check_admin(call)
    asked = call.query.get("timeout", "0")
    if not asked.isdigit():
        raise not_found()
    deadline = time.monotonic() + min(int(asked), _LONGEST_WAIT_SECONDS)
    while not call.hub.idle and time.monotonic() < deadline:
        time.sleep(0.02)
    return Answer({"idle": call.hub.idle})


@route("GET", "/requests", surface="control")
def show_requests(call: Call) -> Answer:
    """Answer with how many requests were made: by token, by workflow run, by route."""
    check_admin(call)
    run = call.query.get("run", "")
    by_route = ledger.counts_by_route(call.hub, int(run) if run.isdigit() else None)
    return Answer({"counts": ledger.counts(call.hub), "routes": by_route})
