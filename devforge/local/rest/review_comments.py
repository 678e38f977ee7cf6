"""Comments on the lines of pull requests, each part of a review."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.git.diffs import diff
from devforge.local.git.hunks import place_of
from devforge.local.refusals import forbidden, invalid, not_found
from devforge.local.rest.pulls import path_pull
from devforge.local.routes import route
from devforge.local.shapes.pulls import comparison_base, review_comment, simple_pull
from devforge.local.store import Row


def add_comment(
    call: Call, pull: Row, told: dict[str, Any], review_id: int | None, commit: str
) -> Row:
    """Write a comment on a line down, as part of a review. Raises 422 for a line the diff lacks."""
    path, body = told.get("path"), told.get("body")
    if not isinstance(path, str) or not isinstance(body, str) or not body.strip():
        raise invalid("PullRequestReviewComment", "path", "missing_field")
    line, now = told.get("line") or told.get("position"), call.hub.clock.stamp()
    side = str(told.get("side") or "RIGHT")
    place = _place(call, pull, path, line, side) if isinstance(line, int) else None
    id = call.hub.store.insert(
        "review_comment",
        review_id=review_id,
        pull_id=pull["id"],
        author_id=call.actor.id,
        path=path,
        line=line if isinstance(line, int) else None,
        position=place[0] if place else None,
        diff_hunk=place[1] if place else "",
        side=side,
        commit_id=commit,
        in_reply_to=told.get("in_reply_to"),
        body=body,
        created_at=now,
        updated_at=now,
    )
    return call.hub.store.get("review_comment", id)


def _place(call: Call, pull: Row, path: str, line: int, side: str) -> tuple[int, str]:
    """Return the line's position and hunk. Raises the 422 for a line that the diff does not show."""
    base = comparison_base(call.hub, pull)
    files = diff(call.hub, pull["repository_id"], base, pull["head_sha"])
    patch = next((each.patch for each in files if each.path == path), None)
    place = place_of(patch, line, side)
    if place is None:
        field = "pull_request_review_thread.line"
        raise invalid("PullRequestReviewComment", field, "custom", "must be part of the diff")
    return place


def _lone_review(call: Call, pull: Row, commit: str) -> int:
    """Return a new review without words, which is what a comment by itself belongs to."""
    return call.hub.store.insert(
        "review",
        pull_id=pull["id"],
        author_id=call.actor.id,
        state="COMMENTED",
        commit_id=commit,
        submitted_at=call.hub.clock.stamp(),
    )


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/comments")
def list_review_comments(call: Call) -> Answer:
    """Answer with the comments on a pull request's lines."""
    pull = path_pull(call, call.repository())
    rows = call.select("SELECT * FROM review_comment WHERE pull_id = ? ORDER BY id", pull["id"])
    return Answer([review_comment(call.hub, pull, row) for row in rows])


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/comments")
def create_review_comment(call: Call) -> Answer:
    """Comment on a line of a pull request."""
    row = call.repository()
    pull = path_pull(call, row)
    with call.hub.store.transaction():
        commit = call.text("commit_id") or pull["head_sha"]
        made = add_comment(call, pull, call.body, _lone_review(call, pull, commit), commit)
        told = review_comment(call.hub, pull, made)
        call.emit(
            "pull_request_review_comment",
            row,
            {"action": "created", "comment": told, "pull_request": simple_pull(call.hub, pull)},
        )
    return created(told)


def path_review_comment(call: Call, repository: Row) -> tuple[Row, Row]:
    row = call.hub.store.find("review_comment", id=call.number("comment_id"))
    pull = None if row is None else call.hub.store.get("pull", row["pull_id"])
    if row is None or pull is None or pull["repository_id"] != repository["id"]:
        raise not_found()
    return pull, row


def _own_comment(call: Call) -> tuple[Row, Row]:
    pull, row = path_review_comment(call, call.repository())
    if row["author_id"] != call.actor.id:
        raise forbidden("Must have admin rights to Repository.")
    return pull, row


@route("GET", "/repos/{owner}/{repo}/pulls/comments")
def list_all_review_comments(call: Call) -> Answer:
    """Answer with every comment on a line in the repository."""
    repository = call.repository()
    rows = call.select(
        "SELECT c.* FROM review_comment c JOIN pull p ON p.id = c.pull_id"
        " WHERE p.repository_id = ? ORDER BY c.id",
        repository["id"],
    )
    store = call.hub.store
    return Answer([review_comment(call.hub, store.get("pull", r["pull_id"]), r) for r in rows])


@route("GET", "/repos/{owner}/{repo}/pulls/comments/{comment_id}")
def show_review_comment(call: Call) -> Answer:
    """Answer with one comment on a line."""
    return Answer(review_comment(call.hub, *path_review_comment(call, call.repository())))


@route("PATCH", "/repos/{owner}/{repo}/pulls/comments/{comment_id}")
def change_review_comment(call: Call) -> Answer:
    """Put other words into a comment on a line."""
    pull, row = _own_comment(call)
    body, now = call.needed_text("body"), call.hub.clock.stamp()
    call.hub.store.update("review_comment", row["id"], body=body, updated_at=now)
    return Answer(review_comment(call.hub, pull, call.hub.store.get("review_comment", row["id"])))


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies")
def reply_to_review_comment(call: Call) -> Answer:
    """Answer a comment on a line."""
    repository = call.repository()
    pull, row = path_review_comment(call, repository)
    told = {"path": row["path"], "line": row["line"], "side": row["side"], "in_reply_to": row["id"]}
    with call.hub.store.transaction():
        review = _lone_review(call, pull, row["commit_id"])
        words = {"body": call.needed_text("body")}
        made = add_comment(call, pull, told | words, review, row["commit_id"])
        shown = review_comment(call.hub, pull, made)
        call.emit(
            "pull_request_review_comment",
            repository,
            {"action": "created", "comment": shown, "pull_request": simple_pull(call.hub, pull)},
        )
    return created(shown)


@route("DELETE", "/repos/{owner}/{repo}/pulls/comments/{comment_id}")
def delete_review_comment(call: Call) -> Answer:
    """Delete a comment on a line."""
    _, row = _own_comment(call)
    call.hub.store.delete("review_comment", row["id"])
    return empty()
