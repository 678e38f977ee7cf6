"""Cancelling: what has not begun ends at once, what runs is told to stop, `always()` still comes."""

from __future__ import annotations

from devforge.local.hub import Hub

_NOT_BEGUN = "('queued', 'waiting', 'pending')"


def cancel_run(hub: Hub, run_id: int) -> None:
    """Cancel a run. Harmless where it has ended."""
    now = hub.clock.stamp()
    hub.store.run(
        "UPDATE workflow_run SET cancelled = 1, updated_at = ?,"
        " status = CASE status WHEN 'pending' THEN 'queued' ELSE status END"
        " WHERE id = ? AND status != 'completed'",
        now,
        run_id,
    )
    rows = hub.store.all(
        "SELECT j.id FROM workflow_job j JOIN workflow_run r ON r.id = j.run_id AND r.attempt = j.attempt"
        " WHERE r.id = ? AND j.status != 'completed'",
        run_id,
    )
    for row in rows:
        cancel_job(hub, row["id"])


def cancel_job(hub: Hub, job_id: int) -> None:
    """Cancel one job. Harmless where it has ended."""
    now = hub.clock.stamp()
    hub.store.run(
        "UPDATE workflow_job SET cancelled = 1 WHERE id = ? AND status != 'completed'", job_id
    )
    hub.store.run(
        "UPDATE workflow_job SET status = 'completed', conclusion = 'cancelled', result = 'cancelled',"  # noqa: S608
        f" completed_at = ? WHERE id = ? AND status IN {_NOT_BEGUN}",
        now,
        job_id,
    )
    hub.store.run(
        "UPDATE deployment_wait SET state = 'cancelled', settled_at = ? WHERE job_id = ? AND state = 'waiting'",
        now,
        job_id,
    )
