"""Reviews of pull requests by people: opinions, comments on lines, requests to look."""

from __future__ import annotations

from devforge.local.accounts import account_named
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.issues import touch
from devforge.local.pulls import announce, check_actions_may
from devforge.local.refusals import forbidden, invalid, not_found, unprocessable
from devforge.local.rest.pulls import path_pull
from devforge.local.rest.review_comments import add_comment
from devforge.local.routes import route
from devforge.local.shapes.pulls import review as shape
from devforge.local.shapes.pulls import review_comment, simple_pull
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
            add_comment(call, pull, told if isinstance(told, dict) else {}, id, commit)
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
    touch(call.hub, pull["issue_id"])
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


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments")
def list_comments_of_review(call: Call) -> Answer:
    """Answer with the comments that belong to one review."""
    pull = path_pull(call, call.repository())
    row = _path_review(call, pull)
    rows = call.select("SELECT * FROM review_comment WHERE review_id = ? ORDER BY id", row["id"])
    return Answer([review_comment(call.hub, pull, each) for each in rows])


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
