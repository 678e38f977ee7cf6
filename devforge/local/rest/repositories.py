"""Repositories: made, shown, listed, changed, forked, deleted; their topics."""

from __future__ import annotations

import json
import re
from typing import Any

from devforge.local.accounts import account_named
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.refusals import forbidden, invalid, not_found
from devforge.local.repositories import (
    create_repository,
    delete_repository,
    first_commit,
    fork_repository,
    rename_repository,
    set_default_branch,
    transfer_repository,
)
from devforge.local.routes import route
from devforge.local.shapes.repositories import SETTINGS, full_repository, minimal_repository
from devforge.local.store import Row, packed

_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}\Z")
_ORDERS = {"created": "r.created_at", "updated": "r.updated_at", "pushed": "r.pushed_at", "full_name": "r.name"}  # fmt: skip


def _viewer(call: Call) -> int | None:
    return None if call.account is None else int(call.account["id"])


@route("POST", "/user/repos")
def create_my_repository(call: Call) -> Answer:
    """Make a repository for the caller."""
    return _create(call, call.actor.account)


@route("POST", "/orgs/{org}/repos")
def create_organization_repository(call: Call) -> Answer:
    """Make a repository for an organization the caller administers."""
    organization = account_named(call.hub, call.place["org"])
    if organization is None or organization["kind"] != "Organization":
        raise not_found()
    role = call.hub.store.value(
        "SELECT role FROM membership WHERE organization_id = ? AND account_id = ?",
        organization["id"],
        call.actor.id,
    )
    if role is None:
        raise forbidden(
            "You need admin access to the organization before adding a repository to it."
        )
    return _create(call, organization)


def _create(call: Call, owner: Row) -> Answer:
    repository = create_repository(
        call.hub,
        owner,
        call.needed_text("name"),
        actor=call.actor,
        private=bool(call.flag("private")) or call.text("visibility") == "private",
        description=call.text("description"),
        homepage=call.text("homepage"),
        settings=_settings(call),
    )
    if call.flag("auto_init"):
        readme = f"# {repository['name']}\n{repository['description'] or ''}".encode()
        first_commit(call.hub, repository, call.actor, {"README.md": readme})
    return created(full_repository(call.hub, repository, call.actor.id))


def _settings(call: Call) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, default in SETTINGS.items():
        value = call.flag(name) if isinstance(default, bool) else call.text(name)
        if value is not None:
            told[name] = value
    return told


@route("GET", "/repos/{owner}/{repo}")
def show_repository(call: Call) -> Answer:
    """Answer with one repository."""
    return Answer(full_repository(call.hub, call.repository(), _viewer(call)))


@route("PATCH", "/repos/{owner}/{repo}")
def change_repository(call: Call) -> Answer:
    """Change a repository's name, words, settings or default branch."""
    row, store = call.repository("admin"), call.hub.store
    with store.transaction():
        if (name := call.text("name")) and name != row["name"]:
            rename_repository(call.hub, row, name)
        if branch := call.text("default_branch"):
            set_default_branch(call.hub, row, branch)
        changes: dict[str, Any] = {
            field: call.text(field) for field in ("description", "homepage") if call.has(field)
        }
        changes |= {
            field: int(value)
            for field in ("private", "archived")
            if (value := call.flag(field)) is not None
        }
        if visibility := call.text("visibility"):
            changes["private"] = int(visibility == "private")
        settings = packed(json.loads(row["settings"]) | _settings(call))
        store.update(
            "repository", row["id"], **changes, settings=settings, updated_at=call.hub.clock.stamp()
        )
        changed = store.get("repository", row["id"])
        call.emit("repository", changed, {"action": "edited", "changes": {}})
    return Answer(full_repository(call.hub, changed, _viewer(call)))


@route("DELETE", "/repos/{owner}/{repo}")
def remove_repository(call: Call) -> Answer:
    """Delete a repository."""
    row = call.repository("admin")
    call.emit("repository", row, {"action": "deleted"})
    delete_repository(call.hub, row)
    return empty()


@route("POST", "/repos/{owner}/{repo}/transfer")
def move_repository(call: Call) -> Answer:
    """Give a repository to another account."""
    row = call.repository("admin")
    owner = account_named(call.hub, call.needed_text("new_owner"))
    if owner is None:
        raise invalid("Repository", "new_owner", "invalid")
    transfer_repository(call.hub, row, owner)
    moved = call.hub.store.get("repository", row["id"])
    return Answer(minimal_repository(call.hub, moved), status=202)


@route("GET", "/user/repos")
def list_my_repositories(call: Call) -> Answer:
    """Answer with every repository the caller owns or works on."""
    rows = call.select(
        "SELECT DISTINCT r.* FROM repository r LEFT JOIN collaborator c"  # noqa: S608 - the words are ours
        " ON c.repository_id = r.id AND c.account_id = ?"
        " WHERE r.deleted_at IS NULL AND (r.owner_id = ? OR c.id IS NOT NULL)"
        f" ORDER BY {_order(call, 'full_name')}",
        call.actor.id,
        call.actor.id,
    )
    return Answer([full_repository(call.hub, row, call.actor.id) for row in rows])


@route("GET", "/users/{username}/repos")
def list_user_repositories(call: Call) -> Answer:
    """Answer with an account's public repositories."""
    return _list_of(call, call.place["username"])


@route("GET", "/orgs/{org}/repos")
def list_organization_repositories(call: Call) -> Answer:
    """Answer with an organization's repositories: to its members, the private ones too."""
    return _list_of(call, call.place["org"])


def _list_of(call: Call, login: str) -> Answer:
    owner = account_named(call.hub, login)
    if owner is None:
        raise not_found()
    rows = call.select(
        "SELECT r.* FROM repository r WHERE r.owner_id = ? AND (r.private = 0 OR r.owner_id IN"  # noqa: S608 - as above
        " (SELECT organization_id FROM membership WHERE account_id = ?))"
        f" AND r.deleted_at IS NULL ORDER BY {_order(call, 'full_name')}",
        owner["id"],
        _viewer(call),
    )
    return Answer([minimal_repository(call.hub, row, _viewer(call)) for row in rows])


def _order(call: Call, default: str) -> str:
    name = call.query.get("sort", default)
    falling = call.query.get("direction", "asc" if name == "full_name" else "desc") == "desc"
    return f"{_ORDERS.get(name, 'r.name')} {'DESC' if falling else 'ASC'}, r.id"


@route("POST", "/repos/{owner}/{repo}/forks")
def create_fork(call: Call) -> Answer:
    """Fork a repository into the caller's account or an organization."""
    parent, owner = call.repository(), call.actor.account
    if organization := call.text("organization"):
        found = account_named(call.hub, organization)
        if found is None:
            raise invalid("Fork", "organization", "invalid")
        owner = found
    fork = fork_repository(
        call.hub,
        parent,
        owner,
        actor=call.actor,
        name=call.text("name"),
        default_branch_only=bool(call.flag("default_branch_only")),
    )
    return Answer(full_repository(call.hub, fork, call.actor.id), status=202)


@route("GET", "/repos/{owner}/{repo}/forks")
def list_forks(call: Call) -> Answer:
    """Answer with a repository's forks, newest first."""
    rising = call.query.get("sort") == "oldest"
    rows = call.select(
        "SELECT * FROM repository WHERE parent_id = ? AND deleted_at IS NULL"  # noqa: S608 - as above
        f" ORDER BY id {'ASC' if rising else 'DESC'}",
        call.repository()["id"],
    )
    return Answer([minimal_repository(call.hub, row) for row in rows])


@route("GET", "/repos/{owner}/{repo}/topics")
def show_topics(call: Call) -> Answer:
    """Answer with a repository's topics."""
    return Answer({"names": json.loads(call.repository()["topics"])})


@route("PUT", "/repos/{owner}/{repo}/topics")
def replace_topics(call: Call) -> Answer:
    """Put other topics in the place of the repository's."""
    row, names = call.repository("admin"), call.texts("names") or []
    for name in names:
        if not _TOPIC.match(name):
            raise invalid("Repository", "names", "custom", f"{name!r} is not a topic")
    call.hub.store.update("repository", row["id"], topics=packed(sorted(set(names))))
    return Answer({"names": sorted(set(names))})
