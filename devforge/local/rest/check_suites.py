"""Check suites: what the check runs of one commit come to."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.objects import read_commit
from devforge.local.refusals import ApiRefusal, not_found
from devforge.local.routes import route
from devforge.local.shapes.checks import check_run, check_suite
from devforge.local.shapes.commits import git_commit
from devforge.local.shapes.links import repository_api
from devforge.local.shapes.repositories import minimal_repository
from devforge.local.store import Row


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites")
def list_for_commit(call: Call) -> Answer:
    """Answer with the check suites of a commit: one, where anything was checked."""
    row = call.repository()
    sha = call.hub.git.resolve(row["id"], call.place["ref"])
    if sha is None:
        raise ApiRefusal(422, f"No commit found for SHA: {call.place['ref']}")
    suites = call.select(
        "SELECT * FROM check_suite WHERE repository_id = ? AND head_sha = ? ORDER BY id",
        row["id"],
        sha,
    )
    shapes = [_shape(call, row, suite) for suite in suites]
    return Answer({"total_count": call.total, "check_suites": shapes})


@route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}")
def show(call: Call) -> Answer:
    """Answer with one check suite."""
    row = call.repository()
    return Answer(_shape(call, row, _path_suite(call, row)))


@route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs")
def list_runs(call: Call) -> Answer:
    """Answer with the check runs of a suite."""
    row = call.repository()
    suite = _path_suite(call, row)
    runs = call.select("SELECT * FROM check_run WHERE suite_id = ? ORDER BY id DESC", suite["id"])
    shapes = [check_run(call.hub, row, run) for run in runs]
    return Answer({"total_count": call.total, "check_runs": shapes})


def _path_suite(call: Call, repository: Row) -> Row:
    found = call.hub.store.find(
        "check_suite", id=call.number("check_suite_id"), repository_id=repository["id"]
    )
    if found is None:
        raise not_found()
    return found


def _shape(call: Call, repository: Row, suite: Row) -> dict[str, Any]:
    url = f"{repository_api(call.hub, repository)}/check-suites/{suite['id']}"
    runs = call.hub.store.value("SELECT count(*) FROM check_run WHERE suite_id = ?", suite["id"])
    commit = git_commit(
        call.hub, repository, read_commit(call.hub, repository["id"], suite["head_sha"])
    )
    return check_suite(call.hub, repository, suite) | {
        "repository": minimal_repository(call.hub, repository),
        "head_commit": {
            "id": commit["sha"],
            "tree_id": commit["tree"]["sha"],
            "message": commit["message"],
            "timestamp": commit["committer"]["date"],
            "author": {name: commit["author"][name] for name in ("name", "email")},
            "committer": {name: commit["committer"][name] for name in ("name", "email")},
        },
        "latest_check_runs_count": runs,
        "check_runs_url": f"{url}/check-runs",
    }
