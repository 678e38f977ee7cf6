"""Discussions, as they are changed. Who may: their author, and who may triage the repository."""

from __future__ import annotations

from typing import Any

from devforge.local import discussions
from devforge.local.graphql.comments import may_change, needs
from devforge.local.graphql.refusals import refusal, unprocessable
from devforge.local.graphql.registry import Arguments, field, told
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View
from devforge.local.store import Row

_WRITE = "discussions:write"
_LONGEST_TITLE = 256
_LONGEST_BODY = 65536


@field("Mutation", "createDiscussion")
def create_discussion(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Open a discussion in a category."""
    given = arguments["input"]
    repository = view.node(given["repositoryId"], "Repository").row
    view.check(repository, _WRITE)
    if not discussions.are_enabled(repository):
        raise unprocessable("Discussions are disabled for this repository.")
    category = _category(view, repository, given["categoryId"])
    title, body = _title(given["title"]), _body(given["body"])
    row = discussions.open_discussion(view.hub, repository, category, title, body, view.actor)
    return told(given, discussion=Thing("Discussion", row))


@field("Mutation", "updateDiscussion")
def update_discussion(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Change a discussion's title, body or category; what is not given stays."""
    given = arguments["input"]
    thing = _changeable(view, given["discussionId"], "Discussion")
    changes: dict[str, Any] = {}
    if given.get("title") is not None:
        changes["title"] = _title(given["title"])
    if given.get("body") is not None:
        changes["body"] = _body(given["body"])
    if given.get("categoryId") is not None:
        changes["category_id"] = _category(view, view.home_of(thing), given["categoryId"])["id"]
    discussions.change_discussion(view.hub, thing.row, changes, view.actor)
    return told(given, discussion=view.fresh(thing))


@field("Mutation", "deleteDiscussion")
def delete_discussion(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Remove a discussion; what is answered is how it was."""
    given = arguments["input"]
    thing = _changeable(view, given["id"], "Discussion")
    discussions.delete_discussion(view.hub, thing.row, view.actor)
    return told(given, discussion=thing)


@field("Mutation", "closeDiscussion")
def close_discussion(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Close a discussion, as resolved unless another reason is given."""
    given = arguments["input"]
    thing = _changeable(view, given["discussionId"], "Discussion")
    if thing.row["closed_at"] is not None:
        raise unprocessable("Discussion is already closed")
    reason = given.get("reason") or "RESOLVED"
    discussions.close_discussion(view.hub, thing.row, reason, view.actor)
    return told(given, discussion=view.fresh(thing))


@field("Mutation", "reopenDiscussion")
def reopen_discussion(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Open a closed discussion again."""
    given = arguments["input"]
    thing = _changeable(view, given["discussionId"], "Discussion")
    if thing.row["closed_at"] is None:
        raise unprocessable("Discussion is already open")
    discussions.reopen_discussion(view.hub, thing.row, view.actor)
    return told(given, discussion=view.fresh(thing))


@field("Mutation", "addDiscussionComment")
def add_comment(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Say something in a discussion, or to a comment of it."""
    given = arguments["input"]
    thing = view.node(given["discussionId"], "Discussion")
    repository = view.home_of(thing)
    view.check(repository, _WRITE)
    if thing.row["locked"] and not view.pushes(repository):
        raise refusal("FORBIDDEN", "Discussion is locked")
    parent = _parent(view, thing, given.get("replyToId"))
    body = _body(given["body"])
    row = discussions.add_comment(view.hub, thing.row, body, parent, view.actor)
    return told(given, comment=Thing("DiscussionComment", row))


@field("Mutation", "updateDiscussionComment")
def update_comment(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Change what a comment says."""
    given = arguments["input"]
    thing = _changeable(view, given["commentId"], "DiscussionComment")
    discussions.change_comment(view.hub, thing.row, _body(given["body"]), view.actor)
    return told(given, comment=view.fresh(thing))


@field("Mutation", "deleteDiscussionComment")
def delete_comment(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Remove a comment; what is answered is how it was."""
    given = arguments["input"]
    thing = _changeable(view, given["id"], "DiscussionComment")
    discussions.delete_comment(view.hub, thing.row, view.actor)
    return told(given, comment=thing)


@field("Mutation", "markDiscussionCommentAsAnswer")
def mark_as_answer(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Choose the comment that answers, in place of any other."""
    given = arguments["input"]
    comment, discussion = _answerable(view, given["id"])
    if comment.row["parent_id"] is not None:
        raise unprocessable("Only top-level comments can be marked as an answer")
    if discussion.row["answer_id"] != comment.id:
        discussions.choose_answer(view.hub, discussion.row, comment.row, view.actor)
    return told(given, discussion=view.fresh(discussion))


@field("Mutation", "unmarkDiscussionCommentAsAnswer")
def unmark_as_answer(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Choose no answer any more."""
    given = arguments["input"]
    comment, discussion = _answerable(view, given["id"])
    if discussion.row["answer_id"] == comment.id:
        discussions.withdraw_answer(view.hub, discussion.row, comment.row, view.actor)
    return told(given, discussion=view.fresh(discussion))


def _changeable(view: View, id: str, kind: str) -> Thing:
    """Return what a node id names, if the caller may change it."""
    thing = view.node(id, kind)
    view.check(view.home_of(thing), needs(thing))
    if not may_change(view, thing):
        login = view.actor.account["login"]
        raise refusal("FORBIDDEN", f"{login} does not have permission to change this {kind}.")
    return thing


def _answerable(view: View, id: str) -> tuple[Thing, Thing]:
    comment = view.node(id, "DiscussionComment")
    row = view.hub.store.get("discussion", comment.row["discussion_id"])
    discussion = Thing("Discussion", row)
    _changeable(view, discussion.node_id, "Discussion")
    if not view.hub.store.get("discussion_category", row["category_id"])["is_answerable"]:
        raise unprocessable("This discussion's category does not accept answers")
    return comment, discussion


def _parent(view: View, discussion: Thing, id: str | None) -> Row | None:
    if id is None:
        return None
    parent = view.node(id, "DiscussionComment").row
    if parent["discussion_id"] != discussion.id:
        raise unprocessable("Parent comment is not in the same discussion")
    if parent["parent_id"] is not None:
        raise unprocessable("Parent comment is already in a thread, cannot reply to it")
    row: Row = parent
    return row


def _category(view: View, repository: Row, id: str) -> Row:
    row: Row = view.node(id, "DiscussionCategory").row
    if row["repository_id"] != repository["id"]:
        raise unprocessable("The category does not belong to the discussion's repository")
    return row


def _title(title: str) -> str:
    if not title.strip():
        raise unprocessable("Title can't be blank")
    if len(title) > _LONGEST_TITLE:
        raise unprocessable(f"Title is too long (maximum is {_LONGEST_TITLE} characters)")
    return title


def _body(body: str) -> str:
    if not body.strip():
        raise unprocessable("Body can't be blank")
    if len(body) > _LONGEST_BODY:
        raise unprocessable(f"Body is too long (maximum is {_LONGEST_BODY} characters)")
    return body
