"""Whom an issue is assigned to, who may speak on it, and what happened to it."""

from __future__ import annotations

from devforge.local.accounts import account_named
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.issues import (
    assignees_of,
    note,
)
from devforge.local.refusals import forbidden, invalid, not_found
from devforge.local.routes import route
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.issues import issue as shape
from devforge.local.shapes.issues import issue_event
from devforge.local.store import Row
from devforge.local.triage import (
    announce,
    assign,
    may_triage,
    names_of,
    path_issue,
    triaged,
)

_LOCK_REASONS = ("off-topic", "too heated", "resolved", "spam")


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/assignees")
def add_assignees(call: Call) -> Answer:
    """Assign an issue to people."""
    row, issue = triaged(call)
    with call.hub.store.transaction():
        assign(call, row, issue, names_of(call, "assignees"))
    return created(shape(call.hub, row, call.hub.store.get("issue", issue["id"])))


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/assignees")
def remove_assignees(call: Call) -> Answer:
    """Take people off an issue."""
    row, issue = triaged(call)
    gone = {login.lower() for login in names_of(call, "assignees")}
    with call.hub.store.transaction():
        for account in assignees_of(call.hub, issue["id"]):
            if account["login"].lower() in gone:
                call.hub.store.run(
                    "DELETE FROM assignee WHERE issue_id = ? AND account_id = ?",
                    issue["id"],
                    account["id"],
                )
                told = simple_user(call.hub, account)
                note(call.hub, issue, "unassigned", call.actor, assignee=told)
                announce(call, row, issue, "unassigned", assignee=told)
    return Answer(shape(call.hub, row, call.hub.store.get("issue", issue["id"])))


@route("GET", "/repos/{owner}/{repo}/assignees")
def list_assignable(call: Call) -> Answer:
    """Answer with whom issues can be assigned to."""
    row = call.repository()
    accounts = call.select(
        "SELECT a.* FROM account a WHERE a.id = ? OR a.id IN"
        " (SELECT account_id FROM collaborator WHERE repository_id = ?) ORDER BY a.id",
        row["owner_id"],
        row["id"],
    )
    return Answer([simple_user(call.hub, account) for account in accounts])


@route("GET", "/repos/{owner}/{repo}/assignees/{assignee}")
def check_assignable(call: Call) -> Answer:
    """Answer 204 if issues can be assigned to this person."""
    row, account = call.repository(), account_named(call.hub, call.place["assignee"])
    collaborates = account is not None and call.hub.store.find(
        "collaborator", repository_id=row["id"], account_id=account["id"]
    )
    if account is None or not (collaborates or account["id"] == row["owner_id"]):
        raise not_found()
    return empty()


@route("PUT", "/repos/{owner}/{repo}/issues/{issue_number}/lock")
def lock_issue(call: Call) -> Answer:
    """Let nobody but those who may write comment on an issue."""
    row, issue = triaged(call)
    reason = call.text("lock_reason")
    if reason is not None and reason not in _LOCK_REASONS:
        raise invalid("Issue", "lock_reason", "invalid")
    call.hub.store.update("issue", issue["id"], locked=1, lock_reason=reason)
    note(call.hub, issue, "locked", call.actor, lock_reason=reason)
    announce(call, row, issue, "locked")
    return empty()


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/lock")
def unlock_issue(call: Call) -> Answer:
    """Let everybody comment on an issue again."""
    row, issue = triaged(call)
    call.hub.store.update("issue", issue["id"], locked=0, lock_reason=None)
    note(call.hub, issue, "unlocked", call.actor)
    announce(call, row, issue, "unlocked")
    return empty()


def check_unlocked(call: Call, repository: Row, issue: Row) -> None:
    """Refuse a stranger's comment on something locked."""
    if issue["locked"] and not may_triage(call, repository):
        raise forbidden("Unable to create comment because issue is locked.")


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/events")
@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/timeline")
def list_issue_events(call: Call) -> Answer:
    """Answer with what happened to an issue, oldest first."""
    row = call.repository()
    issue = path_issue(call, row)
    rows = call.select("SELECT * FROM issue_event WHERE issue_id = ? ORDER BY id", issue["id"])
    return Answer([issue_event(call.hub, row, each) for each in rows])


@route("GET", "/repos/{owner}/{repo}/issues/events")
def list_all_events(call: Call) -> Answer:
    """Answer with what happened to all issues and pull requests, newest first."""
    row = call.repository()
    rows = call.select(
        "SELECT * FROM issue_event WHERE repository_id = ? ORDER BY id DESC", row["id"]
    )
    issues = {each["issue_id"]: call.hub.store.get("issue", each["issue_id"]) for each in rows}
    return Answer(
        [
            issue_event(call.hub, row, each)
            | {"issue": shape(call.hub, row, issues[each["issue_id"]])}
            for each in rows
        ]
    )
