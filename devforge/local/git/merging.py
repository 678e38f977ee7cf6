"""Merges by plumbing: a tree out of two commits, or the news that they conflict."""

from __future__ import annotations

from devforge.local.hub import Hub


def merge_base(hub: Hub, repository_id: int, one: str, other: str) -> str | None:
    """Return where two commits' histories parted, None if they have none in common."""
    key = ("merge-base", repository_id, one, other)
    return hub.git.kept(key, lambda: _merge_base(hub, repository_id, one, other))


def _merge_base(hub: Hub, repository_id: int, one: str, other: str) -> str | None:
    status, out = hub.git.outcome(repository_id, "merge-base", one, other, allowed=(0, 1, 128))
    return out.decode().split("\n")[0] if status == 0 else None


def merged_tree(hub: Hub, repository_id: int, ours: str, theirs: str) -> str | None:
    """Return the tree of merging two commits, None where they conflict or share no history."""
    status, out = hub.git.outcome(
        repository_id,
        "merge-tree",
        "--write-tree",
        "--no-messages",
        ours,
        theirs,
        allowed=(0, 1, 128),
    )
    return out.decode().split("\n")[0].split("\0")[0] if status == 0 else None


def picked_tree(hub: Hub, repository_id: int, onto: str, commit: str, parent: str) -> str | None:
    """Return the tree of putting `commit`'s change (against `parent`) onto another commit.

    Git 2.39 merges with a given base only in `merge-recursive`, which wants a work tree, so a
    commit is made whose parent is that base: merging with it merges exactly the change.
    """
    run = hub.git.run
    tree = run(repository_id, "rev-parse", f"{onto}^{{tree}}").decode().strip()
    variables = {
        "GIT_AUTHOR_NAME": "GitHub",
        "GIT_AUTHOR_EMAIL": "noreply@github.com",
        "GIT_AUTHOR_DATE": "@0 +0000",
        "GIT_COMMITTER_DATE": "@0 +0000",
    }
    stand_in = (
        run(repository_id, "commit-tree", tree, "-p", parent, "-m", "onto", variables=variables)
        .decode()
        .strip()
    )
    return merged_tree(hub, repository_id, stand_in, commit)
