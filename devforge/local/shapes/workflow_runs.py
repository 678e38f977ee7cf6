"""How workflows, their runs, jobs and artifacts look in answers and event payloads."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from devforge.local.clock import moment, stamp
from devforge.local.git.repositories import GitFailed
from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import user_by_id
from devforge.local.shapes.links import repository_api, repository_web
from devforge.local.shapes.repositories import minimal_repository
from devforge.local.store import Row

_FORM = "%H%n%T%n%cI%n%an%n%ae%n%cn%n%ce%n%B"
_MOST_COMMITS = 256
_commits: dict[tuple[str, str], list[str]] = {}


def workflow_shape(hub: Hub, row: Row) -> dict[str, Any]:
    """Return a workflow."""
    repository = hub.store.get("repository", row["repository_id"])
    file = row["path"].rpartition("/")[2]
    web = repository_web(hub, repository)
    return {
        "id": row["id"],
        "node_id": node_id("Workflow", row["id"]),
        "name": row["name"],
        "path": row["path"],
        "state": row["state"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "url": f"{repository_api(hub, repository)}/actions/workflows/{row['id']}",
        "html_url": f"{web}/blob/{repository['default_branch']}/{row['path']}",
        "badge_url": f"{web}/actions/workflows/{quote(file)}/badge.svg",
    }


def run_shape(hub: Hub, run: Row) -> dict[str, Any]:
    """Return a run as it stands in its last attempt."""
    repository = hub.store.get("repository", run["repository_id"])
    api = f"{repository_api(hub, repository)}/actions/runs/{run['id']}"
    suite = f"{repository_api(hub, repository)}/check-suites/{run['id']}"
    head = run["head_repository_id"]
    head_repository = hub.store.find("repository", id=head) if head else None
    before = run["attempt"] - 1
    return {
        "id": run["id"],
        "name": run["name"],
        "node_id": node_id("WorkflowRun", run["id"]),
        "head_branch": run["head_branch"],
        "head_sha": run["head_sha"],
        "path": run["path"],
        "display_title": run["title"],
        "run_number": run["number"],
        "event": run["event"],
        "status": run["status"],
        "conclusion": run["conclusion"],
        "workflow_id": run["workflow_id"],
        "check_suite_id": run["id"],
        "check_suite_node_id": node_id("CheckSuite", run["id"]),
        "url": api,
        "html_url": f"{repository_web(hub, repository)}/actions/runs/{run['id']}",
        "pull_requests": [],
        "created_at": run["created_at"],
        "updated_at": run["updated_at"],
        "actor": user_by_id(hub, run["actor_id"]),
        "run_attempt": run["attempt"],
        "referenced_workflows": [],
        "run_started_at": run["started_at"],
        "triggering_actor": user_by_id(hub, run["triggering_actor_id"]),
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "check_suite_url": suite,
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "previous_attempt_url": f"{api}/attempts/{before}" if before else None,
        "workflow_url": f"{repository_api(hub, repository)}/actions/workflows/{run['workflow_id']}",
        "head_commit": head_commit(hub, run),
        "repository": minimal_repository(hub, repository),
        "head_repository": minimal_repository(hub, head_repository or repository),
    }


def head_commit(hub: Hub, run: Row) -> dict[str, Any]:
    """Return the short form of the run's head commit."""
    sha, tree, at, author, author_email, committer, committer_email, message = _told(hub, run)
    return {
        "id": sha,
        "tree_id": tree,
        "message": message.rstrip("\n"),
        "timestamp": at,
        "author": {"name": author, "email": author_email},
        "committer": {"name": committer, "email": committer_email},
    }


def _told(hub: Hub, run: Row) -> list[str]:
    """Return what Git says of the head commit, asked once: a commit never changes, lists are long."""
    key = (str(hub.git.path(run["repository_id"])), run["head_sha"])
    if key not in _commits:
        try:
            told = hub.git.run(
                run["repository_id"], "show", "-s", f"--format={_FORM}", run["head_sha"]
            )
        except GitFailed:
            return [run["head_sha"], "0" * 40, run["created_at"], *[""] * 5]
        while len(_commits) >= _MOST_COMMITS:
            _commits.pop(next(iter(_commits)), None)
        _commits[key] = told.decode("utf-8", "replace").split("\n", 7)
    return _commits[key]


def job_shape(hub: Hub, run: Row, job: Row) -> dict[str, Any]:
    """Return a job with its steps."""
    repository = hub.store.get("repository", run["repository_id"])
    api = repository_api(hub, repository)
    started = job["started_at"] or job["created_at"]
    assigned = job["started_at"] is not None
    return {
        "id": job["id"],
        "run_id": run["id"],
        "workflow_name": run["name"],
        "head_branch": run["head_branch"],
        "run_url": f"{api}/actions/runs/{run['id']}",
        "run_attempt": job["attempt"],
        "node_id": node_id("CheckRun", job["id"]),
        "head_sha": run["head_sha"],
        "url": f"{api}/actions/jobs/{job['id']}",
        "html_url": f"{repository_web(hub, repository)}/actions/runs/{run['id']}/job/{job['id']}",
        "status": job["status"],
        "conclusion": job["conclusion"],
        "created_at": job["created_at"],
        "started_at": started,
        "completed_at": job["completed_at"],
        "name": job["name"],
        "steps": [
            {key: value for key, value in step.items() if key != "outcome"}
            for step in json.loads(job["steps"])
        ],
        "check_run_url": f"{api}/check-runs/{_check_run_id(hub, job)}",
        "labels": json.loads(job["labels"]),
        "runner_id": 1 if assigned else None,
        "runner_name": "Local Runner" if assigned else None,
        "runner_group_id": 1 if assigned else None,
        "runner_group_name": "Default" if assigned else None,
    }


def _check_run_id(hub: Hub, job: Row) -> int:
    row = hub.store.find("check_run", external_id=f"workflow job {job['id']}")
    return int(job["id"] if row is None else row["id"])


def artifact_shape(hub: Hub, row: Row) -> dict[str, Any]:
    """Return an artifact; after its last day it is expired and cannot be had."""
    repository = hub.store.get("repository", row["repository_id"])
    run = hub.store.get("workflow_run", row["run_id"])
    api = f"{repository_api(hub, repository)}/actions/artifacts/{row['id']}"
    return {
        "id": row["id"],
        "node_id": node_id("Artifact", row["id"]),
        "name": row["name"],
        "size_in_bytes": row["size_bytes"],
        "url": api,
        "archive_download_url": f"{api}/zip",
        "expired": row["expires_at"] <= hub.clock.stamp(),
        "digest": row["digest"],
        "created_at": row["created_at"],
        "updated_at": row["created_at"],
        "expires_at": row["expires_at"],
        "workflow_run": {
            "id": run["id"],
            "repository_id": run["repository_id"],
            "head_repository_id": run["head_repository_id"] or run["repository_id"],
            "head_branch": run["head_branch"],
            "head_sha": run["head_sha"],
        },
    }


def timing_shape(hub: Hub, run: Row) -> dict[str, Any]:
    """Return what the run costs: each job's time rounded up to a whole minute, as it is billed."""
    jobs = hub.store.all(
        "SELECT * FROM workflow_job WHERE run_id = ? AND started_at IS NOT NULL", run["id"]
    )
    billed = [{"job_id": job["id"], "duration_ms": billed_minutes(job) * 60_000} for job in jobs]
    total = sum(each["duration_ms"] for each in billed)
    whole = moment(run["updated_at"]) - moment(run["started_at"])
    return {
        "billable": {"UBUNTU": {"total_ms": total, "jobs": len(jobs), "job_runs": billed}},
        "run_duration_ms": int(whole / timedelta(milliseconds=1)),
    }


def billed_minutes(job: Row) -> int:
    """Return the minutes a job counts for: begun ones count whole."""
    return max(1, math.ceil(float(job["seconds"]) / 60))


def expiry(hub: Hub, days: int) -> str:
    """Return when something kept for `days` goes."""
    return stamp(hub.clock.now() + timedelta(days=days))
