"""A workflow's own token may not change workflows: GitHub's guard against jobs that rewrite their rules."""

from __future__ import annotations

from devforge.local.git.repositories import EMPTY_TREE, ZERO
from devforge.local.hub import Actor, Hub
from devforge.local.store import Row

FOLDER = ".github/workflows"


def is_bound(actor: Actor) -> bool:
    """Tell whether the actor is one that may not change workflows."""
    return actor.token is not None and actor.token.kind == "workflow"


def refused_workflow(
    hub: Hub, repository: Row, before: str, after: str, actor: Actor
) -> str | None:
    """Return why a ref may not move so, or None. What the default branch has already may come along."""
    if not is_bound(actor) or after == ZERO:
        return None
    default = hub.git.resolve(repository["id"], "HEAD") or EMPTY_TREE
    base = default if before == ZERO else before
    # A new branch may leave workflows out: orphans such as gh-pages are pushed by jobs every day.
    changed = _changed(hub, repository, base, after, "AMT" if before == ZERO else "ADMT")
    if not changed or (default != base and not _changed(hub, repository, default, after)):
        return None
    return refusal(changed[0])


def refusal(path: str) -> str:
    """Return the words GitHub refuses with."""
    return (
        f"refusing to allow a GitHub App to create or update workflow `{path}` without "
        "`workflows` permission"
    )


def _changed(hub: Hub, repository: Row, old: str, new: str, kinds: str = "ADMT") -> list[str]:
    out = hub.git.run(
        repository["id"], "diff-tree", "-r", "--name-only", "-z", "--no-renames",
        f"--diff-filter={kinds}", old, new, "--", FOLDER,
    )  # fmt: skip
    return [path for path in out.decode("utf-8", "replace").split("\0") if path]
