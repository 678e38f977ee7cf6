"""One job from its first step to its last: its machine, its token, its outputs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devforge.errors import BadInput
from devforge.local.hub import Hub
from devforge.local.store import Row, packed
from devforge.local.tokens import revoke
from devforge.local.workflows.builtin import run_action
from devforge.local.workflows.execution.arriving import RUNNER_NAME, make_world
from devforge.local.workflows.execution.steps import StepList
from devforge.local.workflows.execution.world import MachineLost, Status, World
from devforge.local.workflows.expressions import (
    Scope,
    is_truthy,
)
from devforge.local.workflows.machine.log import summary_file
from devforge.local.workflows.machine.process import kill_tracked
from devforge.local.workflows.model import Defaults, Job, Workflow
from devforge.local.workflows.recording import workflow_of

_LOST = "The runner lost communication with the server: its machine is gone"

Kills = Callable[[str, str, str], bool]
"""(workflow file, job id, step name) → whether the machine dies before this step."""


@dataclass(slots=True)
class Ending:
    """How a job ended. `result` is what `needs` sees: a failure that is forgiven is a success there."""

    conclusion: str
    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    environment_url: str | None = None


@dataclass(slots=True)
class RunningJob:
    """A job on its machine. `cancelled` may be set from any thread."""

    hub: Hub
    run: Row
    row: Row
    needs: Mapping[str, Any]
    directory: Path
    kills: Kills
    cancelled: threading.Event
    steps: list[dict[str, Any]] = field(default_factory=list)

    def execute(self) -> Ending:
        """Run the job to its end; never raises for what a workflow can do wrong."""
        workflow = workflow_of(self.run)
        job = workflow.jobs[self.row["key"]]
        try:
            world = make_world(self, workflow, job)
        except BadInput as error:
            problem = {"level": "failure", "message": str(error)}
            return Ending("failure", "failure", annotations=[problem])
        try:
            world.place.make()
            world.place.event_file.write_text(json.dumps(world.github["event"]), encoding="utf-8")
            return self._run(workflow, job, world)
        except BadInput as error:
            world.log.write(f"##[error]{error}")
            world.annotate("failure", str(error))
            return Ending("failure", "failure", annotations=world.annotations)
        except MachineLost:
            world.annotate("failure", _LOST)
            return Ending("failure", "failure", annotations=world.annotations)
        finally:
            kill_tracked(world.machine["RUNNER_TRACKING_ID"])
            revoke(self.hub.store, world.token)
            world.log.close()
            world.place.remove()

    def _run(self, workflow: Workflow, job: Job, world: World) -> Ending:
        started_late = threading.Timer(
            max(0.0, world.deadline - time.monotonic()), self._time_out, [world]
        )
        started_late.daemon = True
        started_late.start()
        try:
            steps = self._step_list(workflow, job, world)
            steps.run()
            return self._ending(job, world, steps)
        finally:
            started_late.cancel()

    def _time_out(self, world: World) -> None:
        world.annotate("failure", f"The job ran longer than its timeout-minutes on {RUNNER_NAME}")
        self.cancelled.set()

    def _step_list(self, workflow: Workflow, job: Job, world: World) -> StepList:
        env: dict[str, str] = {}
        for templates in (workflow.env, job.env):
            scope = world.scope(env=env, steps={}, status=Status())
            env |= {name: item.text(scope) for name, item in templates.items()}
        defaults = Defaults(
            job.defaults.shell or workflow.defaults.shell,
            job.defaults.working_directory or workflow.defaults.working_directory,
        )
        return StepList(
            world=world,
            file=workflow.file,
            steps=job.steps,
            uses=run_action,
            status=Status(),
            env=env,
            defaults=defaults,
            before=lambda step, name: self._before(workflow, job, step.number, name),
            after=self._after,
        )

    def _before(self, workflow: Workflow, job: Job, number: int, name: str) -> None:
        if self.kills(workflow.file, job.id, name):
            raise MachineLost
        self._tell([*self.steps, _begun(name, number, self.hub.clock.stamp())])

    def _after(self, record: dict[str, Any]) -> None:
        self.steps.append(record)
        self._tell(self.steps)

    def _tell(self, steps: list[dict[str, Any]]) -> None:
        self.hub.store.update("workflow_job", self.row["id"], steps=packed(steps))

    def _ending(self, job: Job, world: World, steps: StepList) -> Ending:
        scope = steps.scope()
        conclusion: str = steps.status.now
        if self.cancelled.is_set():
            conclusion = "cancelled"
        forgiven = conclusion == "failure" and is_truthy(job.continue_on_error.value(scope))
        url = job.environment.url if job.environment else None
        return Ending(
            conclusion,
            "success" if forgiven else conclusion,
            outputs=self._outputs(job, world, scope),
            annotations=world.annotations,
            environment_url=url.text(scope) if url is not None else None,
        )

    def _outputs(self, job: Job, world: World, scope: Scope) -> dict[str, str]:
        outputs: dict[str, str] = {}
        for name, item in job.outputs.items():
            value = item.text(scope)
            if world.log.masks.hide(value) != value:
                world.warn(f"Skip output {name!r} since it may contain a secret.")
            elif value:
                outputs[name] = value
        self._keep_summary(world)
        return outputs

    def _keep_summary(self, world: World) -> None:
        if world.summaries:
            path = summary_file(self.directory, self.run["id"], self.row["id"])
            path.write_text("\n".join(world.summaries), encoding="utf-8", errors="replace")


def _begun(name: str, number: int, now: str) -> dict[str, Any]:
    return {
        "name": name,
        "status": "in_progress",
        "conclusion": None,
        "number": number,
        "started_at": now,
        "completed_at": None,
    }
