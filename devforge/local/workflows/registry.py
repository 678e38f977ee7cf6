"""The workflows a repository has: their names, states, schedules and run numbers."""

from __future__ import annotations

from typing import Any

from devforge.local.hub import Hub
from devforge.local.store import Row, packed
from devforge.local.workflows.files import workflows_at


def note_push(hub: Hub, repository: Row, payload: dict[str, Any]) -> None:
    """Read the files anew where the default branch was pushed to."""
    if payload["ref"] == f"refs/heads/{repository['default_branch']}":
        refresh(hub, repository, pushed=True)


def refresh(hub: Hub, repository: Row, *, pushed: bool = False) -> None:
    """Make the repository's list of workflows what its default branch has; a push revives schedules."""
    commit = hub.git.resolve(repository["id"], f"refs/heads/{repository['default_branch']}")
    found = workflows_at(hub, repository["id"], commit) if commit else []
    revived = {"deleted", "disabled_inactivity"} if pushed else {"deleted"}
    with hub.store.transaction():
        for file in found:
            id = workflow_id(hub, repository["id"], file.path, file.name)
            schedule = file.workflow.triggers.get("schedule") if file.workflow else None
            state = hub.store.get("workflow", id)["state"]
            hub.store.update(
                "workflow",
                id,
                name=file.name,
                crons=packed(schedule.crons if schedule else ()),
                state="active" if state in revived else state,
                updated_at=hub.clock.stamp(),
            )
        paths = {file.path for file in found}
        for row in hub.store.all(
            "SELECT * FROM workflow WHERE repository_id = ?", repository["id"]
        ):
            if row["path"] not in paths:
                hub.store.update("workflow", row["id"], state="deleted", crons="[]")


def workflow_id(hub: Hub, repository_id: int, path: str, name: str) -> int:
    """Return the id of the workflow at `path`, which is written down if it is new."""
    row = hub.store.find("workflow", repository_id=repository_id, path=path)
    if row is not None:
        return int(row["id"])
    now = hub.clock.stamp()
    return hub.store.insert(
        "workflow",
        repository_id=repository_id,
        path=path,
        name=name,
        created_at=now,
        updated_at=now,
    )


def is_active(hub: Hub, repository_id: int, path: str) -> bool:
    """Say whether the workflow may start; one not seen before may."""
    row = hub.store.find("workflow", repository_id=repository_id, path=path)
    return row is None or row["state"] in {"active", "deleted"}


def next_number(hub: Hub, workflow_id: int) -> int:
    """Return the next run's number."""
    number = int(hub.store.get("workflow", workflow_id)["last_number"]) + 1
    hub.store.update("workflow", workflow_id, last_number=number)
    return number
