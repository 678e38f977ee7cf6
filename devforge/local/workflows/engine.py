"""What drives workflows: takes events, opens jobs, starts them, ends runs; all of it from the store.

Nothing is remembered outside the store but which threads run which job, so a process that was killed
goes on: jobs that ran are reported lost, those that waited are started.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from devforge.local.events import Event
from devforge.local.hub import Hub
from devforge.local.store import Row, packed
from devforge.local.workflows.advancing import advance_run, end_job, lose_job
from devforge.local.workflows.execution.job import Ending, Kills, RunningJob
from devforge.local.workflows.machine.process import kill_tracked
from devforge.local.workflows.recording import fail_at_start
from devforge.local.workflows.reports import announce_job, announce_run
from devforge.local.workflows.results import needs_for
from devforge.local.workflows.schedules import Schedules
from devforge.local.workflows.starting import start_workflows

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 1.0


class Engine:
    """One per hub. `hub.jobs_at_once` jobs run side by side, each with a thread and processes of its own."""

    def __init__(self, hub: Hub, kills: Kills) -> None:
        self.hub = hub
        self.directory: Path = hub.data / "actions"
        self.kills = kills
        self._schedules = Schedules(hub)
        self._wake = threading.Event()
        self._advancing = False
        self._stopping = False
        self._running: dict[int, tuple[threading.Thread, threading.Event]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def receive(self, event: Event) -> None:
        """Start what the event starts."""
        if start_workflows(self.hub, event):
            self.wake()

    def wake(self) -> None:
        """Look at the store soon: something there changed."""
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Tell whether a run can go on by itself. One that waits for a person does not count."""
        if self._wake.is_set() or self._advancing or self._running:
            return True
        open_jobs = "SELECT 1 FROM workflow_job WHERE status IN ('queued', 'in_progress') LIMIT 1"
        open_runs = "SELECT 1 FROM workflow_run WHERE status = 'queued' LIMIT 1"
        return (
            self.hub.store.one(open_jobs) is not None or self.hub.store.one(open_runs) is not None
        )

    def start(self) -> None:
        """Settle what a killed process left, then go to work."""
        self._lose_orphans()
        self._wake.set()
        self._thread = threading.Thread(target=self._loop, name="workflows", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop. Jobs that run are cancelled and reported lost at the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
        for thread, cancelled in list(self._running.values()):
            cancelled.set()
            thread.join(timeout=30)

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.wait(timeout=_IDLE_SECONDS)
            self._advancing = True
            self._wake.clear()
            try:
                self._schedules.fire()
                self._advance_all()
            except Exception:
                _log.exception("workflows could not be advanced; trying again")
                time.sleep(_IDLE_SECONDS)
                self._wake.set()
            finally:
                self._advancing = False

    def _advance_all(self) -> None:
        for run in self.hub.store.all(
            "SELECT * FROM workflow_run WHERE status NOT IN ('completed', 'pending') ORDER BY id"
        ):
            self._advance(run["id"])
        self._pass_on_cancellations()
        self._start_jobs()

    def _advance(self, run_id: int) -> None:
        """Move one run on; a run that breaks the runner is ended, so that others are not held up."""
        try:
            with self.hub.store.transaction():
                advance_run(self.hub, run_id)
        except Exception as error:
            _log.exception("run %s broke the runner", run_id)
            with self.hub.store.transaction():
                fail_at_start(self.hub, run_id, f"the runner broke: {error!r}")

    def _pass_on_cancellations(self) -> None:
        for job_id, (_, cancelled) in list(self._running.items()):
            if self.hub.store.get("workflow_job", job_id)["cancelled"]:
                cancelled.set()

    def _start_jobs(self) -> None:
        for job in self.hub.store.all(
            "SELECT * FROM workflow_job WHERE status = 'queued' ORDER BY id"
        ):
            if self._stopping or len(self._running) >= self.hub.jobs_at_once:
                return
            if self._has_room(job):
                self._start(job)

    def _has_room(self, job: Row) -> bool:
        """Honour the matrix's max-parallel."""
        most = json.loads(job["strategy"]).get("max-parallel") or 1
        running = self.hub.store.value(
            "SELECT count(*) FROM workflow_job WHERE run_id = ? AND attempt = ? AND key = ?"
            " AND status = 'in_progress'",
            job["run_id"],
            job["attempt"],
            job["key"],
        )
        return bool(running < most)

    def _start(self, job: Row) -> None:
        now = self.hub.clock.stamp()
        with self.hub.store.transaction():
            self.hub.store.update("workflow_job", job["id"], status="in_progress", started_at=now)
            announce_job(self.hub, job["id"], "in_progress")
            if self.hub.store.run(
                "UPDATE workflow_run SET status = 'in_progress', updated_at = ?"
                " WHERE id = ? AND status IN ('queued', 'waiting')",
                now,
                job["run_id"],
            ):
                announce_run(self.hub, job["run_id"], "in_progress")
        cancelled = threading.Event()
        thread = threading.Thread(
            target=self._work, args=(job["id"], cancelled), name=f"job-{job['id']}", daemon=True
        )
        self._running[job["id"]] = (thread, cancelled)
        thread.start()

    def _work(self, job_id: int, cancelled: threading.Event) -> None:
        started = time.monotonic()
        row = self.hub.store.get("workflow_job", job_id)
        run = self.hub.store.get("workflow_run", row["run_id"])
        running = RunningJob(
            hub=self.hub,
            run=run,
            row=row,
            needs=needs_for(self.hub, run, row["key"]),
            directory=self.directory,
            kills=self._dies,
            cancelled=cancelled,
        )
        try:
            ending = running.execute()
        except Exception as error:
            _log.exception("job %s of run %s broke the runner", job_id, run["id"])
            problem = {"level": "failure", "message": f"the runner broke: {error!r}"}
            ending = Ending("failure", "failure", annotations=[problem])
        try:
            if not self._stopping:
                self._end(job_id, ending, time.monotonic() - started)
        finally:
            self._wake.set()
            self._running.pop(job_id, None)

    def _dies(self, workflow: str, job: str, step: str) -> bool:
        """Tell a job before each step whether its machine is gone: by a fault, or because we stop."""
        return self._stopping or self.kills(workflow, job, step)

    def _end(self, job_id: int, ending: Ending, seconds: float) -> None:
        columns: dict[str, Any] = {
            "conclusion": ending.conclusion,
            "result": ending.result,
            "outputs": packed(ending.outputs),
            "annotations": packed(ending.annotations),
            "environment_url": ending.environment_url,
            "seconds": seconds,
        }
        with self.hub.store.transaction():
            end_job(self.hub, job_id, **columns)

    def _lose_orphans(self) -> None:
        """Report jobs that a killed process left behind, and clear their machines away."""
        for job in self.hub.store.all("SELECT * FROM workflow_job WHERE status = 'in_progress'"):
            if job["tracking"]:
                with contextlib.suppress(OSError):
                    kill_tracked(job["tracking"])
            with self.hub.store.transaction():
                lose_job(self.hub, job)
        shutil.rmtree(self.directory / "machines", ignore_errors=True)
