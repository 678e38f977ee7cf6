"""Comments on issues and pull requests, and reactions to anything."""

from __future__ import annotations

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.issues import touch
from devforge.local.refusals import forbidden, invalid, not_found
from devforge.local.rest.issue_people import check_unlocked
from devforge.local.routes import route
from devforge.local.shapes.issues import REACTIONS, comment, reaction
from devforge.local.shapes.issues import issue as issue_shape
from devforge.local.store import Row
from devforge.local.triage import may_triage, path_issue


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments")
def list_comments(call: Call) -> Answer:
    """Answer with the comments on an issue or pull request, oldest first."""
    row = call.repository()
    rows = call.select(
        "SELECT * FROM comment WHERE issue_id = ? AND updated_at >= ? ORDER BY id",
        path_issue(call, row)["id"],
        call.query.get("since", ""),
    )
    return Answer([comment(call.hub, row, each) for each in rows])


@route("GET", "/repos/{owner}/{repo}/issues/comments")
def list_all_comments(call: Call) -> Answer:
    """Answer with every comment of the repository."""
    row = call.repository()
    order = "updated_at" if call.query.get("sort") == "updated" else "id"
    way = "DESC" if call.query.get("direction") == "desc" else "ASC"
    rows = call.select(
        f"SELECT * FROM comment WHERE repository_id = ? AND updated_at >= ? ORDER BY {order} {way}",  # noqa: S608 - the words are ours
        row["id"],
        call.query.get("since", ""),
    )
    return Answer([comment(call.hub, row, each) for each in rows])


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments")
def create_comment(call: Call) -> Answer:
    """Comment on an issue or pull request."""
    row = call.repository()
    issue = path_issue(call, row)
    check_unlocked(call, row, issue)
    body, now = call.needed_text("body"), call.hub.clock.stamp()
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    with call.hub.store.transaction():
        id = call.hub.store.insert(
            "comment",
            repository_id=row["id"],
            issue_id=issue["id"],
            author_id=call.actor.id,
            body=body,
            created_at=now,
            updated_at=now,
        )
        touch(call.hub, issue["id"])
        made = call.hub.store.get("comment", id)
        _announce(call, row, made, "created")
    return created(comment(call.hub, row, made))


def _announce(call: Call, repository: Row, row: Row, action: str, **more: object) -> None:
    issue = call.hub.store.get("issue", row["issue_id"])
    told = {
        "action": action,
        "issue": issue_shape(call.hub, repository, issue),
        "comment": comment(call.hub, repository, row),
    }
    call.emit("issue_comment", repository, told | more)


def _path_comment(call: Call, repository: Row) -> Row:
    row = call.hub.store.find(
        "comment", id=call.number("comment_id"), repository_id=repository["id"]
    )
    if row is None:
        raise not_found()
    return row


def _own_comment(call: Call, repository: Row) -> Row:
    row = _path_comment(call, repository)
    if row["author_id"] != call.actor.id and not may_triage(call, repository):
        raise forbidden("Must have admin rights to Repository.")
    return row


@route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
def show_comment(call: Call) -> Answer:
    """Answer with one comment."""
    row = call.repository()
    return Answer(comment(call.hub, row, _path_comment(call, row)))


@route("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
def change_comment(call: Call) -> Answer:
    """Put other words into a comment."""
    row = call.repository()
    old = _own_comment(call, row)
    body = call.needed_text("body")
    with call.hub.store.transaction():
        call.hub.store.update("comment", old["id"], body=body, updated_at=call.hub.clock.stamp())
        changed = call.hub.store.get("comment", old["id"])
        _announce(call, row, changed, "edited", changes={"body": {"from": old["body"]}})
    return Answer(comment(call.hub, row, changed))


@route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
def delete_comment(call: Call) -> Answer:
    """Delete a comment."""
    row = call.repository()
    old = _own_comment(call, row)
    with call.hub.store.transaction():
        _announce(call, row, old, "deleted")
        call.hub.store.delete("comment", old["id"])
    return empty()


# Reactions ---------------------------------------------------------------------------------------


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/reactions")
def list_issue_reactions(call: Call) -> Answer:
    """Answer with the reactions to an issue or pull request."""
    row = call.repository()
    return list_reactions(call, "issue", path_issue(call, row)["id"])


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/reactions")
def react_to_issue(call: Call) -> Answer:
    """React to an issue or pull request."""
    row = call.repository()
    return react(call, "issue", path_issue(call, row)["id"])


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}")
def take_issue_reaction_back(call: Call) -> Answer:
    """Take a reaction back."""
    row = call.repository()
    return take_back(call, "issue", path_issue(call, row)["id"])


@route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions")
def list_comment_reactions(call: Call) -> Answer:
    """Answer with the reactions to a comment."""
    return list_reactions(call, "comment", _path_comment(call, call.repository())["id"])


@route("POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions")
def react_to_comment(call: Call) -> Answer:
    """React to a comment."""
    return react(call, "comment", _path_comment(call, call.repository())["id"])


@route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}")
def take_comment_reaction_back(call: Call) -> Answer:
    """Take a reaction back."""
    return take_back(call, "comment", _path_comment(call, call.repository())["id"])


def list_reactions(call: Call, subject: str, subject_id: int) -> Answer:
    """Answer with the reactions to one thing."""
    rows = call.select(
        "SELECT * FROM reaction WHERE subject = ? AND subject_id = ? AND content LIKE ? ORDER BY id",
        subject,
        subject_id,
        call.query.get("content", "%"),
    )
    return Answer([reaction(call.hub, row) for row in rows])


def react(call: Call, subject: str, subject_id: int) -> Answer:
    """React to one thing; the same reaction twice is one."""
    content, store = call.needed_text("content"), call.hub.store
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    key = {"subject": subject, "subject_id": subject_id, "account_id": call.actor.id}
    there = store.find("reaction", **key, content=content)
    if there is not None:
        return Answer(reaction(call.hub, there))
    id = store.insert("reaction", **key, content=content, created_at=call.hub.clock.stamp())
    return Answer(reaction(call.hub, store.get("reaction", id)), status=201)


def take_back(call: Call, subject: str, subject_id: int) -> Answer:
    """Take the caller's own reaction back."""
    row = call.hub.store.find(
        "reaction", id=call.number("reaction_id"), subject=subject, subject_id=subject_id
    )
    if row is None:
        raise not_found()
    if row["account_id"] != call.actor.id:
        raise forbidden("Must have admin rights to Repository.")
    call.hub.store.delete("reaction", row["id"])
    return empty()
