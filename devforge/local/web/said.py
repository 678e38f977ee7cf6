"""What people said below an issue, pull request or discussion, in the order they said it."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.hub import Hub
from devforge.local.shapes.links import login_of
from devforge.local.store import Row


@dataclass(frozen=True, slots=True)
class Said:
    """One person's words. `did` tells how and where they were said, `anchor` is their place on the page."""

    author: str
    did: str
    at: str
    body: str | None
    anchor: str = ""
    is_reply: bool = False


def in_issue(hub: Hub, issue: Row) -> list[Said]:
    """Return an issue's own words and every comment."""
    comments = hub.store.all("SELECT * FROM comment WHERE issue_id = ? ORDER BY id", issue["id"])
    opening = Said(
        login_of(hub, issue["author_id"]), "opened this at", issue["created_at"], issue["body"]
    )
    return [opening, *(_comment(hub, row) for row in comments)]


def in_reviews(hub: Hub, pull: Row) -> list[Said]:
    """Return every review that was sent, each with its comments on lines behind it."""
    said = []
    for review in hub.store.all(
        "SELECT * FROM review WHERE pull_id = ? AND state != 'PENDING' ORDER BY id", pull["id"]
    ):
        did = f"{review['state'].replace('_', ' ').lower()} {review['commit_id'][:7]} at"
        anchor = f"pullrequestreview-{review['id']}"
        at = review["submitted_at"] or ""
        said.append(Said(login_of(hub, review["author_id"]), did, at, review["body"], anchor))
        rows = hub.store.all(
            "SELECT * FROM review_comment WHERE review_id = ? ORDER BY id", review["id"]
        )
        said += [_on_line(hub, row) for row in rows]
    return said


def in_discussion(hub: Hub, discussion: Row) -> list[Said]:
    """Return a discussion's own words and every comment, replies behind what they answer."""
    opening = Said(
        login_of(hub, discussion["author_id"]),
        "asked at",
        discussion["created_at"],
        discussion["body"],
    )
    rows = hub.store.all(
        "SELECT * FROM discussion_comment WHERE discussion_id = ?"
        " ORDER BY coalesce(parent_id, id), parent_id IS NOT NULL, id",
        discussion["id"],
    )
    return [opening, *(_reply(hub, discussion, row) for row in rows)]


def _comment(hub: Hub, row: Row) -> Said:
    author, anchor = login_of(hub, row["author_id"]), f"issuecomment-{row['id']}"
    return Said(author, "commented at", row["created_at"], row["body"], anchor)


def _on_line(hub: Hub, row: Row) -> Said:
    place = row["path"] if row["line"] is None else f"{row['path']}, line {row['line']}"
    author, anchor = login_of(hub, row["author_id"]), f"discussion_r{row['id']}"
    return Said(author, f"on {place} at", row["created_at"], row["body"], anchor, is_reply=True)


def _reply(hub: Hub, discussion: Row, row: Row) -> Said:
    return Said(
        author=login_of(hub, row["author_id"]),
        did="answered at" if row["id"] == discussion["answer_id"] else "commented at",
        at=row["created_at"],
        body="*Deleted.*" if row["deleted_at"] else row["body"],
        anchor=f"discussioncomment-{row['id']}",
        is_reply=row["parent_id"] is not None,
    )
