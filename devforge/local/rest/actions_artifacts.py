"""Artifacts: listed, downloaded, deleted.

Source: docs.github.com, "REST API endpoints for GitHub Actions artifacts".
"""

from __future__ import annotations

from devforge.local.answer import Answer, empty, redirect
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal, not_found
from devforge.local.rest.actions_runs import find_run
from devforge.local.routes import route
from devforge.local.shapes.workflow_runs import artifact_shape
from devforge.local.store import Row
from devforge.local.workflows.artifacts import archive_path, delete


@route("GET", "/repos/{owner}/{repo}/actions/artifacts")
def list_artifacts(call: Call) -> Answer:
    """The repository's artifacts, newest first."""
    return _listed(call, "repository_id = ?", call.repository()["id"])


@route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts")
def list_run_artifacts(call: Call) -> Answer:
    """One run's artifacts."""
    return _listed(call, "run_id = ?", find_run(call, call.repository())["id"])


@route("GET", "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}")
def get_artifact(call: Call) -> Answer:
    """One artifact."""
    return Answer(artifact_shape(call.hub, _artifact(call, call.repository())))


@route("DELETE", "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}")
def delete_artifact(call: Call) -> Answer:
    """Remove an artifact."""
    delete(call.hub, _artifact(call, call.repository("write")))
    return empty()


@route("GET", "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/zip")
def download_artifact(call: Call) -> Answer:
    """Lead to the archive. 410 once it has expired."""
    row = _artifact(call, call.repository())
    if row["expires_at"] <= call.hub.clock.stamp():
        raise ApiRefusal(410, "Artifact has expired")
    return redirect(f"{call.hub.url}/_local/artifacts/{row['id']}/{row['secret']}.zip")


@route("GET", "/artifacts/{artifact_id}/{secret}.zip", surface="control")
def serve_artifact(call: Call) -> Answer:
    """The archive that `zip` leads to; whoever has the address may have it, as with GitHub's."""
    row = call.hub.store.find("artifact", id=call.number("artifact_id"), deleted=0)
    if row is None or row["secret"] != call.place["secret"]:
        raise not_found()
    return Answer(content=archive_path(call.hub, row["id"]), media_type="application/zip")


def _listed(call: Call, where: str, value: int) -> Answer:
    sql = f"SELECT * FROM artifact WHERE {where} AND deleted = 0"  # noqa: S608 - ours
    values: list[object] = [value]
    if name := call.query.get("name"):
        sql, values = f"{sql} AND name = ?", [*values, name]
    rows = call.select(f"{sql} ORDER BY id DESC", *values)
    shown = [artifact_shape(call.hub, row) for row in rows]
    return Answer({"total_count": call.total, "artifacts": shown})


def _artifact(call: Call, repository: Row) -> Row:
    row = call.hub.store.find(
        "artifact", id=call.number("artifact_id"), repository_id=repository["id"], deleted=0
    )
    if row is None:
        raise not_found()
    return row
