"""Run a list of steps: conditions, variables, outcomes; the same for a job and for a composite action."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from devforge.local.clock import stamp
from devforge.local.workflows.errors import BadWorkflow
from devforge.local.workflows.execution.script import Script
from devforge.local.workflows.execution.world import (
    Outcome,
    Status,
    StepCancelled,
    StepFailed,
    World,
)
from devforge.local.workflows.expressions import (
    EvaluationFailed,
    Scope,
    Value,
    is_truthy,
    text_of,
)
from devforge.local.workflows.expressions.template import Template
from devforge.local.workflows.expressions.values import number_of
from devforge.local.workflows.model import Defaults, Step

Uses = Callable[["StepList", Step, Mapping[str, str], dict[str, str]], dict[str, str]]
"""(list, step, inputs, env) → outputs of the action that the step uses."""


@dataclass(slots=True)
class StepList:
    """Steps with what they share. `tell` hears of each step that starts or ends."""

    world: World
    file: str
    steps: Sequence[Step]
    uses: Uses
    status: Status
    env: dict[str, str]
    defaults: Defaults = field(default_factory=Defaults)
    extra: Mapping[str, Value] = field(default_factory=dict)
    github: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0
    deadline: float = math.inf
    before: Callable[[Step, str], None] = lambda _step, _name: None
    after: Callable[[dict[str, Any]], None] = lambda _record: None
    results: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Run every step whose condition holds; failures are kept in the status, not raised."""
        for step in self.steps:
            self._step(step)

    def scope(self, env: Mapping[str, str] | None = None) -> Scope:
        """Return what expressions see now, with `env` over the variables set so far."""
        merged = {**self.env, **self.world.variables, **(env or {})}
        return self.world.scope(
            env=merged, steps=self.results, status=self.status, extra=self.extra, github=self.github
        )

    def text(self, template: Template, scope: Scope) -> str:
        return text_of(self.value(template, scope))

    def value(self, template: Template, scope: Scope) -> Value:
        """Return the template's worth. Raises StepFailed naming file and line."""
        try:
            return template.value(scope)
        except EvaluationFailed as error:
            raise StepFailed(f"{self.file}:{template.line}: {error}") from error

    def _step(self, step: Step) -> None:
        if self.world.notice_cancellation():
            self.status.now = "cancelled"
        started = self.world.hub.clock.now()
        name, outcome, conclusion = "", "skipped", "skipped"
        outputs: dict[str, str] = {}
        try:
            name = self._name(step)
            env = self._environment(step)
            if is_truthy(self.value(step.condition, self.scope(env))):
                self.before(step, name)
                outcome, outputs = self._do(step, env)
        except (StepFailed, BadWorkflow) as error:
            self._say_failed(str(error))
            outcome = "failure"
        if outcome != "skipped":
            conclusion = self._settle(step, outcome)
        self._record(step, name, outcome, conclusion, outputs, started)

    def _do(self, step: Step, env: dict[str, str]) -> tuple[Outcome, dict[str, str]]:
        scope = self.scope(env)
        script: Script | None = None
        try:
            if step.run is None:
                return "success", self._use(step, env, scope)
            script = self._script(step, env, scope)
            return "success", script.run()
        except StepFailed as error:
            self._say_failed(str(error))
            outcome: Outcome = "cancelled" if isinstance(error, StepCancelled) else "failure"
            return outcome, script.outputs if script is not None else {}

    def _script(self, step: Step, env: dict[str, str], scope: Scope) -> Script:
        assert step.run is not None  # noqa: S101 - asked by the caller
        shell = step.shell or self.defaults.shell
        directory = step.working_directory or self.defaults.working_directory
        return Script(
            world=self.world,
            text=self.text(step.run, scope),
            shell=self.text(shell, scope) if shell else None,
            directory=self.world.directory(self.text(directory, scope) if directory else ""),
            env=self.variables(step, env),
            deadline=self.deadline_of(step, scope),
        )

    def _use(self, step: Step, env: dict[str, str], scope: Scope) -> dict[str, str]:
        inputs = {name: self.text(item, scope) for name, item in step.inputs.items()}
        deadline = self.deadline_of(step, scope)
        outputs = self.uses(self, step, inputs, env)
        if time.monotonic() > deadline:
            raise StepFailed(f"The action {step.uses!r} has timed out")
        return outputs

    def deadline_of(self, step: Step, scope: Scope) -> float:
        """Return when the step's time is up. Raises StepFailed unless it is a positive number."""
        if step.timeout_minutes is None:
            return self.deadline
        minutes = number_of(self.value(step.timeout_minutes, scope))
        if math.isnan(minutes) or minutes <= 0:
            raise StepFailed(f"{self.file}:{step.line}: timeout-minutes must be a positive number")
        return min(self.deadline, time.monotonic() + minutes * 60)

    def variables(self, step: Step, env: Mapping[str, str]) -> dict[str, str]:
        """Return the step's own variables with GITHUB_ACTION and, in an action, its path."""
        given = {**self.env, **self.world.variables, **env}
        given["GITHUB_ACTION"] = step.id or f"__run_{step.number}"
        if "action_path" in self.github:
            given["GITHUB_ACTION_PATH"] = str(self.github["action_path"])
        return given

    def _environment(self, step: Step) -> dict[str, str]:
        scope = self.scope()
        return {name: self.text(item, scope) for name, item in step.env.items()}

    def _name(self, step: Step) -> str:
        if step.name is not None:
            return self.text(step.name, self.scope())
        if step.uses is not None:
            return f"Run {step.uses}"
        lines = step.run.source.strip().splitlines() if step.run else []
        return f"Run {lines[0] if lines else ''}"

    def _settle(self, step: Step, outcome: str) -> str:
        """Return the conclusion: a failure that the step forgives is a success."""
        if outcome == "success":
            return outcome
        if outcome == "failure" and self._forgives(step):
            return "success"
        if outcome == "cancelled":
            self.world.notice_cancellation()
            self.status.now = "cancelled"
        elif self.status.now == "success":
            self.status.now = "failure"
        if self.depth == 0 and self.world.clean_up_until is None:
            self.world.status.now = self.status.now
        return outcome

    def _forgives(self, step: Step) -> bool:
        try:
            return is_truthy(self.value(step.continue_on_error, self.scope()))
        except StepFailed as error:
            self._say_failed(str(error))
            return False

    def _say_failed(self, message: str) -> None:
        self.world.log.write(f"##[error]{message}")
        self.world.annotate("failure", message)

    def _record(
        self,
        step: Step,
        name: str,
        outcome: str,
        conclusion: str,
        outputs: Mapping[str, str],
        started: datetime,
    ) -> None:
        if step.id is not None:
            self.results[step.id] = {
                "outputs": dict(outputs),
                "outcome": outcome,
                "conclusion": conclusion,
            }
        self.after(
            {
                "name": self.world.log.masks.hide(name) or f"Step {step.number}",
                "status": "completed",
                "conclusion": conclusion,
                "outcome": outcome,
                "number": step.number,
                "started_at": stamp(started),
                "completed_at": self.world.hub.clock.stamp(),
            }
        )
