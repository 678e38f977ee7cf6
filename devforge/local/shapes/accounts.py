"""How accounts look in answers: simple, public and private."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.store import Row

_KINDS = {"User": "User", "Bot": "Bot", "Organization": "Organization"}


def simple_user(hub: Hub, account: Row) -> dict[str, Any]:
    """Return the short form that stands inside other answers."""
    login = account["login"] or "ghost"
    api = f"{hub.api}/users/{quote(login)}"
    return {
        "login": login,
        "id": account["id"],
        "node_id": node_id(_KINDS[account["kind"]], account["id"]),
        "avatar_url": f"{hub.url}/avatars/u/{account['id']}?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{hub.url}/{quote(login)}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account["kind"],
        "user_view_type": "public",
        "site_admin": bool(account["is_admin"]),
    }


def user_by_id(hub: Hub, account_id: int | None) -> dict[str, Any] | None:
    """Return the short form of an account, None for nobody; a deleted account is GitHub's ghost."""
    if account_id is None:
        return None
    account = hub.store.get("account", account_id)
    if account["deleted_at"] is not None:
        account = hub.store.find("account", login="ghost") or account
    return simple_user(hub, account)


def public_user(hub: Hub, account: Row) -> dict[str, Any]:
    """Return what anybody may know of an account."""
    repositories = hub.store.value(
        "SELECT count(*) FROM repository WHERE owner_id = ? AND private = 0 AND deleted_at IS NULL",
        account["id"],
    )
    return simple_user(hub, account) | {
        "name": account["name"],
        "company": account["company"],
        "blog": account["blog"] or "",
        "location": account["location"],
        "email": account["email"],
        "hireable": None,
        "bio": account["bio"],
        "twitter_username": None,
        "public_repos": repositories,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": account["created_at"],
        "updated_at": account["updated_at"],
    }


def private_user(hub: Hub, account: Row) -> dict[str, Any]:
    """Return what an account may know of itself."""
    private = hub.store.value(
        "SELECT count(*) FROM repository WHERE owner_id = ? AND private = 1 AND deleted_at IS NULL",
        account["id"],
    )
    return public_user(hub, account) | {
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": private,
        "owned_private_repos": private,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
    }


def organization(hub: Hub, account: Row) -> dict[str, Any]:
    """Return an organization's full form."""
    api = f"{hub.api}/orgs/{quote(account['login'])}"
    user = public_user(hub, account)
    kept = ("login", "id", "node_id", "avatar_url", "html_url", "name", "company", "blog", "location",
            "email", "public_repos", "public_gists", "followers", "following", "created_at",
            "updated_at")  # fmt: skip
    # What an organization has not said of itself is left out, not null.
    return {name: user[name] for name in kept if user[name] not in (None, "")} | {
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "description": account["bio"],
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "type": "Organization",
        "archived_at": None,
    }
