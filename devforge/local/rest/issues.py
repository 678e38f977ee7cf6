"""Issues, which pull requests are too: opened, listed, changed, locked; labels and assignees on them."""

from __future__ import annotations

from typing import Any

from devforge.local.access import has_role, role_of
from devforge.local.accounts import account_named
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.issues import (
    add_labels,
    assignees_of,
    close_issue,
    issue_numbered,
    labels_of,
    note,
    open_issue,
    remove_labels,
    reopen_issue,
    touch,
)
from devforge.local.labels import label_named
from devforge.local.refusals import ApiRefusal, forbidden, invalid, needs_role, not_found
from devforge.local.routes import route
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.issues import issue as shape
from devforge.local.shapes.issues import issue_event
from devforge.local.shapes.issues import label as label_shape
from devforge.local.shapes.pulls import full_pull
from devforge.local.shapes.repositories import settings_of
from devforge.local.store import Row

_ORDERS = {"created": "i.created_at", "updated": "i.updated_at", "comments": "(SELECT count(*) FROM comment c WHERE c.issue_id = i.id)"}  # fmt: skip
_LOCK_REASONS = ("off-topic", "too heated", "resolved", "spam")


def may_triage(call: Call, repository: Row) -> bool:
    """Tell whether the caller may label, assign and close what others opened."""
    token = call.token
    if token is not None and token.kind == "workflow":
        return bool(token.repository_id == repository["id"])
    return has_role(role_of(call.hub, call.actor.id, repository), "triage")


def path_issue(call: Call, repository: Row) -> Row:
    """Return the issue that the path names. Raises 404."""
    row = issue_numbered(call.hub, repository, call.number("issue_number"))
    if row is None:
        raise not_found()
    return row


def announce(call: Call, repository: Row, issue: Row, action: str, **more: Any) -> None:
    """Tell subscribers what happened to an issue or pull request."""
    issue = call.hub.store.get("issue", issue["id"])
    if issue["is_pull"]:
        pull = call.hub.store.find("pull", issue_id=issue["id"])
        if pull is not None:
            told = {"action": action, "number": issue["number"]}
            told["pull_request"] = full_pull(call.hub, pull)
            call.emit("pull_request", repository, told | more)
        return
    told = {"action": action, "issue": shape(call.hub, repository, issue)}
    call.emit("issues", repository, told | more)


@route("POST", "/repos/{owner}/{repo}/issues")
def create_issue(call: Call) -> Answer:
    """Open an issue. Labels, assignees and a milestone take effect for who may set them."""
    row = call.repository()
    if not _has_issues(row):
        raise ApiRefusal(410, "Issues has been disabled in this repository.")
    with call.hub.store.transaction():
        issue = open_issue(call.hub, row, _title(call), call.text("body"), call.actor)
        announce(call, row, issue, "opened")
        if may_triage(call, row):
            _label(call, row, issue, _names(call, "labels"))
            _assign(call, row, issue, call.texts("assignees") or [])
            if milestone := call.whole("milestone"):
                _set_milestone(call, row, issue, milestone)
    return created(shape(call.hub, row, call.hub.store.get("issue", issue["id"])))


def _title(call: Call) -> str:
    title = call.body.get("title")
    return str(title) if isinstance(title, int) else call.needed_text("title", limit=10_000)


def _has_issues(row: Row) -> bool:
    return bool(settings_of(row)["has_issues"])


def _names(call: Call, field: str) -> list[str]:
    listed = call.body.get(field) or call.body.get("") or []
    if isinstance(listed, str):
        listed = [listed]
    names: list[str] = []
    for each in listed:
        name = each.get("name") if isinstance(each, dict) else each
        if not isinstance(name, str):
            raise invalid("Label", "name", "invalid")
        names.append(name)
    return names


@route("GET", "/repos/{owner}/{repo}/issues")
def list_issues(call: Call) -> Answer:
    """Answer with issues and pull requests, filtered as asked."""
    row, query = call.repository(), call.query
    tests, values = ["i.repository_id = ?"], [row["id"]]
    if (state := query.get("state", "open")) != "all":
        tests.append("i.state = ?")
        values.append(state)
    for name in filter(None, query.get("labels", "").split(",")):
        tests.append(
            "EXISTS (SELECT 1 FROM issue_label il JOIN label l ON l.id = il.label_id"
            " WHERE il.issue_id = i.id AND l.name = ?)"
        )
        values.append(name)
    if creator := query.get("creator"):
        tests.append("i.author_id = (SELECT id FROM account WHERE login = ?)")
        values.append(creator)
    if (assignee := query.get("assignee", "*")) != "*":
        found = "EXISTS (SELECT 1 FROM assignee s JOIN account a ON a.id = s.account_id WHERE s.issue_id = i.id AND a.login = ?)"  # fmt: skip
        tests.append("NOT EXISTS (SELECT 1 FROM assignee s WHERE s.issue_id = i.id)" if assignee == "none" else found)  # fmt: skip
        values += [] if assignee == "none" else [assignee]
    if since := query.get("since"):
        tests.append("i.updated_at >= ?")
        values.append(since)
    if (milestone := query.get("milestone", "")).isdigit():
        tests.append("i.milestone_id = (SELECT id FROM milestone WHERE repository_id = ? AND number = ?)")  # fmt: skip
        values += [row["id"], int(milestone)]
    order = _ORDERS.get(query.get("sort", "created"), "i.created_at")
    way = "ASC" if query.get("direction") == "asc" else "DESC"
    sql = f"SELECT i.* FROM issue i WHERE {' AND '.join(tests)} ORDER BY {order} {way}, i.id {way}"  # noqa: S608 - the words are ours
    return Answer([shape(call.hub, row, each) for each in call.select(sql, *values)])


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}")
def show_issue(call: Call) -> Answer:
    """Answer with one issue or pull request."""
    row = call.repository()
    return Answer(shape(call.hub, row, path_issue(call, row)))


@route("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}")
def change_issue(call: Call) -> Answer:
    """Change an issue: its author its words and state, triage everything."""
    row = call.repository()
    issue, triage = path_issue(call, row), may_triage(call, row)
    if not triage and issue["author_id"] != call.actor.id:
        raise needs_role("admin")
    with call.hub.store.transaction():
        change_words(call, row, issue)
        change_state(call, row, issue)
        if triage:
            _replace_all(call, row, issue)
    return Answer(shape(call.hub, row, call.hub.store.get("issue", issue["id"])))


def change_words(call: Call, repository: Row, issue: Row) -> None:
    """Change title and body as the body says, and announce what they were."""
    words: dict[str, Any] = {}
    if call.text("title", limit=256):
        words["title"] = call.text("title")
    if call.has("body"):
        words["body"] = call.text("body")
    changed = {
        name: {"from": issue[name] or ""} for name, new in words.items() if new != issue[name]
    }
    if changed:
        call.hub.store.update("issue", issue["id"], **words)
        touch(call.hub, issue["id"])
        announce(call, repository, issue, "edited", changes=changed)


def change_state(call: Call, repository: Row, issue: Row) -> None:
    """Close or reopen as the body says."""
    state = call.text("state")
    if state not in (None, "open", "closed"):
        raise invalid("Issue", "state", "invalid")
    if state is None or state == issue["state"]:
        return
    if state == "closed":
        close_issue(call.hub, issue, call.actor, call.text("state_reason") or "completed")
        announce(call, repository, issue, "closed")
    else:
        reopen_issue(call.hub, issue, call.actor)
        announce(call, repository, issue, "reopened")


def _replace_all(call: Call, repository: Row, issue: Row) -> None:
    if call.has("labels"):
        _replace_labels(call, repository, issue, _names(call, "labels"))
    if call.has("assignees"):
        call.hub.store.run("DELETE FROM assignee WHERE issue_id = ?", issue["id"])
        _assign(call, repository, issue, call.texts("assignees") or [])
    if call.has("milestone"):
        _set_milestone(call, repository, issue, call.whole("milestone"))


def _set_milestone(call: Call, repository: Row, issue: Row, number: int | None) -> None:
    found = None
    if number is not None:
        found = call.hub.store.find("milestone", repository_id=repository["id"], number=number)
        if found is None:
            raise invalid("Issue", "milestone", "invalid")
    call.hub.store.update("issue", issue["id"], milestone_id=found["id"] if found else None)


# Labels ----------------------------------------------------------------------------------------


def _label(call: Call, repository: Row, issue: Row, names: list[str]) -> None:
    for label in add_labels(call.hub, issue, names, call.actor):
        told = label_shape(call.hub, repository, label)
        announce(call, repository, issue, "labeled", label=told)


def _unlabel(call: Call, repository: Row, issue: Row, labels: list[Row]) -> None:
    remove_labels(call.hub, issue, labels, call.actor)
    for label in labels:
        told = label_shape(call.hub, repository, label)
        announce(call, repository, issue, "unlabeled", label=told)


def _replace_labels(call: Call, repository: Row, issue: Row, names: list[str]) -> None:
    kept = {name.lower() for name in names}
    gone = [row for row in labels_of(call.hub, issue["id"]) if row["name"].lower() not in kept]
    if gone:
        _unlabel(call, repository, issue, gone)
    _label(call, repository, issue, names)


def _labels_answer(call: Call, repository: Row, issue: Row) -> Answer:
    rows = labels_of(call.hub, issue["id"])
    return Answer([label_shape(call.hub, repository, row) for row in rows])


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def list_issue_labels(call: Call) -> Answer:
    """Answer with an issue's labels."""
    row = call.repository()
    rows = call.slice(labels_of(call.hub, path_issue(call, row)["id"]))
    return Answer([label_shape(call.hub, row, each) for each in rows])


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def add_issue_labels(call: Call) -> Answer:
    """Put labels on an issue; one that does not exist yet is made."""
    row, issue = _triaged(call)
    with call.hub.store.transaction():
        _label(call, row, issue, _names(call, "labels"))
    return _labels_answer(call, row, issue)


@route("PUT", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def replace_issue_labels(call: Call) -> Answer:
    """Put other labels in the place of an issue's."""
    row, issue = _triaged(call)
    with call.hub.store.transaction():
        _replace_labels(call, row, issue, _names(call, "labels"))
    return _labels_answer(call, row, issue)


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def clear_issue_labels(call: Call) -> Answer:
    """Take every label off an issue."""
    row, issue = _triaged(call)
    with call.hub.store.transaction():
        _unlabel(call, row, issue, labels_of(call.hub, issue["id"]))
    return empty()


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}")
def remove_issue_label(call: Call) -> Answer:
    """Take one label off an issue."""
    row, issue = _triaged(call)
    label = label_named(call.hub, row["id"], call.place["name"])
    on = {each["id"] for each in labels_of(call.hub, issue["id"])}
    if label is None or label["id"] not in on:
        raise ApiRefusal(404, "Label does not exist")
    with call.hub.store.transaction():
        _unlabel(call, row, issue, [label])
    return _labels_answer(call, row, issue)


def _triaged(call: Call) -> tuple[Row, Row]:
    row = call.repository()
    issue = path_issue(call, row)
    if not may_triage(call, row):
        raise needs_role("admin")
    return row, issue


# Assignees, locks, events ------------------------------------------------------------------------


def _assign(call: Call, repository: Row, issue: Row, logins: list[str]) -> None:
    for login in logins:
        account = account_named(call.hub, login)
        if account is None:
            raise invalid("Issue", "assignees", "invalid", f"{login} cannot be assigned")
        call.hub.store.run(
            "INSERT OR IGNORE INTO assignee (issue_id, account_id) VALUES (?, ?)",
            issue["id"],
            account["id"],
        )
        note(call.hub, issue, "assigned", call.actor, assignee=simple_user(call.hub, account))
        told = simple_user(call.hub, account)
        announce(call, repository, issue, "assigned", assignee=told)


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/assignees")
def add_assignees(call: Call) -> Answer:
    """Assign an issue to people."""
    row, issue = _triaged(call)
    with call.hub.store.transaction():
        _assign(call, row, issue, _names(call, "assignees"))
    return created(shape(call.hub, row, call.hub.store.get("issue", issue["id"])))


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/assignees")
def remove_assignees(call: Call) -> Answer:
    """Take people off an issue."""
    row, issue = _triaged(call)
    gone = {login.lower() for login in _names(call, "assignees")}
    with call.hub.store.transaction():
        for account in assignees_of(call.hub, issue["id"]):
            if account["login"].lower() in gone:
                call.hub.store.run(
                    "DELETE FROM assignee WHERE issue_id = ? AND account_id = ?",
                    issue["id"],
                    account["id"],
                )
                told = simple_user(call.hub, account)
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


@route("PUT", "/repos/{owner}/{repo}/issues/{issue_number}/lock")
def lock_issue(call: Call) -> Answer:
    """Let nobody but those who may write comment on an issue."""
    row, issue = _triaged(call)
    reason = call.text("lock_reason")
    if reason is not None and reason not in _LOCK_REASONS:
        raise invalid("Issue", "lock_reason", "invalid")
    call.hub.store.update("issue", issue["id"], locked=1, lock_reason=reason)
    announce(call, row, issue, "locked")
    return empty()


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/lock")
def unlock_issue(call: Call) -> Answer:
    """Let everybody comment on an issue again."""
    row, issue = _triaged(call)
    call.hub.store.update("issue", issue["id"], locked=0, lock_reason=None)
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
