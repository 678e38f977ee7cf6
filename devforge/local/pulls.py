"""Pull requests: opened, and kept in step with their branches."""

from __future__ import annotations

from typing import Any

from devforge.local.git.changes import RefMove, is_ancestor
from devforge.local.git.merging import merge_base
from devforge.local.git.repositories import ZERO
from devforge.local.hub import Actor, Hub
from devforge.local.issues import close_issue, open_issue, touch
from devforge.local.mergeability import point_pull_ref, try_merge
from devforge.local.refusals import ApiRefusal, forbidden, invalid
from devforge.local.settings import read_setting
from devforge.local.shapes.pulls import full_pull
from devforge.local.store import Row


def attach(hub: Hub) -> None:
    """Keep pull requests in step with every branch that moves."""
    hub.ref_followers.append(lambda row, move, actor: follow(hub, row, move, actor))


def open_pull(
    hub: Hub,
    repository: Row,
    *,
    title: str,
    body: str | None,
    head: str,
    base: str,
    actor: Actor,
    draft: bool = False,
    maintainer_can_modify: bool = True,
    head_repository: str | None = None,
) -> Row:
    """Return a new pull request from `head` (`branch` or `owner:branch`) into the branch `base`."""
    check_actions_may(hub, repository, actor)
    source, branch = _head(hub, repository, head, head_repository)
    head_sha = None if source is None else hub.git.resolve(source["id"], f"refs/heads/{branch}")
    if source is None or head_sha is None:
        raise invalid("PullRequest", "head", "invalid")
    base_sha = hub.git.resolve(repository["id"], f"refs/heads/{base}")
    if base_sha is None:
        raise invalid("PullRequest", "base", "invalid")
    _check_new(hub, repository, source, branch, base, (base_sha, head_sha))
    with hub.store.transaction():
        issue = open_issue(hub, repository, title, body, actor, is_pull=True)
        id = hub.store.insert(
            "pull",
            issue_id=issue["id"],
            repository_id=repository["id"],
            number=issue["number"],
            head_repository_id=source["id"],
            head_owner_id=source["owner_id"],
            head_ref=branch,
            head_sha=head_sha,
            base_ref=base,
            base_sha=base_sha,
            draft=int(draft),
            maintainer_can_modify=int(maintainer_can_modify and source["id"] != repository["id"]),
        )
    point_pull_ref(hub, hub.store.get("pull", id), "head", head_sha)
    tested = try_merge(hub, hub.store.get("pull", id))
    announce(hub, tested, "opened", actor)
    return tested


def check_actions_may(hub: Hub, repository: Row, actor: Actor) -> None:
    """Refuse a workflow that opens or approves pull requests where the repository has that off."""
    if actor.token is None or actor.token.kind != "workflow":
        return
    allowed = read_setting(hub, repository["id"], "workflow_permissions")
    if not allowed["can_approve_pull_request_reviews"]:
        raise forbidden("GitHub Actions is not permitted to create or approve pull requests.")


def _head(
    hub: Hub, repository: Row, head: str, head_repository: str | None
) -> tuple[Row | None, str]:
    owner, colon, branch = head.partition(":")
    if not colon:
        owner, branch = "", head
    if not owner:
        return repository, branch
    network = repository["source_id"] or repository["id"]
    rows = hub.store.all(
        "SELECT r.* FROM repository r JOIN account a ON a.id = r.owner_id WHERE a.login = ?"
        " AND r.deleted_at IS NULL AND (r.source_id = ? OR r.id = ?) ORDER BY r.id = ? DESC, r.id",
        owner,
        network,
        network,
        repository["id"],
    )
    named = [row for row in rows if head_repository in (None, row["name"])]
    return (named[0] if named else None), branch


def _check_new(
    hub: Hub, repository: Row, source: Row, branch: str, base: str, tips: tuple[str, str]
) -> None:
    there = hub.store.one(
        "SELECT p.id FROM pull p JOIN issue i ON i.id = p.issue_id WHERE p.repository_id = ?"
        " AND p.head_repository_id = ? AND p.head_ref = ? AND p.base_ref = ? AND i.state = 'open'",
        repository["id"],
        source["id"],
        branch,
        base,
    )
    if there is not None:
        owner = hub.store.get("account", source["owner_id"])["login"]
        raise _custom(f"A pull request already exists for {owner}:{branch}.")
    base_sha, head_sha = tips
    if is_ancestor(hub, repository["id"], head_sha, base_sha):
        raise _custom(f"No commits between {base} and {branch}")
    if merge_base(hub, repository["id"], base_sha, head_sha) is None:
        raise _custom(f"The {branch} branch has no history in common with {base}")


def _custom(message: str) -> ApiRefusal:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return ApiRefusal(422, "Validation Failed", errors=[error])


def pull_numbered(hub: Hub, repository: Row, number: int) -> Row | None:
    """Return the pull request of this number, or None."""
    return hub.store.find("pull", repository_id=repository["id"], number=number)


def announce(hub: Hub, pull: Row, action: str, actor: Actor, **more: Any) -> None:
    """Tell subscribers what happened to a pull request."""
    repository = hub.store.get("repository", pull["repository_id"])
    told = {"action": action, "number": pull["number"], "pull_request": full_pull(hub, pull)}
    hub.emit("pull_request", repository, told | more, actor)


def follow(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> None:
    """Bring pull requests up to date with a branch that moved: its own, and those into it."""
    if move.branch is None:
        return
    for pull in _open_pulls(hub, "p.head_repository_id = ? AND p.head_ref = ?", repository, move):
        _follow_head(hub, pull, move, actor)
    if move.after != ZERO:
        for pull in _open_pulls(hub, "p.repository_id = ? AND p.base_ref = ?", repository, move):
            _follow_base(hub, pull, move, actor)


def _open_pulls(hub: Hub, where: str, repository: Row, move: RefMove) -> list[Row]:
    return hub.store.all(
        "SELECT p.* FROM pull p JOIN issue i ON i.id = p.issue_id"  # noqa: S608 - the words are ours
        f" WHERE i.state = 'open' AND {where} ORDER BY p.id",
        repository["id"],
        move.branch,
    )


def _follow_head(hub: Hub, pull: Row, move: RefMove, actor: Actor) -> None:
    if move.after == ZERO:
        close_issue(hub, hub.store.get("issue", pull["issue_id"]), actor)
        announce(hub, hub.store.get("pull", pull["id"]), "closed", actor)
        return
    hub.store.update("pull", pull["id"], head_sha=move.after)
    touch(hub, pull["issue_id"])
    point_pull_ref(hub, pull, "head", move.after)
    tested = try_merge(hub, hub.store.get("pull", pull["id"]))
    announce(hub, tested, "synchronize", actor, before=move.before, after=move.after)


def _follow_base(hub: Hub, pull: Row, move: RefMove, actor: Actor) -> None:
    """Note where the base is now. A pull request whose merge that was, or whose head is in it, is merged."""
    if move.after == pull["intended_merge"] or is_ancestor(
        hub, pull["repository_id"], pull["head_sha"], move.after
    ):
        _mark_merged(hub, pull, move.after, actor)
    else:
        hub.store.update("pull", pull["id"], base_sha=move.after)


def _mark_merged(hub: Hub, pull: Row, commit: str, actor: Actor) -> None:
    """Write down that a pull request is merged, close it and say so."""
    with hub.store.transaction():
        hub.store.update(
            "pull",
            pull["id"],
            merged=1,
            merged_at=hub.clock.stamp(),
            merged_by=actor.id,
            merge_commit_sha=commit,
            auto_merge=None,
        )
        close_issue(hub, hub.store.get("issue", pull["issue_id"]), actor)
        announce(hub, hub.store.get("pull", pull["id"]), "closed", actor)
