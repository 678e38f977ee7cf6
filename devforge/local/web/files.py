"""Files and directories of a commit, as Git has them."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.objects import TreeEntry, read_object, read_tree
from devforge.local.git.places import Place, entry_at, read_place
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.web.page import page

_SHOWN_BYTES = 300_000
_PAGES = {"blob": "blob", "tree": "tree"}


@route("GET", "/{owner}/{repo}/blob/{address:path}", surface="web")
@route("GET", "/{owner}/{repo}/tree/{address:path}", surface="web")
def show_place(call: Call) -> Answer:
    """A file line by line, each line with its anchor, or a directory as a list."""
    repository = call.repository()
    place = read_place(call.hub, repository["id"], call.place["address"])
    if place is None:
        raise not_found()
    if not place.path:
        return _directory(call, repository, place, place.tree)
    entry = entry_at(call.hub, repository["id"], place)
    if entry is None or entry.kind not in _PAGES:
        raise not_found()
    if entry.kind == "tree":
        return _directory(call, repository, place, entry.sha)
    return _file(call, repository, place, entry)


def _directory(call: Call, repository: Row, place: Place, tree: str) -> Answer:
    entries = read_tree(call.hub, repository["id"], tree)
    return page(
        "tree",
        repository=repository_path(call.hub, repository),
        ref=place.ref,
        path=place.path,
        parent=place.path.rpartition("/")[0],
        entries=[
            _line(place, entry)
            for entry in sorted(entries, key=lambda each: (each.kind != "tree", each.path))
        ],
    )


def _line(place: Place, entry: TreeEntry) -> dict[str, Any]:
    notes = {"tree": "directory", "commit": f"another repository's {entry.sha[:7]}"}
    link = " a symbolic link" if entry.mode == "120000" else ""
    return {
        "name": entry.path,
        "path": f"{place.path}/{entry.path}" if place.path else entry.path,
        "page": _PAGES.get(entry.kind),
        "note": notes.get(entry.kind, f"{entry.size} bytes{link}"),
    }


def _file(call: Call, repository: Row, place: Place, entry: TreeEntry) -> Answer:
    found = read_object(call.hub, repository["id"], entry.sha)
    content = found[1] if found else b""
    is_text = b"\0" not in content[:8_000]
    shown = content[:_SHOWN_BYTES].decode("utf-8", "replace")
    return page(
        "file",
        repository=repository_path(call.hub, repository),
        ref=place.ref,
        path=place.path,
        size=len(content),
        lines=shown.removesuffix("\n").split("\n") if is_text else None,
        cut=len(content) > _SHOWN_BYTES,
    )
