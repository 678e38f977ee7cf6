"""Lists of a repository's issues, pull requests, discussions and runs, the open ones first."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.hub import Hub
from devforge.local.issues import labels_of
from devforge.local.routes import route
from devforge.local.shapes.discussions import discussion_labels
from devforge.local.shapes.links import login_of, repository_path
from devforge.local.store import Row
from devforge.local.web.page import neighbours, page

ISSUES = (
    "SELECT i.*, p.merged FROM issue i LEFT JOIN pull p ON p.issue_id = i.id"
    " WHERE i.repository_id = ? AND i.is_pull = ? ORDER BY i.state = 'open' DESC, i.number DESC"
)
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


@route("GET", "/{owner}/{repo}/actions", surface="web")
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
