"""Concurrency groups: one holder, one in waiting; a newer one takes the waiting one's place.

Groups are the repository's; runs and jobs share them; names differ in more than case.

Source: GitHub's documentation, "Control the concurrency of workflows and jobs".
"""

from __future__ import annotations

from devforge.local.hub import Hub
from devforge.local.store import Row
from devforge.local.workflows.cancelling import cancel_job, cancel_run


def claim(
    hub: Hub, repository_id: int, group: str, run_id: int, job_id: int | None, *, cancel: bool
) -> bool:
    """Take the group for a run, or for one job of it; say whether it is held now or only waited for."""
    others = hub.store.all(
        "SELECT * FROM concurrency WHERE repository_id = ? AND name = ? ORDER BY id",
        repository_id,
        group,
    )
    for other in others:
        if other["state"] == "pending" or cancel:
            _cancel(hub, other)
    held = hub.store.one(
        "SELECT 1 FROM concurrency WHERE repository_id = ? AND name = ? AND state = 'held'",
        repository_id,
        group,
    )
    hub.store.insert(
        "concurrency",
        repository_id=repository_id,
        name=group,
        run_id=run_id,
        job_id=job_id,
        state="pending" if held else "held",
    )
    return not held


def release(hub: Hub, run_id: int, job_id: int | None) -> None:
    """Give back what a run or job held or waited for; whoever waits behind it goes on."""
    rows = hub.store.all(
        "SELECT * FROM concurrency WHERE run_id = ? AND job_id IS ?", run_id, job_id
    )
    for row in rows:
        hub.store.delete("concurrency", row["id"])
        if row["state"] == "held":
            _promote(hub, row)


def _promote(hub: Hub, released: Row) -> None:
    waiting = hub.store.one(
        "SELECT * FROM concurrency WHERE repository_id = ? AND name = ? AND state = 'pending' ORDER BY id",
        released["repository_id"],
        released["name"],
    )
    if waiting is None:
        return
    hub.store.update("concurrency", waiting["id"], state="held")
    table = "workflow_run" if waiting["job_id"] is None else "workflow_job"
    id = waiting["run_id"] if waiting["job_id"] is None else waiting["job_id"]
    hub.store.run(f"UPDATE {table} SET status = 'queued' WHERE id = ? AND status = 'pending'", id)  # noqa: S608


def _cancel(hub: Hub, other: Row) -> None:
    """Cancel a holder or a waiting one. The waiting one leaves at once, a holder when it has ended."""
    if other["state"] == "pending":
        hub.store.delete("concurrency", other["id"])
    if other["job_id"] is None:
        cancel_run(hub, other["run_id"])
    else:
        cancel_job(hub, other["job_id"])
