"""How pull requests, their reviews and review comments look in answers."""

from __future__ import annotations

import json
from typing import Any

from devforge.local.git.diffs import diff
from devforge.local.git.merging import merge_base
from devforge.local.hub import Hub
from devforge.local.mergeability import try_merge
from devforge.local.merges import commits_of
from devforge.local.nodes import node_id
from devforge.local.protection import merge_refusal
from devforge.local.rulesets import merge_problems
from devforge.local.shapes.accounts import simple_user, user_by_id
from devforge.local.shapes.issues import association, reaction_counts, shared_fields
from devforge.local.shapes.links import login_of, repository_api, repository_web
from devforge.local.shapes.repositories import full_repository
from devforge.local.statuses_needed import states_of
from devforge.local.store import Row


def simple_pull(hub: Hub, pull: Row) -> dict[str, Any]:
    """Return the form that lists have."""
    repository = hub.store.get("repository", pull["repository_id"])
    row = hub.store.get("issue", pull["issue_id"])
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    url, page = f"{api}/pulls/{pull['number']}", f"{web}/pull/{pull['number']}"
    issue_url = f"{api}/issues/{pull['number']}"
    addresses = {
        "html_url": page,
        "issue_url": issue_url,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{api}/pulls/comments{{/number}}",
        "comments_url": f"{issue_url}/comments",
        "statuses_url": f"{api}/statuses/{pull['head_sha']}",
    }
    links = {name.removesuffix("_url"): {"href": address} for name, address in addresses.items()}
    head = (pull["head_repository_id"], pull["head_owner_id"], pull["head_ref"], pull["head_sha"])
    base = (repository["id"], repository["owner_id"], pull["base_ref"], pull["base_sha"])
    reviewers = hub.store.all(
        "SELECT a.* FROM account a JOIN requested_reviewer r ON r.account_id = a.id"
        " WHERE r.pull_id = ? ORDER BY a.id",
        pull["id"],
    )
    return shared_fields(hub, repository, row) | {
        "id": pull["id"],
        "node_id": node_id("PullRequest", pull["id"]),
        "url": url,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **addresses,
        "draft": bool(pull["draft"]),
        "merged_at": pull["merged_at"],
        "merge_commit_sha": pull["merge_commit_sha"],
        "requested_reviewers": [simple_user(hub, each) for each in reviewers],
        "requested_teams": [],
        "auto_merge": None if pull["auto_merge"] is None else json.loads(pull["auto_merge"]),
        "head": _side(hub, head),
        "base": _side(hub, base),
        "_links": {
            "self": {"href": url},
            "html": links["html"],
            "issue": links["issue"],
            "comments": links["comments"],
            "review_comments": links["review_comments"],
            "review_comment": links["review_comment"],
            "commits": links["commits"],
            "statuses": links["statuses"],
        },
    }


def _side(hub: Hub, side: tuple[int | None, int, str, str]) -> dict[str, Any]:
    repository_id, owner_id, ref, sha = side
    repository = None
    if repository_id is not None:
        repository = full_repository(hub, hub.store.get("repository", repository_id))
        repository.pop("parent", None)
        repository.pop("source", None)
    return {
        "label": f"{login_of(hub, owner_id)}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_by_id(hub, owner_id),
        "repo": repository,
    }


def full_pull(hub: Hub, pull: Row) -> dict[str, Any]:
    """Return the form that a single pull request has, with whether and how it merges."""
    tried = try_merge(hub, pull)
    files = diff(hub, tried["repository_id"], comparison_base(hub, tried), tried["head_sha"])
    counts = {
        "comments": "SELECT count(*) FROM comment WHERE issue_id = ?",
        "review_comments": "SELECT count(*) FROM review_comment WHERE pull_id = ?",
    }
    mergeable = None if tried["merged"] else bool(tried["mergeable"])
    return simple_pull(hub, tried) | {
        "merged": bool(tried["merged"]),
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": _state(hub, tried),
        "merged_by": user_by_id(hub, tried["merged_by"]),
        "comments": hub.store.value(counts["comments"], tried["issue_id"]),
        "review_comments": hub.store.value(counts["review_comments"], tried["id"]),
        "maintainer_can_modify": bool(tried["maintainer_can_modify"]),
        "commits": len(commits_of(hub, tried)),
        "additions": sum(each.additions for each in files),
        "deletions": sum(each.deletions for each in files),
        "changed_files": len(files),
    }


def comparison_base(hub: Hub, pull: Row) -> str:
    """Return the commit that a pull request's files are compared with: where it left the base."""
    parted = merge_base(hub, pull["repository_id"], pull["base_sha"], pull["head_sha"])
    return parted or str(pull["base_sha"])


def _state(hub: Hub, pull: Row) -> str:
    """Return `mergeable_state`: dirty, draft, blocked, unstable or clean; unknown once closed."""
    repository = hub.store.get("repository", pull["repository_id"])
    if pull["merged"] or hub.store.get("issue", pull["issue_id"])["state"] == "closed":
        return "unknown"
    if not pull["mergeable"]:
        return "dirty"
    if pull["draft"]:
        return "draft"
    if merge_problems(hub, repository, pull, None) or merge_refusal(hub, repository, pull, None):
        return "blocked"
    states = states_of(hub, repository["id"], pull["head_sha"]).values()
    fine = all(state in ("success", "neutral", "skipped") for state in states)
    return "clean" if fine else "unstable"


def review(hub: Hub, pull: Row, row: Row) -> dict[str, Any]:
    """Return a review."""
    repository = hub.store.get("repository", pull["repository_id"])
    page = f"{repository_web(hub, repository)}/pull/{pull['number']}"
    html_url = f"{page}#pullrequestreview-{row['id']}"
    pull_url = f"{repository_api(hub, repository)}/pulls/{pull['number']}"
    shape = {
        "id": row["id"],
        "node_id": node_id("PullRequestReview", row["id"]),
        "user": user_by_id(hub, row["author_id"]),
        "body": row["body"],
        "state": row["state"],
        "html_url": html_url,
        "pull_request_url": pull_url,
        "author_association": association(hub, repository, row["author_id"]),
        "_links": {"html": {"href": html_url}, "pull_request": {"href": pull_url}},
        "commit_id": row["commit_id"],
    }
    return shape if row["submitted_at"] is None else shape | {"submitted_at": row["submitted_at"]}


def review_comment(hub: Hub, pull: Row, row: Row) -> dict[str, Any]:
    """Return a comment on a line of a pull request."""
    repository = hub.store.get("repository", pull["repository_id"])
    api = repository_api(hub, repository)
    url, pull_url = f"{api}/pulls/comments/{row['id']}", f"{api}/pulls/{pull['number']}"
    page = f"{repository_web(hub, repository)}/pull/{pull['number']}#discussion_r{row['id']}"
    shape = {
        "url": url,
        "pull_request_review_id": row["review_id"],
        "id": row["id"],
        "node_id": node_id("PullRequestReviewComment", row["id"]),
        "diff_hunk": row["diff_hunk"],
        "path": row["path"],
        "position": row["position"],
        "original_position": row["position"] or 1,
        "line": row["line"],
        "original_line": row["line"],
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "side": row["side"],
        "subject_type": "file" if row["line"] is None else "line",
        "commit_id": row["commit_id"],
        "original_commit_id": row["commit_id"],
        "user": user_by_id(hub, row["author_id"]),
        "body": row["body"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "html_url": page,
        "pull_request_url": pull_url,
        "author_association": association(hub, repository, row["author_id"]),
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "pull_request": {"href": pull_url},
        },
        "reactions": reaction_counts(hub, "review_comment", row["id"], url),
    }
    if row["in_reply_to"] is not None:
        shape["in_reply_to_id"] = row["in_reply_to"]
    return shape
