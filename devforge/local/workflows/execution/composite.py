"""Local composite actions: `uses: ./path` runs the steps of the `action.yml` found there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from devforge.local.workflows.errors import BadWorkflow
from devforge.local.workflows.execution.steps import StepList, Uses
from devforge.local.workflows.execution.world import Status, StepCancelled, StepFailed
from devforge.local.workflows.expressions import text_of, value_of
from devforge.local.workflows.model import Action, Step
from devforge.local.workflows.nodes import MAX_BYTES
from devforge.local.workflows.parse import read_action

_MAX_DEPTH = 10
_FILES = ("action.yml", "action.yaml")


def run_composite(
    outer: StepList, step: Step, inputs: Mapping[str, str], env: Mapping[str, str], uses: Uses
) -> dict[str, str]:
    """Run the action and return its outputs. Raises StepFailed where one of its steps failed."""
    assert step.uses is not None  # noqa: S101 - the caller asked
    world = outer.world
    if outer.depth >= _MAX_DEPTH:
        raise StepFailed(
            f"{outer.file}:{step.line}: actions use each other deeper than {_MAX_DEPTH}"
        )
    action, directory = _read(outer, step)
    given = _inputs(outer, action, step, inputs)
    inner = StepList(
        world=world,
        file=action.file,
        steps=action.steps,
        uses=uses,
        status=Status(),
        env={**outer.env, **env},
        extra={"inputs": value_of(given)},
        github={**outer.github, "action_path": str(directory)},
        depth=outer.depth + 1,
        deadline=outer.deadline_of(step, outer.scope(env)),
    )
    inner.run()
    if inner.status.now == "cancelled":
        raise StepCancelled("The operation was canceled.")
    if inner.status.now != "success":
        raise StepFailed(f"{action.name}: a step of this action failed")
    scope = inner.scope()
    return {name: text_of(inner.value(item, scope)) for name, item in action.outputs.items()}


def _read(outer: StepList, step: Step) -> tuple[Action, Any]:
    assert step.uses is not None  # noqa: S101 - the caller asked
    workspace = outer.world.place.workspace
    directory = workspace / step.uses
    where = f"{outer.file}:{step.line}: uses {step.uses}"
    if not directory.resolve().is_relative_to(workspace.resolve()):
        raise StepFailed(f"{where}: the action must lie in the workspace")
    for name in _FILES:
        path = directory / name
        if path.is_file():
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            shown = os.path.normpath(f"{step.uses}/{name}")
            try:
                return read_action(content, shown), directory.resolve()
            except BadWorkflow as error:
                raise StepFailed(str(error)) from error
    raise StepFailed(f"{where}: there is no {' or '.join(_FILES)}; is the repository checked out?")


def _inputs(
    outer: StepList, action: Action, step: Step, inputs: Mapping[str, str]
) -> dict[str, str]:
    declared = {name.lower(): name for name in action.inputs}
    for name in inputs:
        if name.lower() not in declared:
            outer.world.warn(
                f"{action.file}: unexpected input {name!r}; known are {', '.join(action.inputs)}"
            )
    given = {name.lower(): value for name, value in inputs.items()}
    values: dict[str, str] = {}
    for name, described in action.inputs.items():
        if name.lower() in given:
            values[name] = given[name.lower()]
        elif described.default is not None:
            values[name] = outer.text(described.default, outer.scope())
        elif described.required:
            raise StepFailed(f"{outer.file}:{step.line}: {action.file} needs the input {name!r}")
        else:
            values[name] = ""
    return values
