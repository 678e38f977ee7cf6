"""A repository's labels."""

from __future__ import annotations

import re
from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.labels import label_named
from devforge.local.refusals import invalid, not_found
from devforge.local.routes import route
from devforge.local.shapes.issues import label as shape
from devforge.local.store import Row

_COLOR = re.compile(r"[0-9a-fA-F]{6}\Z")


@route("GET", "/repos/{owner}/{repo}/labels")
def list_labels(call: Call) -> Answer:
    """Answer with a repository's labels."""
    row = call.repository()
    rows = call.select("SELECT * FROM label WHERE repository_id = ? ORDER BY id", row["id"])
    return Answer([shape(call.hub, row, each) for each in rows])


@route("POST", "/repos/{owner}/{repo}/labels")
def create_label(call: Call) -> Answer:
    """Make a label."""
    row, name = call.repository("write"), call.needed_text("name")
    if not name.strip() or len(name) > 50:
        raise invalid("Label", "name", "invalid")
    if label_named(call.hub, row["id"], name) is not None:
        raise invalid("Label", "name", "already_exists")
    with call.hub.store.transaction():
        id = call.hub.store.insert(
            "label",
            repository_id=row["id"],
            name=name,
            color=_color(call) or "ededed",
            description=call.text("description", limit=100),
        )
        made = shape(call.hub, row, call.hub.store.get("label", id))
        call.emit("label", row, {"action": "created", "label": made})
    return created(made)


def _color(call: Call) -> str | None:
    color = call.text("color")
    if color is not None and not _COLOR.match(color):
        raise invalid("Label", "color", "invalid")
    return None if color is None else color.lower()


def _path_label(call: Call, repository: Row) -> Row:
    row = label_named(call.hub, repository["id"], call.place["name"])
    if row is None:
        raise not_found()
    return row


@route("GET", "/repos/{owner}/{repo}/labels/{name}")
def show_label(call: Call) -> Answer:
    """Answer with one label."""
    row = call.repository()
    return Answer(shape(call.hub, row, _path_label(call, row)))


@route("PATCH", "/repos/{owner}/{repo}/labels/{name}")
def change_label(call: Call) -> Answer:
    """Change a label's name, colour or description."""
    row = call.repository("write")
    label = _path_label(call, row)
    changes: dict[str, Any] = {}
    if new := call.text("new_name", limit=50) or call.text("name", limit=50):
        other = label_named(call.hub, row["id"], new)
        if other is not None and other["id"] != label["id"]:
            raise invalid("Label", "name", "already_exists")
        changes["name"] = new
    if color := _color(call):
        changes["color"] = color
    if call.has("description"):
        changes["description"] = call.text("description", limit=100)
    with call.hub.store.transaction():
        call.hub.store.update("label", label["id"], **changes)
        told = shape(call.hub, row, call.hub.store.get("label", label["id"]))
        call.emit("label", row, {"action": "edited", "label": told, "changes": {}})
    return Answer(told)


@route("DELETE", "/repos/{owner}/{repo}/labels/{name}")
def delete_label(call: Call) -> Answer:
    """Delete a label; it goes off every issue."""
    row = call.repository("write")
    label = _path_label(call, row)
    with call.hub.store.transaction():
        told = shape(call.hub, row, label)
        call.emit("label", row, {"action": "deleted", "label": told})
        call.hub.store.run("DELETE FROM issue_label WHERE label_id = ?", label["id"])
        call.hub.store.delete("label", label["id"])
    return empty()
