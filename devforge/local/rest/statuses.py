"""Commit statuses: set, listed, combined."""

from __future__ import annotations

import re

from devforge.local.answer import Answer, created
from devforge.local.call import Call
from devforge.local.git.objects import read_commit
from devforge.local.refusals import ApiRefusal, invalid
from devforge.local.routes import route
from devforge.local.shapes.checks import combined_status
from devforge.local.shapes.checks import status as shape
from devforge.local.shapes.commits import listed_commit
from devforge.local.store import Row

_STATES = ("error", "failure", "pending", "success")
_SHA = re.compile(r"[0-9a-f]{40}\Z")


@route("POST", "/repos/{owner}/{repo}/statuses/{sha}")
def create_status(call: Call) -> Answer:
    """Set a status of a commit; the newest of each context counts."""
    row, sha, state = call.repository("write"), call.place["sha"], call.needed_text("state")
    if state not in _STATES:
        raise invalid("Status", "state", "invalid", f"state is not one of {', '.join(_STATES)}")
    if not _SHA.match(sha) or call.hub.git.resolve(row["id"], sha) != sha:
        raise ApiRefusal(422, f"No commit found for SHA: {sha}")
    url = call.text("target_url")
    if url and not url.startswith(("http://", "https://")):
        raise invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
    context = call.text("context", limit=255) or "default"
    _check_count(call, row, sha, context)
    with call.hub.store.transaction():
        id = call.hub.store.insert(
            "status",
            repository_id=row["id"],
            sha=sha,
            state=state,
            context=context,
            description=call.text("description", limit=140),
            target_url=url,
            creator_id=call.actor.id,
            created_at=call.hub.clock.stamp(),
        )
        told = shape(call.hub, row, call.hub.store.get("status", id))
        _announce(call, row, told, sha)
    return created(told)


def _check_count(call: Call, row: Row, sha: str, context: str) -> None:
    """GitHub keeps at most 1,000 statuses per commit and context."""
    count = call.hub.store.value(
        "SELECT count(*) FROM status WHERE repository_id = ? AND sha = ? AND context = ?",
        row["id"],
        sha,
        context,
    )
    if count >= 1000:
        raise ApiRefusal(422, "This SHA and context has reached the maximum number of statuses.")


def _announce(call: Call, row: Row, told: dict[str, object], sha: str) -> None:
    branches = call.hub.git.refs(row["id"], "refs/heads")
    call.emit(
        "status",
        row,
        {
            "id": told["id"],
            "sha": sha,
            "name": f"{row['name']}",
            "avatar_url": told["avatar_url"],
            "target_url": told["target_url"],
            "context": told["context"],
            "description": told["description"],
            "state": told["state"],
            "commit": listed_commit(call.hub, row, read_commit(call.hub, row["id"], sha)),
            "branches": [
                {
                    "name": name[11:],
                    "commit": {
                        "sha": tip,
                        "url": f"{call.hub.api}/repos/{row['name']}/commits/{tip}",
                    },
                    "protected": False,
                }
                for name, tip in branches.items()
                if tip == sha
            ],
            "created_at": told["created_at"],
            "updated_at": told["updated_at"],
        },
    )


def _commit(call: Call, row: Row) -> str:
    name = call.place["ref"]
    sha = call.hub.git.resolve(row["id"], name)
    if sha is None:
        raise ApiRefusal(422, f"No commit found for SHA: {name}")
    return sha


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/statuses")
def list_statuses(call: Call) -> Answer:
    """Answer with every status of a commit, newest first."""
    row = call.repository()
    rows = call.select(
        "SELECT * FROM status WHERE repository_id = ? AND sha = ? ORDER BY id DESC",
        row["id"],
        _commit(call, row),
    )
    return Answer([shape(call.hub, row, each) for each in rows])


@route("GET", "/repos/{owner}/{repo}/statuses/{ref}")
def list_statuses_by_old_name(call: Call) -> Answer:
    """Answer with every status of a commit, at the address that answers name."""
    return list_statuses(call)


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/status")
def show_combined_status(call: Call) -> Answer:
    """Answer with the newest status of each context, and what they come to."""
    row = call.repository()
    sha = _commit(call, row)
    sql = (
        "SELECT * FROM status WHERE id IN (SELECT max(id) FROM status"
        " WHERE repository_id = ? AND sha = ? GROUP BY context) ORDER BY id"
    )
    states = {each["state"] for each in call.hub.store.all(sql, row["id"], sha)}
    state = "success" if states == {"success"} else "pending"
    if states & {"error", "failure"}:
        state = "failure"
    rows = call.select(sql, row["id"], sha)
    return Answer(combined_status(call.hub, row, sha, rows, call.total or 0, state))
