"""Where in a repository an address of the web pages points: `<ref>/<path>`, both with slashes in them."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.git.objects import TreeEntry, read_tree
from devforge.local.hub import Hub


@dataclass(frozen=True, slots=True)
class Place:
    """A path, empty for the root, in the tree of a branch, tag or commit. Nothing need be there."""

    ref: str
    tree: str
    path: str


def read_place(hub: Hub, repository_id: int, address: str) -> Place | None:
    """Return what `<ref>/<path>` means: the ref is the longest one that the address begins with."""
    parts = address.rstrip("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return None
    names = hub.git.refs(repository_id, "refs/heads", "refs/tags")
    known = {name.removeprefix("refs/heads/").removeprefix("refs/tags/") for name in names}
    known |= names.keys()
    cuts = [cut for cut in range(len(parts), 1, -1) if "/".join(parts[:cut]) in known]
    for cut in [*cuts, 1]:
        ref = "/".join(parts[:cut])
        tree = hub.git.resolve(repository_id, ref, "tree")
        if tree is not None:
            return Place(ref, tree, "/".join(parts[cut:]))
    return None


def entry_at(hub: Hub, repository_id: int, place: Place) -> TreeEntry | None:
    """Return the file, link or directory at the place, or None; the root is no entry."""
    found = read_tree(hub, repository_id, place.tree, place.path) if place.path else []
    return found[0] if len(found) == 1 and found[0].path == place.path else None
