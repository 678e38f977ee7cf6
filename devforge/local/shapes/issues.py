"""How issues, comments, labels, milestones and reactions look in answers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from devforge.local.access import has_role, role_of
from devforge.local.hub import Hub
from devforge.local.issues import assignees_of, labels_of
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import simple_user, user_by_id
from devforge.local.shapes.links import repository_api, repository_web
from devforge.local.store import Row

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def label(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return a label."""
    return {
        "id": row["id"],
        "node_id": node_id("Label", row["id"]),
        "url": f"{repository_api(hub, repository)}/labels/{quote(row['name'], safe='')}",
        "name": row["name"],
        "color": row["color"],
        "default": bool(row["is_default"]),
        "description": row["description"],
    }


def milestone(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return a milestone, its issues counted."""
    url = f"{repository_api(hub, repository)}/milestones/{row['number']}"
    counts = {
        state: hub.store.value(
            "SELECT count(*) FROM issue WHERE milestone_id = ? AND state = ?", row["id"], state
        )
        for state in ("open", "closed")
    }
    return {
        "url": url,
        "html_url": f"{repository_web(hub, repository)}/milestone/{row['number']}",
        "labels_url": f"{url}/labels",
        "id": row["id"],
        "node_id": node_id("Milestone", row["id"]),
        "number": row["number"],
        "title": row["title"],
        "description": row["description"],
        "creator": user_by_id(hub, row["creator_id"]),
        "open_issues": counts["open"],
        "closed_issues": counts["closed"],
        "state": row["state"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "due_on": row["due_on"],
        "closed_at": row["closed_at"],
    }


def reaction_counts(hub: Hub, subject: str, subject_id: int, url: str) -> dict[str, Any]:
    """Return how often each reaction was given."""
    given = {
        row["content"]: row["n"]
        for row in hub.store.all(
            "SELECT content, count(*) AS n FROM reaction WHERE subject = ? AND subject_id = ?"
            " GROUP BY content",
            subject,
            subject_id,
        )
    }
    counts = {name: given.get(name, 0) for name in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": sum(given.values()), **counts}


def reaction(hub: Hub, row: Row) -> dict[str, Any]:
    """Return one reaction."""
    return {
        "id": row["id"],
        "node_id": node_id("Reaction", row["id"]),
        "user": user_by_id(hub, row["account_id"]),
        "content": row["content"],
        "created_at": row["created_at"],
    }


def association(hub: Hub, repository: Row, account_id: int) -> str:
    """Return what GitHub calls somebody's standing in a repository."""
    if repository["owner_id"] == account_id:
        return "OWNER"
    member = hub.store.find(
        "membership", organization_id=repository["owner_id"], account_id=account_id
    )
    if member is not None:
        return "MEMBER"
    role = role_of(hub, account_id, repository)
    if has_role(role, "triage"):
        return "COLLABORATOR"
    merged = hub.store.value(
        "SELECT count(*) FROM pull p JOIN issue i ON i.id = p.issue_id"
        " WHERE p.repository_id = ? AND p.merged = 1 AND i.author_id = ?",
        repository["id"],
        account_id,
    )
    return "CONTRIBUTOR" if merged else "NONE"


def shared_fields(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return what issues and pull requests have in common."""
    assignees = [simple_user(hub, a) for a in assignees_of(hub, row["id"])]
    found = hub.store.find("milestone", id=row["milestone_id"] or 0)
    return {
        "number": row["number"],
        "state": row["state"],
        "locked": bool(row["locked"]),
        "active_lock_reason": row["lock_reason"],
        "title": row["title"],
        "body": row["body"],
        "user": user_by_id(hub, row["author_id"]),
        "labels": [label(hub, repository, each) for each in labels_of(hub, row["id"])],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None if found is None else milestone(hub, repository, found),
        "author_association": association(hub, repository, row["author_id"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "closed_at": row["closed_at"],
    }


def issue(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return an issue; one that is a pull request says so and where that is."""
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    url = f"{api}/issues/{row['number']}"
    place = "pull" if row["is_pull"] else "issues"
    html_url = f"{web}/{place}/{row['number']}"
    shape = shared_fields(hub, repository, row) | {
        "id": row["id"],
        "node_id": node_id("PullRequest" if row["is_pull"] else "Issue", row["id"]),
        "url": url,
        "repository_url": api,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": html_url,
        "comments": hub.store.value("SELECT count(*) FROM comment WHERE issue_id = ?", row["id"]),
        "closed_by": user_by_id(hub, row["closed_by"]),
        "state_reason": row["state_reason"],
        "performed_via_github_app": None,
        "reactions": reaction_counts(hub, "issue", row["id"], url),
    }
    if row["is_pull"]:
        pull = hub.store.find("pull", issue_id=row["id"])
        shape["node_id"] = node_id("PullRequest", pull["id"] if pull else row["id"])
        shape["draft"] = bool(pull and pull["draft"])
        shape["pull_request"] = {
            "url": f"{api}/pulls/{row['number']}",
            "html_url": html_url,
            "diff_url": f"{html_url}.diff",
            "patch_url": f"{html_url}.patch",
            "merged_at": pull["merged_at"] if pull else None,
        }
    return shape


def comment(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return a comment on an issue or pull request."""
    on = hub.store.get("issue", row["issue_id"])
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    url = f"{api}/issues/comments/{row['id']}"
    place = "pull" if on["is_pull"] else "issues"
    return {
        "url": url,
        "html_url": f"{web}/{place}/{on['number']}#issuecomment-{row['id']}",
        "issue_url": f"{api}/issues/{on['number']}",
        "id": row["id"],
        "node_id": node_id("IssueComment", row["id"]),
        "user": user_by_id(hub, row["author_id"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "body": row["body"],
        "author_association": association(hub, repository, row["author_id"]),
        "performed_via_github_app": None,
        "reactions": reaction_counts(hub, "comment", row["id"], url),
    }


def issue_event(hub: Hub, repository: Row, row: Row) -> dict[str, Any]:
    """Return one entry of what happened to an issue."""
    return {
        "id": row["id"],
        "node_id": node_id("IssueEvent", row["id"]),
        "url": f"{repository_api(hub, repository)}/issues/events/{row['id']}",
        "actor": user_by_id(hub, row["actor_id"]),
        "event": row["event"],
        "commit_id": None,
        "commit_url": None,
        "created_at": row["created_at"],
        "performed_via_github_app": None,
        **json.loads(row["detail"]),
    }
