"""Deployments that wait for a reviewer: which, and the reviewer's word. Attestations by digest.

Source: docs.github.com, "Get pending deployments for a workflow run", "Review pending deployments
for a workflow run", "List attestations".
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.nodes import node_id
from devforge.local.refusals import forbidden, unprocessable
from devforge.local.rest.actions_runs import find_run
from devforge.local.routes import route
from devforge.local.shapes.accounts import user_by_id
from devforge.local.shapes.links import repository_api, repository_web
from devforge.local.store import Row, packed
from devforge.local.workflows.settings import gate_of

_PENDING = "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments"
_STATES = ("approved", "rejected")


@route("GET", _PENDING)
def list_pending(call: Call) -> Answer:
    """The environments the run waits for."""
    repository = call.repository()
    waits = _waits(call, find_run(call, repository))
    by_environment = {wait["environment"]: wait for wait in waits}
    return Answer([_pending_shape(call, repository, wait) for wait in by_environment.values()])


@route("POST", _PENDING)
def review_pending(call: Call) -> Answer:
    """Approve or reject, as one of the environment's reviewers."""
    hub, repository = call.hub, call.repository("read")
    run = find_run(call, repository)
    state, comment = call.needed_text("state"), call.needed_text("comment")
    ids = call.body.get("environment_ids")
    if state not in _STATES or not isinstance(ids, list) or not ids:
        raise unprocessable("state must be approved or rejected, environment_ids a list of numbers")
    chosen = [wait for wait in _waits(call, run) if _gate_id(call, repository, wait) in ids]
    if not chosen:
        raise unprocessable("No pending deployment requests to approve or reject")
    with hub.store.transaction():
        for wait in chosen:
            _check_reviewer(call, repository, run, wait)
            hub.store.update(
                "deployment_wait",
                wait["id"],
                state=state,
                comment=comment,
                account_id=call.actor.id,
                settled_at=hub.clock.stamp(),
            )
            if state == "rejected":
                _reject(call, wait)
    hub.wake()
    return Answer([_deployment_shape(call, repository, run, wait) for wait in chosen])


@route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/approvals")
def list_approvals(call: Call) -> Answer:
    """Who approved or rejected what."""
    repository = call.repository()
    run = find_run(call, repository)
    settled = call.hub.store.all(
        "SELECT * FROM deployment_wait WHERE run_id = ? AND account_id IS NOT NULL ORDER BY id",
        run["id"],
    )
    return Answer(
        [
            {
                "state": wait["state"],
                "comment": wait["comment"],
                "user": user_by_id(call.hub, wait["account_id"]),
                "environments": [_environment_shape(call, repository, wait)],
            }
            for wait in settled
        ]
    )


@route("GET", "/repos/{owner}/{repo}/attestations/{subject_digest}")
def list_attestations(call: Call) -> Answer:
    """What was attested of the artifact with this digest."""
    repository = call.repository()
    rows = call.select(
        "SELECT * FROM attestation WHERE repository_id = ? AND subject_digest = ? ORDER BY id DESC",
        repository["id"],
        call.place["subject_digest"],
    )
    shown = [
        {
            "bundle": json.loads(row["bundle"]),
            "repository_id": row["repository_id"],
            "bundle_url": f"{repository_web(call.hub, repository)}/attestations/{row['id']}",
            "initiator": "user",
        }
        for row in rows
    ]
    return Answer({"attestations": shown})


def _waits(call: Call, run: Row) -> list[Row]:
    return call.hub.store.all(
        "SELECT * FROM deployment_wait WHERE run_id = ? AND state = 'waiting' ORDER BY id",
        run["id"],
    )


def _gate_id(call: Call, repository: Row, wait: Row) -> int:
    return gate_of(call.hub, repository["id"], wait["environment"]).environment_id


def _check_reviewer(call: Call, repository: Row, run: Row, wait: Row) -> None:
    gate = gate_of(call.hub, repository["id"], wait["environment"])
    if call.actor.id not in gate.reviewers:
        raise forbidden("You are not a required reviewer of this environment")
    if gate.prevent_self_review and call.actor.id == run["triggering_actor_id"]:
        raise forbidden("This environment does not let who started a run approve it")


def _reject(call: Call, wait: Row) -> None:
    problem = {
        "level": "failure",
        "message": f"The deployment to {wait['environment']} was rejected",
    }
    call.hub.store.update(
        "workflow_job",
        wait["job_id"],
        status="completed",
        conclusion="failure",
        result="failure",
        completed_at=call.hub.clock.stamp(),
        annotations=packed([problem]),
    )


def _environment_shape(call: Call, repository: Row, wait: Row) -> dict[str, Any]:
    id, name = _gate_id(call, repository, wait), quote(wait["environment"], safe="")
    return {
        "id": id,
        "node_id": node_id("Environment", id),
        "name": wait["environment"],
        "url": f"{repository_api(call.hub, repository)}/environments/{name}",
        "html_url": f"{repository_web(call.hub, repository)}/deployments/activity_log?environments_filter={name}",
        "created_at": wait["created_at"],
        "updated_at": wait["settled_at"] or wait["created_at"],
    }


def _pending_shape(call: Call, repository: Row, wait: Row) -> dict[str, Any]:
    gate = gate_of(call.hub, repository["id"], wait["environment"])
    account = call.account
    shown = _environment_shape(call, repository, wait)
    return {
        "environment": {key: shown[key] for key in ("id", "node_id", "name", "url", "html_url")},
        "wait_timer": gate.wait_minutes,
        "wait_timer_started_at": wait["created_at"] if gate.wait_minutes else None,
        "current_user_can_approve": account is not None and account["id"] in gate.reviewers,
        "reviewers": [
            {"type": "User", "reviewer": user_by_id(call.hub, id)} for id in gate.reviewers
        ],
    }


def _deployment_shape(call: Call, repository: Row, run: Row, wait: Row) -> dict[str, Any]:
    api = repository_api(call.hub, repository)
    url = f"{api}/deployments/{wait['id']}"
    return {
        "url": url,
        "id": wait["id"],
        "node_id": node_id("Deployment", wait["id"]),
        "sha": run["head_sha"],
        "ref": run["head_branch"] or run["ref"],
        "task": "deploy",
        "payload": {},
        "original_environment": wait["environment"],
        "environment": wait["environment"],
        "description": None,
        "creator": user_by_id(call.hub, run["actor_id"]),
        "created_at": wait["created_at"],
        "updated_at": call.hub.clock.stamp(),
        "statuses_url": f"{url}/statuses",
        "repository_url": api,
        "transient_environment": False,
        "production_environment": False,
    }
