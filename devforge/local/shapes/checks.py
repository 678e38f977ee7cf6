"""How commit statuses, check runs and check suites look in answers."""

from __future__ import annotations

import json
from typing import Any

from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import simple_user, user_by_id
from devforge.local.shapes.links import repository_api, repository_web
from devforge.local.shapes.repositories import minimal_repository
from devforge.local.store import Row

ACTIONS_APP_ID = 15368
_BORN = "2018-07-30T09:30:17Z"


def status(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return a commit status."""
    return {
        "url": f"{repository_api(hub, repository)}/statuses/{row['sha']}",
        "avatar_url": f"{hub.url}/avatars/u/{row['creator_id']}?v=4",
        "id": row["id"],
        "node_id": node_id("StatusContext", row["id"]),
        "state": row["state"],
        "description": row["description"],
        "target_url": row["target_url"],
        "context": row["context"],
        "created_at": row["created_at"],
        "updated_at": row["created_at"],
        "creator": user_by_id(hub, row["creator_id"]),
    }


def combined_status(
    hub: Hub, repository: Row, sha: str, rows: list[Row], total: int, state: str
) -> dict[str, Any]:
    """Return the newest status of each context, and what they come to."""
    api = repository_api(hub, repository)
    simple = [
        {name: value for name, value in status(hub, repository, row).items() if name != "creator"}
        for row in rows
    ]
    return {
        "state": state,
        "statuses": simple,
        "sha": sha,
        "total_count": total,
        "repository": minimal_repository(hub, repository),
        "commit_url": f"{api}/commits/{sha}",
        "url": f"{api}/commits/{sha}/status",
    }


def actions_app(hub: Hub) -> dict[str, Any]:
    """Return the app that workflows' tokens belong to."""
    bot = hub.store.find("account", login="github-actions[bot]")
    return {
        "id": ACTIONS_APP_ID,
        "client_id": "Iv1.05c79e9ad1f6bdfa",
        "slug": "github-actions",
        "node_id": node_id("App", ACTIONS_APP_ID),
        "owner": None if bot is None else simple_user(hub, bot),
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": f"{hub.url}/features/actions",
        "html_url": f"{hub.url}/apps/github-actions",
        "created_at": _BORN,
        "updated_at": _BORN,
        "permissions": {"actions": "write", "checks": "write", "contents": "write"},
        "events": [],
    }


def check_run(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return a check run; its annotations have a list of their own."""
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    url = f"{api}/check-runs/{row['id']}"
    pulls = hub.store.all(
        "SELECT * FROM pull WHERE repository_id = ? AND head_sha = ? AND head_repository_id = ?",
        repository["id"],
        row["head_sha"],
        repository["id"],
    )
    return {
        "id": row["id"],
        "name": row["name"],
        "node_id": node_id("CheckRun", row["id"]),
        "head_sha": row["head_sha"],
        "external_id": row["external_id"] or "",
        "url": url,
        "html_url": f"{web}/runs/{row['id']}",
        "details_url": row["details_url"] or f"{web}/runs/{row['id']}",
        "status": row["status"],
        "conclusion": row["conclusion"],
        "started_at": row["started_at"],
        "completed_at": row["completed_at"],
        "output": {
            "title": row["title"],
            "summary": row["summary"],
            "text": row["body"],
            "annotations_count": len(json.loads(row["annotations"])),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": row["suite_id"]},
        "app": actions_app(hub),
        "pull_requests": [_pull_in_short(hub, repository, pull) for pull in pulls],
    }


def check_suite(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return a check suite as events tell of it, summed up from its runs."""
    runs = hub.store.all("SELECT status, conclusion FROM check_run WHERE suite_id = ?", row["id"])
    done = all(run["status"] == "completed" for run in runs)
    bad = next((r["conclusion"] for r in runs if r["conclusion"] not in (None, "success")), None)
    branch = hub.store.value(
        "SELECT head_ref FROM pull WHERE repository_id = ? AND head_sha = ?",
        repository["id"],
        row["head_sha"],
    )
    return {
        "id": row["id"],
        "node_id": node_id("CheckSuite", row["id"]),
        "head_branch": branch or repository["default_branch"],
        "head_sha": row["head_sha"],
        "status": "completed" if done else "in_progress",
        "conclusion": (bad or "success") if done else None,
        "url": f"{repository_api(hub, repository)}/check-suites/{row['id']}",
        "before": None,
        "after": row["head_sha"],
        "pull_requests": [],
        "app": actions_app(hub),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _pull_in_short(hub: Hub, repository: Row, pull: Row) -> dict[str, Any]:
    api = repository_api(hub, repository)
    place = {"id": repository["id"], "url": api, "name": repository["name"]}
    return {
        "url": f"{api}/pulls/{pull['number']}",
        "id": pull["id"],
        "number": pull["number"],
        "head": {"ref": pull["head_ref"], "sha": pull["head_sha"], "repo": place},
        "base": {"ref": pull["base_ref"], "sha": pull["base_sha"], "repo": place},
    }


def annotation(hub: Hub, repository: Row, row: Row, told: dict[str, Any]) -> dict[str, Any]:
    """Return one annotation of a check run."""
    web = repository_web(hub, repository)
    return {
        "path": told["path"],
        "blob_href": f"{web}/blob/{row['head_sha']}/{told['path']}",
        "start_line": told["start_line"],
        "start_column": told.get("start_column"),
        "end_line": told["end_line"],
        "end_column": told.get("end_column"),
        "annotation_level": told["annotation_level"],
        "title": told.get("title"),
        "message": told["message"],
        "raw_details": told.get("raw_details"),
    }
