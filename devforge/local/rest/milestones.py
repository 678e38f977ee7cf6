"""A repository's milestones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.refusals import invalid, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.issues import label as label_shape
from devforge.local.shapes.issues import milestone as milestone_shape
from devforge.local.store import Row


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
            state=_state(call) or "open",
            creator_id=call.actor.id,
            due_on=_due(call),
            created_at=now,
            updated_at=now,
        )
    return created(milestone_shape(call.hub, row, call.hub.store.get("milestone", id)))


def _refuse_title_taken(call: Call, repository: Row, title: str | None) -> None:
    if call.hub.store.find("milestone", repository_id=repository["id"], title=title) is not None:
        raise invalid("Milestone", "title", "already_exists")


def _state(call: Call) -> str | None:
    state = call.text("state")
    if state not in (None, "open", "closed"):
        raise invalid("Milestone", "state", "invalid")
    return state


def _due(call: Call) -> str | None:
    day = call.text("due_on")
    try:
        if day is not None:
            datetime.fromisoformat(day)
    except ValueError as error:
        raise unprocessable(
            f"Invalid request.\n\nFor 'properties/due_on', {day!r} is not a valid date-time."
        ) from error
    return day


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
    _due(call)
    _state(call)
    changes: dict[str, Any] = {name: call.text(name) for name in fields if call.has(name)}
    if changes.get("title", milestone["title"]) != milestone["title"]:
        _refuse_title_taken(call, row, changes["title"])
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
    return Answer([label_shape(call.hub, row, each) for each in rows])


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
