"""Merging a pull request: merge commit, squash or rebase, of exactly the head that was meant."""

from __future__ import annotations

from devforge.local.git.changes import changing
from devforge.local.git.merging import merged_tree, picked_tree
from devforge.local.git.moves import move_ref
from devforge.local.git.objects import Signature, read_commits, write_commit
from devforge.local.hub import Actor, Hub
from devforge.local.protection import merge_refusal
from devforge.local.refusals import ApiRefusal, conflict
from devforge.local.rulesets import refuse_merge
from devforge.local.shapes.links import login_of, repository_path
from devforge.local.shapes.repositories import settings_of
from devforge.local.store import Row

_SWITCHES = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}  # fmt: skip
_NAMES = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}


def merge_pull(
    hub: Hub,
    repository: Row,
    pull: Row,
    actor: Actor,
    *,
    method: str = "merge",
    sha: str | None = None,
    title: str | None = None,
    message: str | None = None,
) -> str:
    """Merge and return the new tip of the base branch.

    Raises:
        ApiRefusal: 409 where the head is not `sha` any more, 405 where it cannot be merged or a
            rule of the repository forbids it. Nothing has moved then.
    """
    with changing(hub, repository, actor):
        pull = hub.store.get("pull", pull["id"])
        _check(hub, repository, pull, actor, method, sha)
        commit = _merged(hub, repository, pull, actor, method, title, message)
        if commit is None:
            raise _not_allowed("Pull Request is not mergeable")
        # Written down first: whoever finds the base at this commit, even after a kill, knows why.
        hub.store.update("pull", pull["id"], intended_merge=commit)
        name = f"refs/heads/{pull['base_ref']}"
        move_ref(hub, repository, name, pull["base_sha"], commit, actor, ruled=False)
    return commit


def _not_allowed(message: str) -> ApiRefusal:
    return ApiRefusal(405, message)


def _check(
    hub: Hub, repository: Row, pull: Row, actor: Actor, method: str, sha: str | None
) -> None:
    issue = hub.store.get("issue", pull["issue_id"])
    if pull["merged"] or issue["state"] != "open":
        raise _not_allowed("Pull Request is not mergeable")
    if pull["draft"]:
        raise _not_allowed("Pull Request is still a draft")
    if sha is not None and sha != pull["head_sha"]:
        raise conflict("Head branch was modified. Review and try the merge again.")
    if method not in _SWITCHES:
        raise ApiRefusal(
            422, f"Invalid request.\n\n{method!r} is not one of merge, squash, rebase."
        )
    if not settings_of(repository)[_SWITCHES[method]]:
        raise _not_allowed(f"{_NAMES[method]} are not allowed on this repository.")
    reason = merge_refusal(hub, repository, pull, actor)
    reason = reason or refuse_merge(hub, repository, pull, method, actor)
    if reason is not None:
        raise _not_allowed(reason)


def _merged(
    hub: Hub,
    repository: Row,
    pull: Row,
    actor: Actor,
    method: str,
    title: str | None,
    message: str | None,
) -> str | None:
    if method == "rebase":
        return _rebased(hub, pull)
    base, head, id = pull["base_sha"], pull["head_sha"], repository["id"]
    tree = merged_tree(hub, id, base, head)
    if tree is None:
        return None
    words = _words(hub, repository, pull, method, title, message)
    who = Signature.of(hub, actor)
    committer = Signature("GitHub", "noreply@github.com", who.when)
    if method == "squash":
        author = Signature.of(hub, Actor(_author(hub, pull)))
        return write_commit(hub, id, tree, (base,), words, author, committer)
    return write_commit(hub, id, tree, (base, head), words, who, committer)


def _author(hub: Hub, pull: Row) -> Row:
    author = hub.store.get("account", hub.store.get("issue", pull["issue_id"])["author_id"])
    return (
        author
        if author["deleted_at"] is None
        else hub.store.find("account", login="ghost") or author
    )


def _words(
    hub: Hub, repository: Row, pull: Row, method: str, title: str | None, message: str | None
) -> str:
    issue = hub.store.get("issue", pull["issue_id"])
    if method == "squash":
        head = title or f"{issue['title']} (#{pull['number']})"
        rest = message if message is not None else _squashed(hub, repository, pull)
    else:
        owner = login_of(hub, pull["head_owner_id"])
        source = f"{owner}/{pull['head_ref']}"
        if pull["head_repository_id"] == repository["id"]:
            source = f"{repository_path(hub, repository).partition('/')[0]}/{pull['head_ref']}"
        head = title or f"Merge pull request #{pull['number']} from {source}"
        rest = message if message is not None else issue["title"]
    return f"{head}\n\n{rest}" if rest else head


def _squashed(hub: Hub, repository: Row, pull: Row) -> str:
    commits = read_commits(hub, repository["id"], commits_of(hub, pull))
    if len(commits) == 1:
        return commits[0].message.partition("\n")[2].strip()
    return "\n\n".join(f"* {commit.message.strip()}" for commit in commits)


def commits_of(hub: Hub, pull: Row) -> list[str]:
    """Return the pull request's own commits, oldest first."""
    span = f"{pull['base_sha']}..{pull['head_sha']}"
    key = ("commits", pull["repository_id"], span)
    return list(hub.git.kept(key, lambda: _listed(hub, pull["repository_id"], span)))


def _listed(hub: Hub, repository_id: int, span: str) -> list[str]:
    out = hub.git.run(repository_id, "rev-list", "--reverse", "--topo-order", span, "--")
    return out.decode().split()


def _rebased(hub: Hub, pull: Row) -> str | None:
    id, onto = pull["repository_id"], str(pull["base_sha"])
    when = hub.clock.now().replace(microsecond=0)
    committer = Signature("GitHub", "noreply@github.com", when)
    for commit in read_commits(hub, id, commits_of(hub, pull)):
        if len(commit.parents) != 1:
            return None
        tree = picked_tree(hub, id, onto, commit.sha, commit.parents[0])
        if tree is None:
            return None
        onto = write_commit(hub, id, tree, (onto,), commit.message, commit.author, committer)
    return onto
