"""How discussions look in events; GitHub answers about them in GraphQL alone."""

from __future__ import annotations

from typing import Any

from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import user_by_id
from devforge.local.shapes.issues import association, label, reaction_counts
from devforge.local.shapes.links import repository_api, repository_web
from devforge.local.store import Row


def discussion_url(hub: Hub, discussion: Row) -> str:
    """Return a discussion's page."""
    repository = hub.store.get("repository", discussion["repository_id"])
    return f"{repository_web(hub, repository)}/discussions/{discussion['number']}"


def comment_url(hub: Hub, comment: Row) -> str:
    """Return a comment's place on its discussion's page."""
    discussion = hub.store.get("discussion", comment["discussion_id"])
    return f"{discussion_url(hub, discussion)}#discussioncomment-{comment['id']}"


def category_shape(row: Row) -> dict[str, Any]:
    """Return a category."""
    return {
        "id": row["id"],
        "node_id": node_id("DiscussionCategory", row["id"]),
        "repository_id": row["repository_id"],
        "emoji": row["emoji"],
        "name": row["name"],
        "description": row["description"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "slug": row["slug"],
        "is_answerable": bool(row["is_answerable"]),
    }


def discussion_labels(hub: Hub, discussion_id: int) -> list[Row]:
    """Return a discussion's labels in the order they were added."""
    return hub.store.all(
        "SELECT l.* FROM label l JOIN discussion_label d ON d.label_id = l.id"
        " WHERE d.discussion_id = ? ORDER BY d.id",
        discussion_id,
    )


def discussion_shape(hub: Hub, row: Row) -> dict[str, Any]:
    """Return a discussion."""
    repository = hub.store.get("repository", row["repository_id"])
    url = discussion_url(hub, row)
    answer = hub.store.find("discussion_comment", id=row["answer_id"] or 0)
    comments = hub.store.value(
        "SELECT count(*) FROM discussion_comment WHERE discussion_id = ? AND deleted_at IS NULL",
        row["id"],
    )
    place = f"{repository_api(hub, repository)}/discussions/{row['number']}"
    return {
        "repository_url": repository_api(hub, repository),
        "category": category_shape(hub.store.get("discussion_category", row["category_id"])),
        "answer_html_url": None if answer is None else comment_url(hub, answer),
        "answer_chosen_at": row["answer_chosen_at"],
        "answer_chosen_by": user_by_id(hub, row["answer_chosen_by"]),
        "html_url": url,
        "id": row["id"],
        "node_id": node_id("Discussion", row["id"]),
        "number": row["number"],
        "title": row["title"],
        "user": user_by_id(hub, row["author_id"]),
        "labels": [label(hub, repository, each) for each in discussion_labels(hub, row["id"])],
        "state": "closed" if row["closed_at"] else "locked" if row["locked"] else "open",
        "state_reason": row["state_reason"] and row["state_reason"].lower(),
        "locked": bool(row["locked"]),
        "comments": comments,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "author_association": association(hub, repository, row["author_id"]),
        "active_lock_reason": row["lock_reason"],
        "body": row["body"],
        "reactions": reaction_counts(hub, "discussion", row["id"], place),
        "timeline_url": f"{place}/timeline",
    }


def discussion_comment_shape(hub: Hub, row: Row) -> dict[str, Any]:
    """Return a comment on a discussion, or a reply to one."""
    discussion = hub.store.get("discussion", row["discussion_id"])
    repository = hub.store.get("repository", discussion["repository_id"])
    api = repository_api(hub, repository)
    replies = hub.store.value(
        "SELECT count(*) FROM discussion_comment WHERE parent_id = ? AND deleted_at IS NULL",
        row["id"],
    )
    return {
        "id": row["id"],
        "node_id": node_id("DiscussionComment", row["id"]),
        "html_url": comment_url(hub, row),
        "parent_id": row["parent_id"],
        "child_comment_count": replies,
        "repository_url": api,
        "discussion_id": row["discussion_id"],
        "author_association": association(hub, repository, row["author_id"]),
        "user": user_by_id(hub, row["author_id"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "body": row["body"],
        "reactions": reaction_counts(
            hub, "discussion_comment", row["id"], f"{api}/discussions/comments/{row['id']}"
        ),
    }
