"""Addresses of things on this server: what goes into every `url` and `html_url`."""

from __future__ import annotations

from urllib.parse import quote

from devforge.local.hub import Hub
from devforge.local.store import Row


def login_of(hub: Hub, account_id: int | None) -> str:
    """Return an account's login; one that was deleted is `ghost`."""
    login = hub.store.value(
        "SELECT login FROM account WHERE id = ? AND deleted_at IS NULL", account_id
    )
    return str(login) if login is not None else "ghost"


def repository_path(hub: Hub, repository: Row) -> str:
    """Return `owner/name` as it is now."""
    return f"{login_of(hub, repository['owner_id'])}/{repository['name']}"


def repository_api(hub: Hub, repository: Row) -> str:
    """Return the repository's REST address."""
    return f"{hub.api}/repos/{repository_path(hub, repository)}"


def repository_web(hub: Hub, repository: Row) -> str:
    """Return the repository's page, which is also where git clones from."""
    return f"{hub.url}/{repository_path(hub, repository)}"


def escaped(path: str) -> str:
    """Return a file's path as a part of an address, also one whose bytes are no Unicode."""
    return quote(path, safe="/", errors="surrogateescape")
