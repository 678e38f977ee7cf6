"""The labels on one issue or pull request."""

from __future__ import annotations

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.issues import (
    labels_of,
)
from devforge.local.labels import label_named
from devforge.local.refusals import ApiRefusal
from devforge.local.routes import route
from devforge.local.shapes.issues import label as label_shape
from devforge.local.store import Row
from devforge.local.triage import (
    names_of,
    path_issue,
    put_labels,
    replace_labels,
    take_labels,
    triaged,
)


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
    row, issue = triaged(call)
    with call.hub.store.transaction():
        put_labels(call, row, issue, names_of(call, "labels"))
    return _labels_answer(call, row, issue)


@route("PUT", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def replace_issue_labels(call: Call) -> Answer:
    """Put other labels in the place of an issue's."""
    row, issue = triaged(call)
    with call.hub.store.transaction():
        replace_labels(call, row, issue, names_of(call, "labels"))
    return _labels_answer(call, row, issue)


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def clear_issue_labels(call: Call) -> Answer:
    """Take every label off an issue."""
    row, issue = triaged(call)
    with call.hub.store.transaction():
        take_labels(call, row, issue, labels_of(call.hub, issue["id"]))
    return empty()


@route("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}")
def remove_issue_label(call: Call) -> Answer:
    """Take one label off an issue."""
    row, issue = triaged(call)
    label = label_named(call.hub, row["id"], call.place["name"])
    on = {each["id"] for each in labels_of(call.hub, issue["id"])}
    if label is None or label["id"] not in on:
        raise ApiRefusal(404, "Label does not exist")
    with call.hub.store.transaction():
        take_labels(call, row, issue, [label])
    return _labels_answer(call, row, issue)
