"""Issues and pull requests alike, their comments and labels; and how a repository lists them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from devforge.local.graphql.comments import written
from devforge.local.graphql.connections import connection
from devforge.local.graphql.refusals import not_found
from devforge.local.graphql.registry import Arguments, Resolver, columns, field, flags, page
from devforge.local.graphql.things import Thing, things
from devforge.local.graphql.view import View
from devforge.local.issues import labels_of
from devforge.local.labels import label_named
from devforge.local.shapes.discussions import discussion_labels
from devforge.local.shapes.links import repository_web
from devforge.local.store import Row

_BOTH = "Issue|PullRequest"
_ORDERS = {"CREATED_AT": "i.created_at", "UPDATED_AT": "i.updated_at", "COMMENTS": "comments"}
_REASONS = {"completed": "COMPLETED", "not_planned": "NOT_PLANNED", "reopened": "REOPENED",
            "duplicate": "DUPLICATE"}  # fmt: skip


def _of_issue(column: str) -> Resolver:
    return lambda thing, view, _arguments: written(view, thing)[column]


for _name, _column in {"number": "number", "title": "title", "closedAt": "closed_at"}.items():
    field(_BOTH, _name)(_of_issue(_column))


@field(_BOTH, "closed")
def closed(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether it is closed, by a merge too."""
    return bool(written(view, thing)["state"] == "closed")


@field(_BOTH, "locked")
def locked(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether strangers may no longer comment."""
    return bool(written(view, thing)["locked"])


@field(_BOTH, "activeLockReason")
def lock_reason(thing: Thing, view: View, _arguments: Arguments) -> str | None:
    """Why it was locked."""
    reason = written(view, thing)["lock_reason"]
    return None if reason is None else reason.upper().replace(" ", "_").replace("-", "_")


@field("Issue", "state")
def state(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """OPEN or CLOSED."""
    return str(thing.row["state"]).upper()


@field("Issue", "stateReason")
def state_reason(thing: Thing, _view: View, _arguments: Arguments) -> str | None:
    """Why it is in its state."""
    return _REASONS.get(thing.row["state_reason"])


@page(_BOTH)
def url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its page."""
    place = "pull" if thing.kind == "PullRequest" else "issues"
    number = written(view, thing)["number"]
    return f"{repository_web(view.hub, view.home_of(thing))}/{place}/{number}"


@field(_BOTH, "comments")
def comments(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Its comments, oldest first unless asked otherwise."""
    order = arguments.get("orderBy")
    by = f"updated_at {order['direction']}, id" if order else "id"
    rows = view.hub.store.all(
        f"SELECT * FROM comment WHERE issue_id = ? ORDER BY {by}",  # noqa: S608 - an enum's words
        written(view, thing)["id"],
    )
    return connection("comments", things("IssueComment", rows), arguments)


@field("Issue|PullRequest|Discussion", "labels")
def labels(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Its labels."""
    if thing.kind == "Discussion":
        rows = discussion_labels(view.hub, thing.id)
    else:
        rows = labels_of(view.hub, written(view, thing)["id"])
    return connection("labels", things("Label", _ordered(rows, arguments)), arguments)


def _ordered(rows: list[Row], arguments: Arguments) -> list[Row]:
    order = arguments.get("orderBy")
    if not order:
        return rows
    key = "name" if order["field"] == "NAME" else "id"
    return sorted(rows, key=lambda row: row[key], reverse=order["direction"] == "DESC")


@field("IssueComment", "issue")
def comment_issue(thing: Thing, view: View, _arguments: Arguments) -> Thing:
    """What it comments on."""
    return Thing("Issue", view.hub.store.get("issue", thing.row["issue_id"]))


@page("IssueComment")
def comment_url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its place on the page."""
    issue = view.hub.store.get("issue", thing.row["issue_id"])
    place = "pull" if issue["is_pull"] else "issues"
    web = repository_web(view.hub, view.home_of(thing))
    return f"{web}/{place}/{issue['number']}#issuecomment-{thing.id}"


columns("Label", color="color", description="description", name="name")
flags("Label", isDefault="is_default")


@field("Label", "id")
def label_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return thing.node_id


@field("Label", "createdAt", "updatedAt")
def label_date(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Labels are not dated here: they are as old as their repository."""
    return str(view.home_of(thing)["created_at"])


@page("Label")
def label_url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """The list of what carries it."""
    return f"{repository_web(view.hub, view.home_of(thing))}/labels/{quote(thing.row['name'])}"


@field("Repository", "label")
def repository_label(thing: Thing, view: View, arguments: Arguments) -> Thing | None:
    """A label by its name."""
    row = label_named(view.hub, thing.id, arguments["name"])
    return None if row is None else Thing("Label", row)


@field("Repository", "labels")
def repository_labels(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """The repository's labels, all or those in whose name or description a word stands."""
    rows = view.hub.store.all("SELECT * FROM label WHERE repository_id = ? ORDER BY id", thing.id)
    word = (arguments.get("query") or "").lower()
    fitting = [row for row in rows if word in f"{row['name']} {row['description']}".lower()]
    return connection("labels", things("Label", _ordered(fitting, arguments)), arguments)


@field("Repository", "issue")
def repository_issue(thing: Thing, view: View, arguments: Arguments) -> Thing:
    """An issue by its number; a pull request is none."""
    number = arguments["number"]
    row = view.hub.store.find("issue", repository_id=thing.id, number=number, is_pull=0)
    if row is None:
        raise not_found(f"Could not resolve to an Issue with the number of {number}.")
    return Thing("Issue", row)


@field("Repository", "issues")
def repository_issues(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """The repository's issues."""
    rows = listed(view, thing, arguments, is_pull=False)
    return connection("issues", things("Issue", rows), arguments)


def listed(view: View, thing: Thing, arguments: Arguments, *, is_pull: bool) -> list[Row]:
    """Return a repository's issues, or those of its pull requests, as the arguments choose."""
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    way = order["direction"]
    by = f"{_ORDERS[order['field']]} {way}, i.id {way}"
    rows = view.hub.store.all(
        "SELECT i.*, (SELECT count(*) FROM comment c WHERE c.issue_id = i.id) AS comments FROM issue i"  # noqa: S608 - an enum's words
        " WHERE repository_id = ? AND is_pull = ? ORDER BY " + by,
        thing.id,
        int(is_pull),
    )
    if not is_pull and arguments.get("states"):
        rows = [row for row in rows if row["state"].upper() in arguments["states"]]
    if wanted := {name.lower() for name in arguments.get("labels") or ()}:
        rows = [
            row
            for row in rows
            if wanted & {label["name"].lower() for label in labels_of(view.hub, row["id"])}
        ]
    return rows
