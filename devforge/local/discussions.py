"""Discussions: their categories, what is said in them, which comment answers, and who is told."""

from __future__ import annotations

import re
from typing import Any

from devforge.local.hub import Actor, Hub
from devforge.local.repositories import next_number
from devforge.local.shapes.discussions import (
    category_shape,
    discussion_comment_shape,
    discussion_shape,
)
from devforge.local.shapes.repositories import settings_of
from devforge.local.store import Row

_BORN_WITH = (
    ("Announcements", ":mega:", "Updates from maintainers", False),
    ("General", ":speech_balloon:", "Chat about anything and everything here", False),
    ("Ideas", ":bulb:", "Share ideas for new features", False),
    ("Polls", ":ballot_box:", "Take a vote from the community", False),
    ("Q&A", ":pray:", "Ask the community for help", True),
    ("Show and tell", ":raised_hands:", "Show off something you've made", False),
)


def are_enabled(repository: Row) -> bool:
    """Tell whether the repository has discussions."""
    return bool(settings_of(repository)["has_discussions"])


def categories(hub: Hub, repository: Row) -> list[Row]:
    """Return the categories by name; those every repository is born with appear on first sight."""
    if not are_enabled(repository):
        return []
    with hub.store.transaction():
        if hub.store.find("discussion_category", repository_id=repository["id"]) is None:
            for name, emoji, description, answerable in _BORN_WITH:
                create_category(hub, repository, name, emoji, description, answerable=answerable)
    return hub.store.all(
        "SELECT * FROM discussion_category WHERE repository_id = ? ORDER BY name", repository["id"]
    )


def create_category(
    hub: Hub, repository: Row, name: str, emoji: str, description: str, *, answerable: bool
) -> Row:
    """Return a new category. On GitHub this is a click: no API does it."""
    now = hub.clock.stamp()
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("&", "-")).strip("-")
    id = hub.store.insert(
        "discussion_category",
        repository_id=repository["id"],
        name=name,
        slug=slug,
        emoji=emoji,
        description=description,
        is_answerable=int(answerable),
        created_at=now,
        updated_at=now,
    )
    return hub.store.get("discussion_category", id)


def open_discussion(
    hub: Hub, repository: Row, category: Row, title: str, body: str, actor: Actor
) -> Row:
    """Return a new discussion, announced."""
    now = hub.clock.stamp()
    with hub.store.transaction():
        id = hub.store.insert(
            "discussion",
            repository_id=repository["id"],
            number=next_number(hub, repository["id"]),
            category_id=category["id"],
            title=title,
            body=body,
            author_id=actor.id,
            created_at=now,
            updated_at=now,
        )
        announce(hub, id, "created", actor)
    return hub.store.get("discussion", id)


def change_discussion(hub: Hub, discussion: Row, changes: dict[str, Any], actor: Actor) -> None:
    """Change title, body or category, and say what each was before."""
    before = {name: discussion[name] for name in changes if changes[name] != discussion[name]}
    if not before:
        return
    now = hub.clock.stamp()
    words = {name: {"from": before[name]} for name in ("title", "body") if name in before}
    edited = {"edited_at": now, "editor_id": actor.id} if words else {}
    with hub.store.transaction():
        hub.store.update("discussion", discussion["id"], **changes, **edited, updated_at=now)
        if words:
            announce(hub, discussion["id"], "edited", actor, changes=words)
        if "category_id" in before:
            old = hub.store.get("discussion_category", before["category_id"])
            told = {"category": {"from": category_shape(old)}}
            announce(hub, discussion["id"], "category_changed", actor, changes=told)


def close_discussion(hub: Hub, discussion: Row, reason: str, actor: Actor) -> None:
    """Close a discussion; it can still be read and commented on."""
    set_state(hub, discussion, "closed", actor, closed_at=hub.clock.stamp(), state_reason=reason)


def reopen_discussion(hub: Hub, discussion: Row, actor: Actor) -> None:
    """Open a closed discussion again."""
    set_state(hub, discussion, "reopened", actor, closed_at=None, state_reason="REOPENED")


def set_state(hub: Hub, discussion: Row, action: str, actor: Actor, **columns: Any) -> None:
    """Change columns of a discussion and announce it as `action`."""
    with hub.store.transaction():
        hub.store.update("discussion", discussion["id"], **columns, updated_at=hub.clock.stamp())
        announce(hub, discussion["id"], action, actor)


def delete_discussion(hub: Hub, discussion: Row, actor: Actor) -> None:
    """Remove a discussion with everything said in it."""
    with hub.store.transaction():
        announce(hub, discussion["id"], "deleted", actor)
        hub.store.run(
            "UPDATE discussion_comment SET parent_id = NULL WHERE discussion_id = ?",
            discussion["id"],
        )
        hub.store.delete("discussion", discussion["id"])


def add_comment(hub: Hub, discussion: Row, body: str, parent: Row | None, actor: Actor) -> Row:
    """Return a new comment, or a reply to one, announced."""
    now = hub.clock.stamp()
    with hub.store.transaction():
        id = hub.store.insert(
            "discussion_comment",
            discussion_id=discussion["id"],
            parent_id=None if parent is None else parent["id"],
            author_id=actor.id,
            body=body,
            created_at=now,
            updated_at=now,
        )
        hub.store.update("discussion", discussion["id"], updated_at=now)
        announce_comment(hub, id, "created", actor)
    return hub.store.get("discussion_comment", id)


def change_comment(hub: Hub, comment: Row, body: str, actor: Actor) -> None:
    """Change what a comment says."""
    now = hub.clock.stamp()
    told = {"body": {"from": comment["body"]}}
    with hub.store.transaction():
        hub.store.update(
            "discussion_comment",
            comment["id"],
            body=body,
            updated_at=now,
            edited_at=now,
            editor_id=actor.id,
        )
        announce_comment(hub, comment["id"], "edited", actor, changes=told)


def delete_comment(hub: Hub, comment: Row, actor: Actor) -> None:
    """Remove a comment; one with replies leaves an empty place, so that they keep theirs."""
    discussion = hub.store.get("discussion", comment["discussion_id"])
    with hub.store.transaction():
        announce_comment(hub, comment["id"], "deleted", actor)
        if discussion["answer_id"] == comment["id"]:
            _set_answer(hub, discussion, None, actor)
        if hub.store.find("discussion_comment", parent_id=comment["id"]) is None:
            hub.store.delete("discussion_comment", comment["id"])
        else:
            now = hub.clock.stamp()
            hub.store.update("discussion_comment", comment["id"], body="", deleted_at=now)


def choose_answer(hub: Hub, discussion: Row, comment: Row, actor: Actor) -> None:
    """Make a comment the answer, in place of any other."""
    with hub.store.transaction():
        _set_answer(hub, discussion, comment, actor)
        answer = discussion_comment_shape(hub, comment)
        announce(hub, discussion["id"], "answered", actor, answer=answer)


def withdraw_answer(hub: Hub, discussion: Row, comment: Row, actor: Actor) -> None:
    """Let the discussion be unanswered again."""
    old = discussion_comment_shape(hub, comment)
    with hub.store.transaction():
        _set_answer(hub, discussion, None, actor)
        announce(hub, discussion["id"], "unanswered", actor, old_answer=old)


def _set_answer(hub: Hub, discussion: Row, comment: Row | None, actor: Actor) -> None:
    now = hub.clock.stamp()
    hub.store.update(
        "discussion",
        discussion["id"],
        answer_id=None if comment is None else comment["id"],
        answer_chosen_at=None if comment is None else now,
        answer_chosen_by=None if comment is None else actor.id,
        updated_at=now,
    )


def announce(hub: Hub, discussion_id: int, action: str, actor: Actor, **more: Any) -> None:
    """Tell what happened to a discussion."""
    discussion = hub.store.get("discussion", discussion_id)
    repository = hub.store.get("repository", discussion["repository_id"])
    told = {"action": action, "discussion": discussion_shape(hub, discussion)}
    hub.emit("discussion", repository, told | more, actor)


def announce_comment(hub: Hub, comment_id: int, action: str, actor: Actor, **more: Any) -> None:
    """Tell what happened to a comment on a discussion."""
    comment = hub.store.get("discussion_comment", comment_id)
    discussion = hub.store.get("discussion", comment["discussion_id"])
    repository = hub.store.get("repository", discussion["repository_id"])
    told = {
        "action": action,
        "comment": discussion_comment_shape(hub, comment),
        "discussion": discussion_shape(hub, discussion),
    }
    hub.emit("discussion_comment", repository, told | more, actor)
