"""Repositories: made, forked, renamed, deleted; and which number comes next in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from devforge.local.git.changes import changing
from devforge.local.git.repositories import ZERO
from devforge.local.hub import Actor, Hub
from devforge.local.labels import seed_labels
from devforge.local.refusals import forbidden, invalid
from devforge.local.shapes.repositories import full_repository
from devforge.local.store import Row, packed

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")


def checked_name(hub: Hub, owner: Row, name: str) -> str:
    """Return `name` if the owner can have a repository of that name. Raises 422 otherwise."""
    if not _NAME.match(name) or name in (".", "..") or name.lower().endswith((".git", ".wiki")):
        raise invalid("Repository", "name", "custom", "name can only contain ASCII letters, digits, '.', '-' and '_'")  # fmt: skip
    taken = hub.store.one(
        "SELECT id FROM repository WHERE owner_id = ? AND name = ? AND deleted_at IS NULL",
        owner["id"],
        name,
    )
    if taken is not None:
        raise invalid("Repository", "name", "custom", "name already exists on this account")
    return name


def create_repository(
    hub: Hub,
    owner: Row,
    name: str,
    *,
    actor: Actor,
    private: bool = False,
    description: str | None = None,
    homepage: str | None = None,
    default_branch: str = "main",
    settings: Mapping[str, Any] | None = None,
    parent: Row | None = None,
) -> Row:
    """Return a new repository, empty unless `parent` says what it is a fork of."""
    checked_name(hub, owner, name)
    now = hub.clock.stamp()
    with hub.store.transaction():
        id = hub.store.insert(
            "repository",
            owner_id=owner["id"],
            name=name,
            description=description,
            homepage=homepage,
            private=int(private),
            parent_id=None if parent is None else parent["id"],
            source_id=None if parent is None else (parent["source_id"] or parent["id"]),
            default_branch=default_branch,
            settings=packed(dict(settings or {})),
            created_at=now,
            updated_at=now,
            pushed_at=now,
        )
        hub.store.run("DELETE FROM redirect WHERE owner = ? AND name = ?", owner["login"], name)
        if parent is None:
            hub.git.create(id, default_branch)
            seed_labels(hub, id)
        repository = hub.store.get("repository", id)
        hub.emit("repository", repository, {"action": "created"}, actor)
    return repository


def fork_repository(
    hub: Hub,
    parent: Row,
    owner: Row,
    *,
    actor: Actor,
    name: str | None = None,
    default_branch_only: bool = False,
) -> Row:
    """Return the owner's fork of `parent`; the one there is already, if there is one."""
    if parent["owner_id"] == owner["id"]:
        raise forbidden("You cannot fork your own repository.")
    source = parent["source_id"] or parent["id"]
    mine = hub.store.one(
        "SELECT * FROM repository WHERE owner_id = ? AND (source_id = ? OR id = ?)"
        " AND deleted_at IS NULL",
        owner["id"],
        source,
        source,
    )
    if mine is not None:
        return mine
    branch = parent["default_branch"]
    free = name or _free_name(hub, owner, parent["name"])
    with hub.store.transaction():
        fork = create_repository(
            hub,
            owner,
            free,
            actor=actor,
            private=bool(parent["private"]),
            description=parent["description"],
            default_branch=branch,
            settings={"has_issues": False},
            parent=parent,
        )
        only = branch if default_branch_only else None
        hub.git.fork(parent["id"], fork["id"], default_branch=branch, only=only)
        seed_labels(hub, fork["id"])
        hub.emit("fork", parent, {"forkee": full_repository(hub, fork)}, actor)
    return fork


def _free_name(hub: Hub, owner: Row, name: str) -> str:
    taken = {
        row["name"].lower()
        for row in hub.store.all(
            "SELECT name FROM repository WHERE owner_id = ? AND deleted_at IS NULL", owner["id"]
        )
    }
    free, turn = name, 0
    while free.lower() in taken:
        turn += 1
        free = f"{name}-{turn}"
    return free


def rename_repository(hub: Hub, repository: Row, name: str) -> None:
    """Give a repository another name; the old one redirects until somebody takes it."""
    owner = hub.store.get("account", repository["owner_id"])
    if name.lower() != repository["name"].lower():
        checked_name(hub, owner, name)
    with hub.store.transaction():
        hub.store.run(
            "INSERT OR REPLACE INTO redirect (owner, name, repository_id) VALUES (?, ?, ?)",
            owner["login"],
            repository["name"],
            repository["id"],
        )
        hub.store.run("DELETE FROM redirect WHERE owner = ? AND name = ?", owner["login"], name)
        hub.store.update("repository", repository["id"], name=name, updated_at=hub.clock.stamp())


def transfer_repository(hub: Hub, repository: Row, owner: Row) -> None:
    """Give a repository to another account; the old address redirects."""
    checked_name(hub, owner, repository["name"])
    old = hub.store.get("account", repository["owner_id"])
    with hub.store.transaction():
        hub.store.run(
            "INSERT OR REPLACE INTO redirect (owner, name, repository_id) VALUES (?, ?, ?)",
            old["login"],
            repository["name"],
            repository["id"],
        )
        hub.store.run(
            "DELETE FROM redirect WHERE owner = ? AND name = ?", owner["login"], repository["name"]
        )
        hub.store.update("repository", repository["id"], owner_id=owner["id"])


def delete_repository(hub: Hub, repository: Row) -> None:
    """Delete a repository. Its number is never used again and its redirects lead nowhere.

    Pull requests that came from it stay, without a head repository.
    """
    with hub.store.transaction():
        hub.store.run("DELETE FROM redirect WHERE repository_id = ?", repository["id"])
        hub.store.run(
            "UPDATE pull SET head_repository_id = NULL WHERE head_repository_id = ?",
            repository["id"],
        )
        hub.store.update("repository", repository["id"], deleted_at=hub.clock.stamp())
    network = hub.store.value(
        "SELECT count(*) FROM repository WHERE id != ? AND (source_id = ? OR id = ?)",
        repository["id"],
        repository["source_id"] or repository["id"],
        repository["source_id"] or repository["id"],
    )
    hub.git.remove(repository["id"], lent=bool(network))


def next_number(hub: Hub, repository_id: int) -> int:
    """Return the repository's next number; issues, pull requests and discussions share them."""
    with hub.store.transaction():
        hub.store.run(
            "UPDATE repository SET last_number = last_number + 1 WHERE id = ?", repository_id
        )
        return int(hub.store.get("repository", repository_id)["last_number"])


def set_default_branch(hub: Hub, repository: Row, branch: str) -> None:
    """Make another branch the default. Raises 422 where there is no such branch."""
    if hub.git.resolve(repository["id"], f"refs/heads/{branch}") is None:
        raise invalid(
            "Repository", "default_branch", "invalid", f"The branch {branch} was not found"
        )
    hub.git.run(repository["id"], "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    hub.store.update("repository", repository["id"], default_branch=branch)


def first_commit(hub: Hub, repository: Row, actor: Actor, files: Mapping[str, bytes]) -> str:
    """Commit `files` as the first commit of the default branch (`auto_init`); return its id."""
    from devforge.local.git.objects import Signature, write_commit, write_files  # noqa: PLC0415

    id = repository["id"]
    with changing(hub, repository, actor):
        tree = write_files(hub, id, None, files)
        author = Signature.of(hub, actor)
        commit = write_commit(hub, id, tree, (), "Initial commit", author, author)
        hub.git.update_refs(id, {f"refs/heads/{repository['default_branch']}": (ZERO, commit)})
    return commit
