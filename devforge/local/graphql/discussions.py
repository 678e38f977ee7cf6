"""Discussions, their categories and comments, as they are read."""

from __future__ import annotations

from typing import Any

from devforge.local.graphql.comments import may_change
from devforge.local.graphql.connections import connection
from devforge.local.graphql.refusals import no_node
from devforge.local.graphql.registry import Arguments, columns, field, flags, page
from devforge.local.graphql.things import Thing, account_thing, thing_of, things
from devforge.local.graphql.view import View
from devforge.local.nodes import read_node_id
from devforge.local.shapes.discussions import comment_url, discussion_url
from devforge.local.store import Row

_EMOJI = {
    ":ballot_box:": "🗳️",
    ":bulb:": "💡",
    ":mega:": "📣",
    ":pray:": "🙏",
    ":raised_hands:": "🙌",
    ":speech_balloon:": "💬",
}
_ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}

columns(
    "Discussion",
    answerChosenAt="answer_chosen_at",
    closedAt="closed_at",
    number="number",
    stateReason="state_reason",
    title="title",
)
flags("Discussion", closed="closed_at", locked="locked")
columns("DiscussionComment", deletedAt="deleted_at")
columns(
    "DiscussionCategory",
    createdAt="created_at",
    description="description",
    emoji="emoji",
    name="name",
    slug="slug",
    updatedAt="updated_at",
)
flags("DiscussionCategory", isAnswerable="is_answerable")


@field("DiscussionCategory", "id")
def category_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return thing.node_id


@field("DiscussionCategory", "emojiHTML")
def category_emoji(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The emoji as a browser shows it."""
    return f"<div>{_EMOJI.get(thing.row['emoji'], thing.row['emoji'])}</div>"


@field("Repository", "discussions")
def all_discussions(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """The repository's discussions, those changed last first unless another order is asked for."""
    order = arguments.get("orderBy") or {"field": "UPDATED_AT", "direction": "DESC"}
    rows = view.hub.store.all(
        f"SELECT * FROM discussion WHERE repository_id = ? ORDER BY {_ORDERS[order['field']]}"  # noqa: S608
        f" {order['direction']}, id {order['direction']}",
        thing.id,
    )
    chosen = [row for row in rows if _is_wanted(row, arguments)]
    return connection("discussions", things("Discussion", chosen), arguments)


def _is_wanted(row: Row, arguments: Arguments) -> bool:
    answered, states = arguments.get("answered"), arguments.get("states")
    if (category := arguments.get("categoryId")) is not None:
        read = read_node_id(category)
        if read is None or read[0] != "DiscussionCategory":
            raise no_node(category)
        if row["category_id"] != read[1]:
            return False
    if answered is not None and answered is not (row["answer_id"] is not None):
        return False
    return not states or ("CLOSED" if row["closed_at"] else "OPEN") in states


@page("Discussion")
def url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its page."""
    return discussion_url(view.hub, thing.row)


@page("DiscussionComment")
def url_of_comment(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its place on the page."""
    return comment_url(view.hub, thing.row)


@field("Discussion", "category")
def category(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Its category."""
    return thing_of(view.hub, "DiscussionCategory", thing.row["category_id"])


@field("Discussion", "answer")
def answer(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """The comment that was chosen."""
    return thing_of(view.hub, "DiscussionComment", thing.row["answer_id"])


@field("Discussion", "answerChosenBy")
def answer_chosen_by(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who chose it."""
    return account_thing(view.hub, thing.row["answer_chosen_by"])


@field("Discussion", "isAnswered")
def is_answered(thing: Thing, view: View, _arguments: Arguments) -> bool | None:
    """Whether an answer was chosen; None where its category has none."""
    row = view.hub.store.get("discussion_category", thing.row["category_id"])
    return thing.row["answer_id"] is not None if row["is_answerable"] else None


@field("Discussion", "activeLockReason")
def lock_reason(thing: Thing, _view: View, _arguments: Arguments) -> str | None:
    """Why it was locked."""
    reason = thing.row["lock_reason"]
    return None if reason is None else str(reason)


@field("Discussion|DiscussionComment", "upvoteCount")
def upvote_count(_thing: Thing, _view: View, _arguments: Arguments) -> int:
    """Votes are given on the page alone, which is not there: only the author's own counts."""
    return 1


@field("Discussion", "comments")
def comments(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """What was said first-hand, oldest first; replies stand below their comment."""
    rows = view.hub.store.all(
        "SELECT * FROM discussion_comment WHERE discussion_id = ? AND parent_id IS NULL ORDER BY id",
        thing.id,
    )
    return connection("comments", things("DiscussionComment", rows), arguments)


@field("DiscussionComment", "replies")
def replies(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """What was said to it, oldest first."""
    rows = view.hub.store.all(
        "SELECT * FROM discussion_comment WHERE parent_id = ? ORDER BY id", thing.id
    )
    return connection("replies", things("DiscussionComment", rows), arguments)


@field("DiscussionComment", "discussion")
def discussion(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Where it was said."""
    return thing_of(view.hub, "Discussion", thing.row["discussion_id"])


@field("DiscussionComment", "replyTo")
def reply_to(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """What it was said to."""
    return thing_of(view.hub, "DiscussionComment", thing.row["parent_id"])


@field("DiscussionComment", "isAnswer")
def is_answer(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether it was chosen as the answer."""
    row = view.hub.store.get("discussion", thing.row["discussion_id"])
    return bool(row["answer_id"] == thing.id)


@field("DiscussionComment", "viewerCanMarkAsAnswer")
def can_mark(thing: Thing, view: View, arguments: Arguments) -> bool:
    """Whether the viewer may choose it as the answer."""
    return not is_answer(thing, view, arguments) and _may_choose(thing, view)


@field("DiscussionComment", "viewerCanUnmarkAsAnswer")
def can_unmark(thing: Thing, view: View, arguments: Arguments) -> bool:
    """Whether the viewer may choose it no longer."""
    return is_answer(thing, view, arguments) and _may_choose(thing, view)


def _may_choose(thing: Thing, view: View) -> bool:
    row = view.hub.store.get("discussion", thing.row["discussion_id"])
    answerable = view.hub.store.get("discussion_category", row["category_id"])["is_answerable"]
    return bool(answerable) and may_change(view, Thing("Discussion", row))
