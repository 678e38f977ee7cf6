"""Issues, which pull requests are too: opened, listed, changed, locked; labels and assignees on them."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, created
from devforge.local.call import Call
from devforge.local.issues import (
    close_issue,
    note,
    open_issue,
    reopen_issue,
    touch,
)
from devforge.local.refusals import ApiRefusal, invalid, needs_role
from devforge.local.routes import route
from devforge.local.shapes.issues import issue as shape
from devforge.local.shapes.repositories import settings_of
from devforge.local.store import Row
from devforge.local.triage import (
    announce,
    assign,
    may_triage,
    names_of,
    path_issue,
    put_labels,
    replace_labels,
)

_ORDERS = {"created": "i.created_at", "updated": "i.updated_at", "comments": "(SELECT count(*) FROM comment c WHERE c.issue_id = i.id)"}  # fmt: skip


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
            put_labels(call, row, issue, names_of(call, "labels"))
            assign(call, row, issue, _assignees(call))
            if milestone := call.whole("milestone"):
                _set_milestone(call, row, issue, milestone)
    return created(shape(call.hub, row, call.hub.store.get("issue", issue["id"])))


def _title(call: Call) -> str:
    title = call.body.get("title")
    return str(title) if isinstance(title, int) else call.needed_text("title", limit=10_000)


def _assignees(call: Call) -> list[str]:
    """Return whom the body names, in the list or in the older field for one."""
    one = call.text("assignee")
    return [*(call.texts("assignees") or []), *([one] if one else [])]


def _has_issues(row: Row) -> bool:
    return bool(settings_of(row)["has_issues"])


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
        if "title" in changed:
            rename = {"from": issue["title"], "to": words["title"]}
            note(call.hub, issue, "renamed", call.actor, rename=rename)
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
        replace_labels(call, repository, issue, names_of(call, "labels"))
    if call.has("assignees") or call.has("assignee"):
        call.hub.store.run("DELETE FROM assignee WHERE issue_id = ?", issue["id"])
        assign(call, repository, issue, _assignees(call))
    if call.has("milestone"):
        _set_milestone(call, repository, issue, call.whole("milestone"))


def _set_milestone(call: Call, repository: Row, issue: Row, number: int | None) -> None:
    found = None
    if number is not None:
        found = call.hub.store.find("milestone", repository_id=repository["id"], number=number)
        if found is None:
            raise invalid("Issue", "milestone", "invalid")
    before = call.hub.store.find("milestone", id=issue["milestone_id"] or 0)
    call.hub.store.update("issue", issue["id"], milestone_id=found["id"] if found else None)
    for event, which in (("demilestoned", before), ("milestoned", found)):
        if which is not None and found != before:
            note(call.hub, issue, event, call.actor, milestone={"title": which["title"]})
