"""What triage does to an issue within a call: who may, labels, people, and telling of it."""

from __future__ import annotations

from typing import Any

from devforge.local.accounts import account_named
from devforge.local.call import Call
from devforge.local.issues import (
    add_labels,
    issue_numbered,
    labels_of,
    note,
    remove_labels,
)
from devforge.local.refusals import invalid, needs_role, not_found
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.issues import issue as shape
from devforge.local.shapes.issues import label as label_shape
from devforge.local.shapes.pulls import full_pull
from devforge.local.store import Row


def may_triage(call: Call, repository: Row) -> bool:
    """Tell whether the caller may label, assign and close what others opened."""
    return call.may(repository, "triage")


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


def names_of(call: Call, field: str) -> list[str]:
    """Return the names that a list of the body says, be they strings or objects. Raises 422."""
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


def triaged(call: Call) -> tuple[Row, Row]:
    """Return repository and issue if the caller may triage there. Raises 403."""
    row = call.repository()
    issue = path_issue(call, row)
    if not may_triage(call, row):
        raise needs_role("admin")
    return row, issue


def put_labels(call: Call, repository: Row, issue: Row, names: list[str]) -> None:
    """Put labels on an issue and announce each that is new on it."""
    for label in add_labels(call.hub, issue, names, call.actor):
        told = label_shape(call.hub, repository, label)
        announce(call, repository, issue, "labeled", label=told)


def take_labels(call: Call, repository: Row, issue: Row, labels: list[Row]) -> None:
    """Take labels off an issue and announce each."""
    remove_labels(call.hub, issue, labels, call.actor)
    for label in labels:
        told = label_shape(call.hub, repository, label)
        announce(call, repository, issue, "unlabeled", label=told)


def replace_labels(call: Call, repository: Row, issue: Row, names: list[str]) -> None:
    """Put other labels in the place of an issue's."""
    kept = {name.lower() for name in names}
    gone = [row for row in labels_of(call.hub, issue["id"]) if row["name"].lower() not in kept]
    if gone:
        take_labels(call, repository, issue, gone)
    put_labels(call, repository, issue, names)


def assign(call: Call, repository: Row, issue: Row, logins: list[str]) -> None:
    """Assign an issue to people. Raises 422 for a login nobody has."""
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
