"""Which required status checks a commit lacks: commit statuses and check runs count alike.

Source: docs.github.com, "About status checks": success, skipped and neutral let a commit through.
"""

from __future__ import annotations

from typing import Any

from devforge.local.hub import Hub
from devforge.local.store import Row

LETS_THROUGH = ("success", "neutral", "skipped")


def states_of(hub: Hub, repository_id: int, sha: str) -> dict[str, str]:
    """Return the newest state of every status context and check run name of a commit.

    Check runs that have not finished are `pending`.
    """
    states: dict[str, str] = {}
    for row in hub.store.all(
        "SELECT name, status, conclusion FROM check_run"
        " WHERE repository_id = ? AND head_sha = ? ORDER BY id",
        repository_id,
        sha,
    ):
        states[row["name"]] = row["conclusion"] if row["status"] == "completed" else "pending"
    for row in hub.store.all(
        "SELECT context, state FROM status WHERE repository_id = ? AND sha = ? ORDER BY id",
        repository_id,
        sha,
    ):
        states[row["context"]] = row["state"]
    return states


def unmet_statuses(hub: Hub, repository: Row, sha: str, parameters: dict[str, Any]) -> list[str]:
    """Return a sentence for each required check that has not passed on the commit."""
    states = states_of(hub, repository["id"], sha)
    unmet = []
    for check in parameters.get("required_status_checks", ()):
        context = check["context"]
        state = states.get(context)
        if state in LETS_THROUGH:
            continue
        how = {None: "expected", "pending": "pending"}.get(state, "failing")
        unmet.append(f'Required status check "{context}" is {how}.')
    return unmet
