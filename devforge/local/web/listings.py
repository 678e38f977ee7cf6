"""Lists of a repository's issues, pull requests, discussions and runs, the open ones first."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.hub import Hub
from devforge.local.issues import labels_of
from devforge.local.labels import label_named
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.discussions import discussion_labels
from devforge.local.shapes.links import login_of, repository_path
from devforge.local.store import Row
from devforge.local.web.page import neighbours, page

_ISSUES = "SELECT i.*, p.merged FROM issue i LEFT JOIN pull p ON p.issue_id = i.id"
_ORDER = "ORDER BY i.state = 'open' DESC, i.number DESC"
ISSUES = f"{_ISSUES} WHERE i.repository_id = ? AND i.is_pull = ? {_ORDER}"
LABELLED = f"{_ISSUES} JOIN issue_label l ON l.issue_id = i.id WHERE l.label_id = ? {_ORDER}"
OF_MILESTONE = f"{_ISSUES} WHERE i.milestone_id = ? {_ORDER}"
DISCUSSIONS = (
    "SELECT * FROM discussion WHERE repository_id = ? ORDER BY closed_at IS NULL DESC, number DESC"
)
RUNS = "SELECT * FROM workflow_run WHERE repository_id = ? ORDER BY id DESC"


@dataclass(frozen=True, slots=True)
class Thing:
    """One line of a list; `place` is its page's address below the repository's."""

    place: str
    title: str
    state: str
    note: str
    labels: tuple[str, ...] = ()


@route("GET", "/{owner}/{repo}/issues", surface="web")
def list_issues(call: Call) -> Answer:
    """The repository's issues."""
    repository = call.repository()
    rows = call.select(ISSUES, repository["id"], 0)
    return _listed(call, repository, "Issues", [issue_line(call.hub, row) for row in rows])


@route("GET", "/{owner}/{repo}/pulls", surface="web")
def list_pulls(call: Call) -> Answer:
    """The repository's pull requests."""
    repository = call.repository()
    rows = call.select(ISSUES, repository["id"], 1)
    return _listed(call, repository, "Pull requests", [issue_line(call.hub, row) for row in rows])


@route("GET", "/{owner}/{repo}/discussions", surface="web")
def list_discussions(call: Call) -> Answer:
    """The repository's discussions."""
    repository = call.repository()
    rows = call.select(DISCUSSIONS, repository["id"])
    return _listed(call, repository, "Discussions", [_discussion(call.hub, row) for row in rows])


@route("GET", "/{owner}/{repo}/labels/{name}", surface="web")
def list_labelled(call: Call) -> Answer:
    """The issues and pull requests that carry a label."""
    repository = call.repository()
    label = label_named(call.hub, repository["id"], call.place["name"])
    if label is None:
        raise not_found()
    rows = call.select(LABELLED, label["id"])
    lines = [issue_line(call.hub, row) for row in rows]
    return _listed(call, repository, f"Labelled {label['name']}", lines)


@route("GET", "/{owner}/{repo}/milestone/{number}", surface="web")
def list_milestone(call: Call) -> Answer:
    """The issues and pull requests of a milestone."""
    repository = call.repository()
    milestone = call.hub.store.find(
        "milestone", repository_id=repository["id"], number=call.number("number")
    )
    if milestone is None:
        raise not_found()
    rows = call.select(OF_MILESTONE, milestone["id"])
    lines = [issue_line(call.hub, row) for row in rows]
    return _listed(call, repository, f"Milestone {milestone['title']}", lines)


@route("GET", "/{owner}/{repo}/actions", surface="web")
@route("GET", "/{owner}/{repo}/deployments/activity_log", surface="web")
def list_runs(call: Call) -> Answer:
    """The repository's workflow runs, newest first."""
    repository = call.repository()
    rows = call.select(RUNS, repository["id"])
    return _listed(call, repository, "Workflow runs", [run_line(row) for row in rows])


def _listed(call: Call, repository: Row, heading: str, rows: list[Thing]) -> Answer:
    path = repository_path(call.hub, repository)
    return page("listing", repository=path, heading=heading, rows=rows, **neighbours(call))


def issue_line(hub: Hub, row: Row) -> Thing:
    """Return the line of an issue or pull request that `ISSUES` selected."""
    return Thing(
        place=f"{'pull' if row['is_pull'] else 'issues'}/{row['number']}",
        title=row["title"],
        state="merged" if row["merged"] else row["state"],
        note=f"#{row['number']} by {login_of(hub, row['author_id'])} at {row['created_at']}",
        labels=tuple(label["name"] for label in labels_of(hub, row["id"])),
    )


def run_line(row: Row) -> Thing:
    """Return the line of a workflow run."""
    return Thing(
        place=f"actions/runs/{row['id']}",
        title=row["title"],
        state=row["conclusion"] or row["status"],
        note=f"{row['name']} #{row['number']} for {row['event']} at {row['created_at']}",
    )


def _discussion(hub: Hub, row: Row) -> Thing:
    return Thing(
        place=f"discussions/{row['number']}",
        title=row["title"],
        state="closed" if row["closed_at"] else "open",
        note=f"#{row['number']} by {login_of(hub, row['author_id'])} at {row['created_at']}",
        labels=tuple(label["name"] for label in discussion_labels(hub, row["id"])),
    )
