"""Reviews of pull requests by people: opinions, comments on lines, requests to look."""

from __future__ import annotations

from typing import Any

from devforge.local.accounts import account_named
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.git.diffs import diff
from devforge.local.git.hunks import place_of
from devforge.local.pulls import announce, check_actions_may
from devforge.local.refusals import forbidden, invalid, not_found, unprocessable
from devforge.local.rest.pulls import path_pull
from devforge.local.routes import route
from devforge.local.shapes.pulls import comparison_base, review_comment, simple_pull
from devforge.local.shapes.pulls import review as shape
from devforge.local.store import Row

_STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews")
def list_reviews(call: Call) -> Answer:
    """Answer with a pull request's reviews, oldest first; a pending one only its author sees."""
    pull = path_pull(call, call.repository())
    viewer = 0 if call.account is None else call.account["id"]
    rows = call.select(
        "SELECT * FROM review WHERE pull_id = ? AND (state != 'PENDING' OR author_id = ?) ORDER BY id",
        pull["id"],
        viewer,
    )
    return Answer([shape(call.hub, pull, row) for row in rows])


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews")
def create_review(call: Call) -> Answer:
    """Review a pull request: approve, ask for changes, comment, or keep it pending."""
    row = call.repository()
    pull, event = path_pull(call, row), call.text("event")
    if event is not None and event not in _STATES:
        raise invalid("PullRequestReview", "event", "invalid")
    _check_opinion(call, pull, event, call.text("body"))
    if event == "APPROVE":
        check_actions_may(call.hub, row, call.actor)
    commit = call.text("commit_id") or pull["head_sha"]
    if call.hub.git.resolve(row["id"], commit) != commit:
        raise unprocessable(f"commit_id {commit} is not part of the pull request")
    now = call.hub.clock.stamp()
    with call.hub.store.transaction():
        id = call.hub.store.insert(
            "review",
            pull_id=pull["id"],
            author_id=call.actor.id,
            body=call.text("body") or "",
            state=_STATES[event] if event else "PENDING",
            commit_id=commit,
            submitted_at=now if event else None,
        )
        for told in call.body.get("comments") or []:
            _add_comment(call, pull, told if isinstance(told, dict) else {}, id, commit)
        made = call.hub.store.get("review", id)
        if event:
            _announce(call, row, pull, made, "submitted")
    return Answer(shape(call.hub, pull, made))


def _check_opinion(call: Call, pull: Row, event: str | None, body: str | None) -> None:
    author = call.hub.store.get("issue", pull["issue_id"])["author_id"]
    if event in ("APPROVE", "REQUEST_CHANGES") and author == call.actor.id:
        what = "approve" if event == "APPROVE" else "request changes on"
        raise unprocessable(f"Can not {what} your own pull request")
    if event in ("REQUEST_CHANGES", "COMMENT") and not body and not call.body.get("comments"):
        raise unprocessable("Body can't be blank")


def _announce(call: Call, repository: Row, pull: Row, row: Row, action: str) -> None:
    told = shape(call.hub, pull, row)
    told["state"] = told["state"].lower()
    call.emit(
        "pull_request_review",
        repository,
        {"action": action, "review": told, "pull_request": simple_pull(call.hub, pull)},
    )


def _path_review(call: Call, pull: Row) -> Row:
    row = call.hub.store.find("review", id=call.number("review_id"), pull_id=pull["id"])
    if row is None:
        raise not_found()
    return row


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}")
def show_review(call: Call) -> Answer:
    """Answer with one review."""
    pull = path_pull(call, call.repository())
    return Answer(shape(call.hub, pull, _path_review(call, pull)))


@route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}")
def change_review(call: Call) -> Answer:
    """Put other words into a review of one's own."""
    pull = path_pull(call, call.repository())
    row = _own_review(call, pull)
    call.hub.store.update("review", row["id"], body=call.needed_text("body"))
    return Answer(shape(call.hub, pull, call.hub.store.get("review", row["id"])))


def _own_review(call: Call, pull: Row) -> Row:
    row = _path_review(call, pull)
    if row["author_id"] != call.actor.id:
        raise forbidden("Must have admin rights to Repository.")
    return row


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events")
def submit_review(call: Call) -> Answer:
    """Submit a pending review."""
    repository = call.repository()
    pull = path_pull(call, repository)
    row, event = _own_review(call, pull), call.needed_text("event")
    if event not in _STATES or row["state"] != "PENDING":
        raise invalid("PullRequestReview", "event", "invalid")
    _check_opinion(call, pull, event, call.text("body") or row["body"])
    with call.hub.store.transaction():
        call.hub.store.update(
            "review",
            row["id"],
            state=_STATES[event],
            body=call.text("body") or row["body"],
            submitted_at=call.hub.clock.stamp(),
        )
        changed = call.hub.store.get("review", row["id"])
        _announce(call, repository, pull, changed, "submitted")
    return Answer(shape(call.hub, pull, changed))


@route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals")
def dismiss_review(call: Call) -> Answer:
    """Make an approval or a request for changes count no more."""
    repository = call.repository("write")
    pull = path_pull(call, repository)
    row = _path_review(call, pull)
    call.needed_text("message")
    if row["state"] not in ("APPROVED", "CHANGES_REQUESTED"):
        raise unprocessable(f"Can not dismiss a {row['state'].lower()} pull request review")
    with call.hub.store.transaction():
        call.hub.store.update("review", row["id"], state="DISMISSED")
        changed = call.hub.store.get("review", row["id"])
        _announce(call, repository, pull, changed, "dismissed")
    return Answer(shape(call.hub, pull, changed))


@route("DELETE", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}")
def delete_review(call: Call) -> Answer:
    """Delete a pending review."""
    pull = path_pull(call, call.repository())
    row = _own_review(call, pull)
    if row["state"] != "PENDING":
        raise unprocessable("Can not delete a non-pending pull request review")
    told = shape(call.hub, pull, row)
    call.hub.store.run("DELETE FROM review_comment WHERE review_id = ?", row["id"])
    call.hub.store.delete("review", row["id"])
    return Answer(told)


# Comments on lines -------------------------------------------------------------------------------


def _add_comment(
    call: Call, pull: Row, told: dict[str, Any], review_id: int | None, commit: str
) -> Row:
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


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments")
def list_comments_of_review(call: Call) -> Answer:
    """Answer with the comments that belong to one review."""
    pull = path_pull(call, call.repository())
    row = _path_review(call, pull)
    rows = call.select("SELECT * FROM review_comment WHERE review_id = ? ORDER BY id", row["id"])
    return Answer([review_comment(call.hub, pull, each) for each in rows])


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/comments")
def create_review_comment(call: Call) -> Answer:
    """Comment on a line of a pull request."""
    row = call.repository()
    pull = path_pull(call, row)
    with call.hub.store.transaction():
        commit = call.text("commit_id") or pull["head_sha"]
        made = _add_comment(call, pull, call.body, _lone_review(call, pull, commit), commit)
        told = review_comment(call.hub, pull, made)
        call.emit(
            "pull_request_review_comment",
            row,
            {"action": "created", "comment": told, "pull_request": simple_pull(call.hub, pull)},
        )
    return created(told)


# Asking people to look -----------------------------------------------------------------------------


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers")
def list_requested(call: Call) -> Answer:
    """Answer with who was asked to review."""
    pull = path_pull(call, call.repository())
    return Answer({"users": simple_pull(call.hub, pull)["requested_reviewers"], "teams": []})


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers")
def request_reviewers(call: Call) -> Answer:
    """Ask people to review."""
    repository = call.repository("triage")
    pull = path_pull(call, repository)
    author = call.hub.store.get("issue", pull["issue_id"])["author_id"]
    for login in call.texts("reviewers") or []:
        account = account_named(call.hub, login)
        if account is None or account["id"] == author:
            raise unprocessable("Reviews may only be requested from collaborators other than the author.")  # fmt: skip
        call.hub.store.run(
            "INSERT OR IGNORE INTO requested_reviewer (pull_id, account_id) VALUES (?, ?)",
            pull["id"],
            account["id"],
        )
        asked = simple_pull(call.hub, pull)["requested_reviewers"]
        reviewer = next(each for each in asked if each["id"] == account["id"])
        announce(call.hub, pull, "review_requested", call.actor, requested_reviewer=reviewer)
    return Answer(simple_pull(call.hub, pull), status=201)


@route("DELETE", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers")
def unrequest_reviewers(call: Call) -> Answer:
    """Ask people no more."""
    pull = path_pull(call, call.repository("triage"))
    for login in call.texts("reviewers") or []:
        account = account_named(call.hub, login)
        if account is not None:
            call.hub.store.run(
                "DELETE FROM requested_reviewer WHERE pull_id = ? AND account_id = ?",
                pull["id"],
                account["id"],
            )
    return Answer(simple_pull(call.hub, pull))


def _path_comment(call: Call, repository: Row) -> tuple[Row, Row]:
    row = call.hub.store.find("review_comment", id=call.number("comment_id"))
    pull = None if row is None else call.hub.store.get("pull", row["pull_id"])
    if row is None or pull is None or pull["repository_id"] != repository["id"]:
        raise not_found()
    return pull, row


def _own_comment(call: Call) -> tuple[Row, Row]:
    pull, row = _path_comment(call, call.repository())
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
    return Answer(review_comment(call.hub, *_path_comment(call, call.repository())))


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
    pull, row = _path_comment(call, repository)
    told = {"path": row["path"], "line": row["line"], "side": row["side"], "in_reply_to": row["id"]}
    with call.hub.store.transaction():
        review = _lone_review(call, pull, row["commit_id"])
        words = {"body": call.needed_text("body")}
        made = _add_comment(call, pull, told | words, review, row["commit_id"])
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
