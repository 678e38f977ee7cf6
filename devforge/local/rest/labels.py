"""A repository's labels and milestones."""

from __future__ import annotations

import re
from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.labels import label_named
from devforge.local.refusals import invalid, not_found
from devforge.local.routes import route
from devforge.local.shapes.issues import label as shape
from devforge.local.shapes.issues import milestone as milestone_shape
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


@route("GET", "/repos/{owner}/{repo}/milestones")
def list_milestones(call: Call) -> Answer:
    """Answer with a repository's milestones."""
    row, state = call.repository(), call.query.get("state", "open")
    rows = call.select(
        "SELECT * FROM milestone WHERE repository_id = ? AND (? = 'all' OR state = ?) ORDER BY id",
        row["id"],
        state,
        state,
    )
    return Answer([milestone_shape(call.hub, row, each) for each in rows])


@route("POST", "/repos/{owner}/{repo}/milestones")
def create_milestone(call: Call) -> Answer:
    """Make a milestone."""
    row, now = call.repository("write"), call.hub.clock.stamp()
    title = call.needed_text("title", limit=255)
    _refuse_title_taken(call, row, title)
    with call.hub.store.transaction():
        last = call.hub.store.value(
            "SELECT max(number) FROM milestone WHERE repository_id = ?", row["id"]
        )
        id = call.hub.store.insert(
            "milestone",
            repository_id=row["id"],
            number=(last or 0) + 1,
            title=title,
            description=call.text("description"),
            state=call.text("state") or "open",
            creator_id=call.actor.id,
            due_on=call.text("due_on"),
            created_at=now,
            updated_at=now,
        )
    return created(milestone_shape(call.hub, row, call.hub.store.get("milestone", id)))


def _refuse_title_taken(call: Call, repository: Row, title: str | None) -> None:
    if call.hub.store.find("milestone", repository_id=repository["id"], title=title) is not None:
        raise invalid("Milestone", "title", "already_exists")


def _path_milestone(call: Call, repository: Row) -> Row:
    row = call.hub.store.find(
        "milestone", repository_id=repository["id"], number=call.number("milestone_number")
    )
    if row is None:
        raise not_found()
    return row


@route("GET", "/repos/{owner}/{repo}/milestones/{milestone_number}")
def show_milestone(call: Call) -> Answer:
    """Answer with one milestone."""
    row = call.repository()
    return Answer(milestone_shape(call.hub, row, _path_milestone(call, row)))


@route("PATCH", "/repos/{owner}/{repo}/milestones/{milestone_number}")
def change_milestone(call: Call) -> Answer:
    """Change or close a milestone."""
    row = call.repository("write")
    milestone, now = _path_milestone(call, row), call.hub.clock.stamp()
    fields = ("title", "description", "due_on", "state")
    changes: dict[str, Any] = {name: call.text(name) for name in fields if call.has(name)}
    if changes.get("title", milestone["title"]) != milestone["title"]:
        _refuse_title_taken(call, row, changes["title"])
    if changes.get("state") not in (None, "open", "closed"):
        raise invalid("Milestone", "state", "invalid")
    if "state" in changes:
        changes["closed_at"] = now if changes["state"] == "closed" else None
    call.hub.store.update("milestone", milestone["id"], **changes, updated_at=now)
    changed = call.hub.store.get("milestone", milestone["id"])
    return Answer(milestone_shape(call.hub, row, changed))


@route("GET", "/repos/{owner}/{repo}/milestones/{milestone_number}/labels")
def list_milestone_labels(call: Call) -> Answer:
    """Answer with the labels of a milestone's issues."""
    row = call.repository()
    rows = call.select(
        "SELECT * FROM label WHERE id IN (SELECT il.label_id FROM issue_label il"
        " JOIN issue i ON i.id = il.issue_id WHERE i.milestone_id = ?) ORDER BY id",
        _path_milestone(call, row)["id"],
    )
    return Answer([shape(call.hub, row, each) for each in rows])


@route("DELETE", "/repos/{owner}/{repo}/milestones/{milestone_number}")
def delete_milestone(call: Call) -> Answer:
    """Delete a milestone; issues lose it."""
    row = call.repository("write")
    milestone = _path_milestone(call, row)
    with call.hub.store.transaction():
        call.hub.store.run(
            "UPDATE issue SET milestone_id = NULL WHERE milestone_id = ?", milestone["id"]
        )
        call.hub.store.delete("milestone", milestone["id"])
    return empty()
