"""What everything that somebody wrote has in common: author, text, dates, what a viewer may do to it."""

from __future__ import annotations

from devforge.local.access import has_role, role_of
from devforge.local.graphql.registry import Arguments, columns, field
from devforge.local.graphql.things import Thing, account_thing
from devforge.local.graphql.view import View
from devforge.local.prose import render_prose, text_of
from devforge.local.shapes.issues import association
from devforge.local.store import Row

_DISCUSSED = "Discussion|DiscussionComment"
_PLAIN = "Issue|IssueComment"
_ALL = f"{_DISCUSSED}|{_PLAIN}|PullRequest"
_PERMISSIONS = {
    "Discussion": "discussions:write",
    "DiscussionComment": "discussions:write",
    "Issue": "issues:write",
    "IssueComment": "issues:write|pull_requests:write",
    "PullRequest": "pull_requests:write",
    "Release": "contents:write",
}

columns(
    f"{_DISCUSSED}|{_PLAIN}",
    createdAt="created_at",
    updatedAt="updated_at",
    publishedAt="created_at",
)
columns(f"{_ALL}|Release", databaseId="id")
columns(_DISCUSSED, lastEditedAt="edited_at")


def written(view: View, thing: Thing) -> Row:
    """Return the row that holds a thing's author and text: a pull request's is its issue."""
    if thing.kind == "PullRequest":
        return view.hub.store.get("issue", thing.row["issue_id"])
    row: Row = thing.row
    return row


def needs(thing: Thing) -> str:
    """Return the permission that changing a thing takes."""
    return _PERMISSIONS[thing.kind]


def may_change(view: View, thing: Thing) -> bool:
    """Tell whether the viewer wrote it, or may triage the repository; a workflow needs permission."""
    repository = view.home_of(thing)
    if view.by_workflow:
        return view.may(repository, needs(thing))
    is_author = written(view, thing)["author_id"] == view.actor.id
    return is_author or has_role(role_of(view.hub, view.actor.id, repository), "triage")


@field(f"{_ALL}|Release", "id")
def node_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return thing.node_id


@field(_ALL, "author")
def author(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who wrote it; nobody once the account is deleted."""
    return account_thing(view.hub, written(view, thing)["author_id"])


@field(_ALL, "authorAssociation")
def author_association(thing: Thing, view: View, _arguments: Arguments) -> str:
    """How the author stands to the repository."""
    return association(view.hub, view.home_of(thing), written(view, thing)["author_id"])


@field(_ALL, "body")
def body(thing: Thing, view: View, _arguments: Arguments) -> str:
    """The text as it was written."""
    return written(view, thing)["body"] or ""


@field(_ALL, "bodyText")
def body_text(thing: Thing, view: View, _arguments: Arguments) -> str:
    """The text without markup."""
    return text_of(written(view, thing)["body"] or "")


@field(_ALL, "bodyHTML")
def body_html(thing: Thing, view: View, _arguments: Arguments) -> str:
    """The text rendered."""
    return str(render_prose(written(view, thing)["body"]))


@field(_DISCUSSED, "editor")
def editor(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who edited it last."""
    return account_thing(view.hub, thing.row["editor_id"])


@field(f"{_PLAIN}|PullRequest", "editor", "lastEditedAt")
def not_noted(_thing: Thing, _view: View, _arguments: Arguments) -> None:
    """Issues' edits are not noted here, so nobody is said to have made one."""
    return


@field("PullRequest", "createdAt", "publishedAt")
def created_at(thing: Thing, view: View, _arguments: Arguments) -> str:
    """When it was opened."""
    return str(written(view, thing)["created_at"])


@field("PullRequest", "updatedAt")
def updated_at(thing: Thing, view: View, _arguments: Arguments) -> str:
    """When it changed last."""
    return str(written(view, thing)["updated_at"])


@field(_ALL, "viewerDidAuthor")
def viewer_did_author(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether the viewer wrote it."""
    return bool(written(view, thing)["author_id"] == view.actor.id)


@field(_ALL, "viewerCanUpdate")
def viewer_can_update(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether the viewer may change it."""
    return may_change(view, thing)


@field(f"{_DISCUSSED}|{_PLAIN}", "viewerCanDelete")
def viewer_can_delete(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether the viewer may delete it. Issues are deleted by admins alone."""
    if thing.kind == "Issue":
        return not view.by_workflow and view.may(view.home_of(thing), "issues:write", "admin")
    return may_change(view, thing)


@field("DiscussionComment|IssueComment", "isMinimized")
def is_minimized(thing: Thing, view: View, arguments: Arguments) -> bool:
    """Whether it is folded away."""
    return minimized_reason(thing, view, arguments) is not None


@field("DiscussionComment|IssueComment", "minimizedReason")
def minimized_reason(thing: Thing, view: View, _arguments: Arguments) -> str | None:
    """Why it is folded away, e.g. `outdated`."""
    row = view.hub.store.find("minimized", subject=thing.kind, subject_id=thing.id)
    return None if row is None else str(row["reason"]).lower().replace("_", "-")


@field("Discussion|Issue|IssueComment|PullRequest|DiscussionCategory|Label", "repository")
def repository(thing: Thing, view: View, _arguments: Arguments) -> Thing:
    """Where it belongs."""
    return Thing("Repository", view.home_of(thing))
