"""Check runs: made by workflows, read by anybody."""

from __future__ import annotations

import json
import re
from typing import Any

from devforge.local.answer import Answer, created
from devforge.local.call import Call
from devforge.local.checkruns import annotated, change_check_run, create_check_run
from devforge.local.refusals import ApiRefusal, forbidden, invalid, not_found
from devforge.local.routes import route
from devforge.local.shapes.checks import annotation
from devforge.local.shapes.checks import check_run as shape
from devforge.local.store import Row

_SHA = re.compile(r"[0-9a-f]{40}\Z")
_STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
_CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out")  # fmt: skip
_LEVELS = ("notice", "warning", "failure")
_MOST_ANNOTATIONS = 50
_OUTPUT_LIMIT = 65535


@route("POST", "/repos/{owner}/{repo}/check-runs")
def create(call: Call) -> Answer:
    """Make a check run. Only apps may, and of those here is one: GitHub Actions."""
    row = _app_repository(call)
    sha = call.needed_text("head_sha")
    if not _SHA.match(sha) or call.hub.git.resolve(row["id"], sha) != sha:
        raise ApiRefusal(422, f"No commit found for SHA: {sha}")
    columns = _columns(call, None)
    made = create_check_run(
        call.hub,
        row,
        name=call.needed_text("name", limit=255),
        head_sha=sha,
        actor=call.actor,
        **columns,
    )
    return created(shape(call.hub, row, made))


def _app_repository(call: Call) -> Row:
    row = call.repository("write")
    if call.token is None or call.token.kind != "workflow":
        raise forbidden("You must authenticate via a GitHub App.")
    return row


def _columns(call: Call, before: Row | None) -> dict[str, Any]:
    """Return what the body says of a check run, as columns."""
    columns: dict[str, Any] = {
        field: call.text(field)
        for field in ("details_url", "external_id", "started_at", "completed_at", "status", "conclusion", "name")
        if call.text(field) is not None
    }  # fmt: skip
    if before is None:
        columns.pop("name", None)
    if columns.get("status", "queued") not in _STATUSES:
        raise invalid("CheckRun", "status", "invalid")
    if columns.get("conclusion", "success") not in _CONCLUSIONS:
        raise invalid("CheckRun", "conclusion", "invalid")
    if "conclusion" in columns:
        columns["status"] = "completed"
        columns.setdefault("completed_at", call.hub.clock.stamp())
    elif columns.get("status") == "completed" and (before is None or not before["conclusion"]):
        raise ApiRefusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.')
    return columns | _output(call, before)


def _output(call: Call, before: Row | None) -> dict[str, Any]:
    told = call.record("output")
    if told is None:
        return {}
    columns: dict[str, Any] = {}
    for column, field in (("title", "title"), ("summary", "summary"), ("body", "text")):
        value = told.get(field)
        if value is not None:
            if not isinstance(value, str) or len(value) > _OUTPUT_LIMIT:
                raise invalid("CheckRun", f"output.{field}", "custom", f"{field} is not text of at most {_OUTPUT_LIMIT} characters")  # fmt: skip
            columns[column] = value
    if (new := told.get("annotations")) is not None:
        if not isinstance(new, list) or len(new) > _MOST_ANNOTATIONS:
            raise invalid("CheckRun", "output.annotations", "custom", f"at most {_MOST_ANNOTATIONS} annotations are taken at a time")  # fmt: skip
        kept = [] if before is None else json.loads(before["annotations"])
        columns["annotations"] = annotated(kept + [_checked(each) for each in new])
    return columns


def _checked(told: Any) -> dict[str, Any]:
    needed = {
        "path": str,
        "start_line": int,
        "end_line": int,
        "annotation_level": str,
        "message": str,
    }
    for name, kind in needed.items():
        if not isinstance(told, dict) or not isinstance(told.get(name), kind):
            raise invalid("CheckRun", f"output.annotations.{name}", "missing_field")
    if told["annotation_level"] not in _LEVELS:
        raise invalid("CheckRun", "output.annotations.annotation_level", "invalid")
    return dict(told)


def _path_run(call: Call, repository: Row) -> Row:
    row = call.hub.store.find(
        "check_run", id=call.number("check_run_id"), repository_id=repository["id"]
    )
    if row is None:
        raise not_found()
    return row


@route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}")
def show(call: Call) -> Answer:
    """Answer with one check run."""
    row = call.repository()
    return Answer(shape(call.hub, row, _path_run(call, row)))


@route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}")
def change(call: Call) -> Answer:
    """Change a check run; annotations are added to those there are."""
    row = _app_repository(call)
    run = _path_run(call, row)
    changed = change_check_run(call.hub, row, run, call.actor, **_columns(call, run))
    return Answer(shape(call.hub, row, changed))


@route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations")
def list_annotations(call: Call) -> Answer:
    """Answer with a check run's annotations."""
    row = call.repository()
    run = _path_run(call, row)
    listed = call.slice(json.loads(run["annotations"]))
    return Answer([annotation(call.hub, row, run, each) for each in listed])


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs")
def list_for_commit(call: Call) -> Answer:
    """Answer with the check runs of a commit: the newest of each name, or all with `filter=all`."""
    row = call.repository()
    sha = call.hub.git.resolve(row["id"], call.place["ref"])
    if sha is None:
        raise ApiRefusal(422, f"No commit found for SHA: {call.place['ref']}")
    newest = (
        "" if call.query.get("filter") == "all" else " AND id IN (SELECT max(id) FROM check_run"
        " WHERE repository_id = ? AND head_sha = ? GROUP BY name)"
    )  # fmt: skip
    values: list[Any] = [row["id"], sha]
    values += values if newest else []
    tests = ""
    for name, column in (("check_name", "name"), ("status", "status")):
        if name in call.query:
            tests += f" AND {column} = ?"
            values.append(call.query[name])
    sql = f"SELECT * FROM check_run WHERE repository_id = ? AND head_sha = ?{newest}{tests} ORDER BY id DESC"  # noqa: S608 - the words are ours
    rows = call.select(sql, *values)
    runs = [shape(call.hub, row, each) for each in rows]
    return Answer({"total_count": call.total, "check_runs": runs})
