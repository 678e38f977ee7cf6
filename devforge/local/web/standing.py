"""How a commit stands: the newest word of each status context and each check run."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.hub import Hub
from devforge.local.store import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """What one context says of a commit; `target` is an address of the web, or None."""

    context: str
    state: str
    description: str | None
    target: str | None


def standings(hub: Hub, repository: Row, sha: str) -> list[Standing]:
    """Return what was said of a commit, statuses first, then check runs, each by name."""
    statuses = hub.store.all(
        "SELECT * FROM status WHERE id IN (SELECT max(id) FROM status"
        " WHERE repository_id = ? AND sha = ? GROUP BY context) ORDER BY context",
        repository["id"],
        sha,
    )
    runs = hub.store.all(
        "SELECT * FROM check_run WHERE id IN (SELECT max(id) FROM check_run"
        " WHERE repository_id = ? AND head_sha = ? GROUP BY name) ORDER BY name",
        repository["id"],
        sha,
    )
    said = [
        Standing(row["context"], row["state"], row["description"], _web(row["target_url"]))
        for row in statuses
    ]
    return said + [
        Standing(
            row["name"], row["conclusion"] or row["status"], row["title"], _web(row["details_url"])
        )
        for row in runs
    ]


def _web(address: str | None) -> str | None:
    """Return an address only if it leads to the web: nobody checked what a check run says."""
    return address if address and address.startswith(("http://", "https://")) else None
