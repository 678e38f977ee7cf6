"""Check runs: made and finished, each in the suite of its commit."""

from __future__ import annotations

from typing import Any

from devforge.local.hub import Actor, Hub
from devforge.local.shapes.checks import check_run, check_suite
from devforge.local.store import Row, packed


def create_check_run(
    hub: Hub, repository: Row, *, name: str, head_sha: str, actor: Actor, **columns: Any
) -> Row:
    """Return a new check run, `queued` unless the columns say otherwise."""
    now = hub.clock.stamp()
    with hub.store.transaction():
        values = {"status": "queued", "started_at": now, **columns}
        id = hub.store.insert(
            "check_run",
            repository_id=repository["id"],
            suite_id=suite_of(hub, repository, head_sha),
            head_sha=head_sha,
            name=name,
            **values,
        )
        made = hub.store.get("check_run", id)
        _announce(hub, repository, made, "created", actor)
        if made["status"] == "completed":
            _announce(hub, repository, made, "completed", actor)
    return made


def change_check_run(hub: Hub, repository: Row, row: Row, actor: Actor, **columns: Any) -> Row:
    """Change a check run; one that completes thereby is announced."""
    with hub.store.transaction():
        hub.store.update("check_run", row["id"], **columns)
        changed = hub.store.get("check_run", row["id"])
        if changed["status"] == "completed" and row["status"] != "completed":
            _announce(hub, repository, changed, "completed", actor)
    return changed


def suite_of(hub: Hub, repository: Row, sha: str) -> int:
    """Return the commit's check suite, made if there is none."""
    row = hub.store.find("check_suite", repository_id=repository["id"], head_sha=sha)
    if row is not None:
        return int(row["id"])
    now = hub.clock.stamp()
    return hub.store.insert(
        "check_suite", repository_id=repository["id"], head_sha=sha, created_at=now, updated_at=now
    )


def annotated(annotations: list[dict[str, Any]]) -> str:
    """Return annotations as the store keeps them."""
    return packed(annotations)


def _announce(hub: Hub, repository: Row, row: Row, action: str, actor: Actor) -> None:
    told = check_run(hub, repository, row)
    told["check_suite"] = check_suite(
        hub, repository, hub.store.get("check_suite", row["suite_id"])
    )
    hub.emit("check_run", repository, {"action": action, "check_run": told}, actor)
