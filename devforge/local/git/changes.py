"""Ref changes: however a branch moves, the same things follow, also after a kill in between.

Before refs may move, what they were is written down; afterwards the difference is announced and
the note removed, in one transaction. A note found at start-up is settled the same way.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devforge.local.git.objects import email_of, read_commits
from devforge.local.git.repositories import ZERO
from devforge.local.hub import Actor, Hub
from devforge.local.shapes.links import repository_web
from devforge.local.store import Row, packed
from devforge.local.tokens import token_of

_log = logging.getLogger(__name__)
_PUBLIC = ("refs/heads", "refs/tags")
_MOST_COMMITS = 20


@dataclass(frozen=True, slots=True)
class RefMove:
    """One ref that moved; `before` or `after` is all zeros where it was made or deleted."""

    name: str
    before: str
    after: str

    @property
    def branch(self) -> str | None:
        """Return the branch's name, None for a tag."""
        return (
            self.name.removeprefix("refs/heads/") if self.name.startswith("refs/heads/") else None
        )


@contextmanager
def changing(hub: Hub, repository: Row, actor: Actor) -> Iterator[None]:
    """Hold the repository's lock while refs move inside; then announce how they moved.

    What moved is announced even when the inside raises: it did move. The lock comes before any
    transaction: two threads taking them in different orders would wait for each other for ever.
    """
    lock = hub.git.lock(repository["id"])
    if hub.store.in_transaction and not lock.is_mine:
        raise RuntimeError("take the repository's lock before the transaction that moves its refs")
    with lock:
        note = hub.store.insert(
            "ref_change",
            repository_id=repository["id"],
            actor_id=actor.id,
            token_id=None if actor.token is None else actor.token.id,
            refs_before=packed(hub.git.refs(repository["id"], *_PUBLIC)),
            created_at=hub.clock.stamp(),
        )
        try:
            yield
        finally:
            settle(hub, note)


def repair(hub: Hub) -> None:
    """Settle what a killed process left: stale lock files go, moved refs are announced."""
    for note in hub.store.all("SELECT * FROM ref_change ORDER BY id"):
        path = hub.git.path(note["repository_id"])
        for lock in _locks(path):
            _log.warning("removing %s, left by a process that was killed", lock)
            lock.unlink(missing_ok=True)
        settle(hub, note["id"])


def _locks(path: Path) -> list[Path]:
    return [*path.glob("*.lock"), *path.glob("refs/**/*.lock"), *path.glob("objects/**/*.lock")]


def settle(hub: Hub, note_id: int) -> None:
    """Announce every ref that moved since the note was written, and remove the note."""
    note = hub.store.get("ref_change", note_id)
    repository = hub.store.get("repository", note["repository_id"])
    actor = _actor(hub, note)
    moves = _moves(json.loads(note["refs_before"]), hub.git.refs(repository["id"], *_PUBLIC))
    with hub.store.transaction():
        hub.store.delete("ref_change", note_id)
        if moves:
            now = hub.clock.stamp()
            hub.store.update("repository", repository["id"], pushed_at=now, updated_at=now)
            _settle_head(hub, repository, moves)
        repository = hub.store.get("repository", repository["id"])
        for move in moves:
            _announce(hub, repository, move, actor)
            for follow in hub.ref_followers:
                follow(repository, move, actor)


def _actor(hub: Hub, note: Row) -> Actor:
    token = hub.store.find("token", id=note["token_id"]) if note["token_id"] else None
    account = hub.store.get("account", note["actor_id"])
    return Actor(account, None if token is None else token_of(token))


def _moves(before: dict[str, str], after: dict[str, str]) -> list[RefMove]:
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name, ZERO), after.get(name, ZERO)) for name in names)
    return [RefMove(*pair) for pair in pairs if pair[1] != pair[2]]


def _settle_head(hub: Hub, repository: Row, moves: list[RefMove]) -> None:
    """Make the first branch ever pushed the default, if the default does not exist."""
    branches = [m.branch for m in moves if m.branch and m.after != ZERO]
    if not branches or hub.git.resolve(repository["id"], "HEAD") is not None:
        return
    hub.git.run(repository["id"], "symbolic-ref", "HEAD", f"refs/heads/{branches[0]}")
    hub.store.update("repository", repository["id"], default_branch=branches[0])


def _announce(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> None:
    kind = "create" if move.before == ZERO else "delete" if move.after == ZERO else None
    if kind is not None:
        told: dict[str, Any] = {
            "ref": move.name.split("/", 2)[2],
            "ref_type": "branch" if move.branch else "tag",
            "pusher_type": "user",
        }
        if kind == "create":
            told |= {"master_branch": repository["default_branch"], "description": repository["description"]}  # fmt: skip
        hub.emit(kind, repository, told, actor)
    hub.emit("push", repository, _push(hub, repository, move, actor), actor)


def _push(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> dict[str, Any]:
    web, id = repository_web(hub, repository), repository["id"]
    deleted, made = move.after == ZERO, move.before == ZERO
    commits = [] if deleted else _commits(hub, repository, move)
    tip = None
    if not deleted:  # a tag may be an object of its own
        tip = move.after if move.branch else hub.git.resolve(id, move.after)
    told = _told(hub, repository, [*commits, *filter(None, [tip])])
    forced = not deleted and not made and not is_ancestor(hub, id, move.before, move.after)
    return {
        "ref": move.name,
        "before": move.before,
        "after": move.after,
        "created": made,
        "deleted": deleted,
        "forced": forced,
        "base_ref": None,
        "compare": f"{web}/compare/{move.before[:12]}...{move.after[:12]}",
        "commits": [told[sha] for sha in commits],
        "head_commit": told[tip] if tip else None,
        "pusher": {"name": actor.account["login"], "email": email_of(actor.account)},
    }


def _commits(hub: Hub, repository: Row, move: RefMove) -> list[str]:
    span = [move.after] if move.before == ZERO else [f"{move.before}..{move.after}"]
    if move.before == ZERO:
        base = hub.git.resolve(repository["id"], f"refs/heads/{repository['default_branch']}")
        if base is not None and move.branch != repository["default_branch"]:
            span = [f"{base}..{move.after}"]
    out = hub.git.run(
        repository["id"], "rev-list", "--reverse", f"--max-count={_MOST_COMMITS}", *span, "--",
        allowed=(0, 128),
    )  # fmt: skip
    return out.decode().split()


def _told(hub: Hub, repository: Row, shas: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what the payload of a push says of each commit, in two runs of git for all of them."""
    files = _files(hub, repository["id"], shas)
    return {
        commit.sha: {
            "id": commit.sha,
            "tree_id": commit.tree,
            "distinct": True,
            "message": commit.message.rstrip("\n"),
            "timestamp": commit.committer.iso,
            "url": f"{repository_web(hub, repository)}/commit/{commit.sha}",
            "author": {"name": commit.author.name, "email": commit.author.email},
            "committer": {"name": commit.committer.name, "email": commit.committer.email},
            "added": [path for mark, path in files[commit.sha] if mark == "A"],
            "removed": [path for mark, path in files[commit.sha] if mark == "D"],
            "modified": [path for mark, path in files[commit.sha] if mark not in "AD"],
        }
        for commit in read_commits(hub, repository["id"], shas)
    }


def _files(hub: Hub, repository_id: int, shas: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return what each commit changes: a letter and a path. Of a merge, nothing, as on GitHub."""
    if not shas:
        return {}
    listed = hub.git.run(
        repository_id, "diff-tree", "--stdin", "-r", "--root", "--name-status", "-z", "--no-renames",
        stdin="".join(f"{sha}\n" for sha in shas).encode(), allowed=(0, 128),
    ).decode("utf-8", "replace")  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {sha: [] for sha in shas}
    fields = iter(listed.split("\0"))
    sha = ""
    for field in fields:
        if field in found:
            sha = field
            found[sha] = []
        elif field:
            found[sha].append((field, next(fields)))
    return found


def is_ancestor(hub: Hub, repository_id: int, older: str, newer: str) -> bool:
    """Tell whether `older` is reachable from `newer`."""
    status, _ = hub.git.outcome(
        repository_id, "merge-base", "--is-ancestor", older, newer, allowed=(0, 1, 128)
    )
    return status == 0
