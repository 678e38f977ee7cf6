"""How repositories look in answers: minimal (inside lists) and full."""

from __future__ import annotations

import json
from typing import Any

from devforge.local.access import has_role, role_of
from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import user_by_id
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row

_TEMPLATES = {
    "keys_url": "/keys{/key_id}",
    "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams",
    "hooks_url": "/hooks",
    "issue_events_url": "/issues/events{/number}",
    "events_url": "/events",
    "assignees_url": "/assignees{/user}",
    "branches_url": "/branches{/branch}",
    "tags_url": "/tags",
    "blobs_url": "/git/blobs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "trees_url": "/git/trees{/sha}",
    "statuses_url": "/statuses/{sha}",
    "languages_url": "/languages",
    "stargazers_url": "/stargazers",
    "contributors_url": "/contributors",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "commits_url": "/commits{/sha}",
    "git_commits_url": "/git/commits{/sha}",
    "comments_url": "/comments{/number}",
    "issue_comment_url": "/issues/comments{/number}",
    "contents_url": "/contents/{+path}",
    "compare_url": "/compare/{base}...{head}",
    "merges_url": "/merges",
    "archive_url": "/{archive_format}{/ref}",
    "downloads_url": "/downloads",
    "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}",
    "releases_url": "/releases{/id}",
    "deployments_url": "/deployments",
}
SETTINGS: dict[str, Any] = {
    "has_issues": True,
    "has_projects": True,
    "has_downloads": True,
    "has_wiki": True,
    "has_pages": False,
    "has_discussions": False,
    "is_template": False,
    "allow_forking": True,
    "web_commit_signoff_required": False,
    "allow_merge_commit": True,
    "allow_squash_merge": True,
    "allow_rebase_merge": True,
    "allow_auto_merge": False,
    "allow_update_branch": False,
    "delete_branch_on_merge": False,
    "use_squash_pr_title_as_default": False,
    "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
    "squash_merge_commit_message": "COMMIT_MESSAGES",
    "merge_commit_title": "MERGE_MESSAGE",
    "merge_commit_message": "PR_TITLE",
}
_MERGE_SETTINGS = tuple(name for name in SETTINGS if name.startswith(("allow_m", "allow_s", "allow_r", "allow_a", "allow_u", "delete", "use", "squash", "merge")))  # fmt: skip


def settings_of(repository: Row) -> dict[str, Any]:
    """Return the repository's settings, defaults filled in."""
    held: dict[str, Any] = json.loads(repository["settings"])
    return SETTINGS | held


def minimal_repository(hub: Hub, repository: Row, viewer: int | None = None) -> dict[str, Any]:
    """Return the form that lists have; `viewer` adds what that account may do."""
    path = repository_path(hub, repository)
    api, web = f"{hub.api}/repos/{path}", f"{hub.url}/{path}"
    settings = settings_of(repository)
    counts = _counts(hub, repository["id"])
    shape: dict[str, Any] = {
        "id": repository["id"],
        "node_id": node_id("Repository", repository["id"]),
        "name": repository["name"],
        "full_name": path,
        "private": bool(repository["private"]),
        "owner": user_by_id(hub, repository["owner_id"]),
        "html_url": web,
        "description": repository["description"],
        "fork": repository["parent_id"] is not None,
        "url": api,
        **{name: api + template for name, template in _TEMPLATES.items()},
        "forks_url": f"{api}/forks",
        "created_at": repository["created_at"],
        "updated_at": repository["updated_at"],
        "pushed_at": repository["pushed_at"],
        "git_url": f"git://{hub.url.partition('//')[2]}/{path}.git",
        "ssh_url": f"git@{hub.url.partition('//')[2].partition(':')[0]}:{path}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        "homepage": repository["homepage"],
        "size": 0,
        "language": None,
        "mirror_url": None,
        "archived": bool(repository["archived"]),
        "disabled": False,
        "custom_properties": {},
        "license": None,
        "topics": json.loads(repository["topics"]),
        "visibility": "private" if repository["private"] else "public",
        "default_branch": repository["default_branch"],
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        **counts,
        **{name: value for name, value in settings.items() if name not in _MERGE_SETTINGS},
    }
    if viewer is not None:
        role = role_of(hub, viewer, repository)
        levels = {"admin": "admin", "maintain": "maintain", "push": "write",
                  "triage": "triage", "pull": "read"}  # fmt: skip
        shape["permissions"] = {name: has_role(role, needed) for name, needed in levels.items()}
    return shape


def full_repository(hub: Hub, repository: Row, viewer: int | None = None) -> dict[str, Any]:
    """Return the form that a single repository has, with parent and source of a fork."""
    settings = settings_of(repository)
    shape = minimal_repository(hub, repository, viewer) | {
        "temp_clone_token": "",
        "network_count": hub.store.value(
            "SELECT count(*) FROM repository WHERE source_id = ? AND deleted_at IS NULL",
            repository["source_id"] or repository["id"],
        ),
        "subscribers_count": 0,
        "custom_properties": {},
        **{name: settings[name] for name in _MERGE_SETTINGS},
    }
    for name in ("parent", "source"):
        kin = hub.store.find("repository", id=repository[f"{name}_id"] or 0)
        if kin is not None and kin["deleted_at"] is None:
            shape[name] = minimal_repository(hub, kin)
    return shape


def _counts(hub: Hub, repository_id: int) -> dict[str, int]:
    forks = hub.store.value(
        "SELECT count(*) FROM repository WHERE parent_id = ? AND deleted_at IS NULL", repository_id
    )
    issues = hub.store.value(
        "SELECT count(*) FROM issue WHERE repository_id = ? AND state = 'open'", repository_id
    )
    return {
        "forks": forks,
        "forks_count": forks,
        "open_issues": issues,
        "open_issues_count": issues,
    }
