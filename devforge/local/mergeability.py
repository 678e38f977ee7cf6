"""Whether a pull request merges cleanly, found out once for each head and base."""

from __future__ import annotations

from devforge.local.git.merging import merged_tree
from devforge.local.git.objects import Signature, write_commit
from devforge.local.hub import Hub
from devforge.local.store import Row


def try_merge(hub: Hub, pull: Row) -> Row:
    """Try the merge unless this head and base were tried before; move `refs/pull/N/merge`.

    Return the pull request with what came of it.
    """
    tried = (pull["tested_head"], pull["tested_base"])
    if pull["merged"] or tried == (pull["head_sha"], pull["base_sha"]):
        return pull
    tree = merged_tree(hub, pull["repository_id"], pull["base_sha"], pull["head_sha"])
    commit = None
    if tree is not None:
        author = Signature("GitHub", "noreply@github.com", hub.clock.now().replace(microsecond=0))
        message = f"Merge {pull['head_sha']} into {pull['base_sha']}"
        parents = (pull["base_sha"], pull["head_sha"])
        commit = write_commit(hub, pull["repository_id"], tree, parents, message, author, author)
        point_pull_ref(hub, pull, "merge", commit)
    hub.store.update(
        "pull",
        pull["id"],
        tested_head=pull["head_sha"],
        tested_base=pull["base_sha"],
        mergeable=int(tree is not None),
        merge_commit_sha=commit,
    )
    return hub.store.get("pull", pull["id"])


def point_pull_ref(hub: Hub, pull: Row, which: str, sha: str) -> None:
    """Move `refs/pull/N/head` or `…/merge`; objects are there, the network of forks shares them."""
    name = f"refs/pull/{pull['number']}/{which}"
    # Without the repository's lock: whoever comes here may hold the store, which comes after it.
    hub.git.run(pull["repository_id"], "update-ref", name, sha)
