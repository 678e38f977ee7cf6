"""The steps of a job or of a composite action."""

from __future__ import annotations

import re
from dataclasses import dataclass

from devforge.local.workflows import availability
from devforge.local.workflows.expressions.template import Allowed, constant
from devforge.local.workflows.model import Step
from devforge.local.workflows.nodes import List, Map, YamlNode
from devforge.local.workflows.reading import Reader
from devforge.local.workflows.supported import INPUTS, action_name

_USES = re.compile(r"\./[^\s@]*|[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+@[A-Za-z0-9_./-]+")
_KEYS = {
    "id", "name", "if", "uses", "run", "shell", "working-directory", "with", "env",
    "continue-on-error", "timeout-minutes",
}  # fmt: skip
_RUN_ONLY = ("shell", "working-directory")


@dataclass(frozen=True, slots=True)
class StepRules:
    """What a step's expressions may use, and whether `run` must name its shell, as in an action."""

    values: Allowed
    condition: Allowed
    shell_required: bool = False


IN_JOB = StepRules(availability.STEP, availability.STEP_IF)
IN_ACTION = StepRules(availability.ACTION_STEP, availability.ACTION_STEP_IF, shell_required=True)


def read_steps(reader: Reader, node: YamlNode, rules: StepRules) -> tuple[Step, ...]:
    """Return the steps in order; no two may have the same id."""
    if not isinstance(node, List) or not node.items:
        raise reader.wrong(node.line, "steps must be a list with at least one step")
    steps = tuple(_step(reader, item, number, rules) for number, item in enumerate(node.items, 1))
    seen: set[str] = set()
    for step in steps:
        if step.id and step.id.lower() in seen:
            raise reader.wrong(step.line, f"the id {step.id!r} names two steps: change one")
        seen.add((step.id or "").lower())
    return steps


def _step(reader: Reader, node: YamlNode, number: int, rules: StepRules) -> Step:
    found = reader.map(node, f"step {number}", _KEYS)
    items, where = found.items, f"step {number}"
    _check_kind(reader, found, where, rules)
    id_line = found.lines.get("id", node.line)
    return Step(
        number=number,
        line=node.line,
        id=reader.identifier(reader.text(items["id"], where), id_line, "the step id")
        if "id" in items
        else None,
        name=reader.optional(items, "name", where, rules.values),
        condition=reader.condition(items.get("if"), node.line, rules.condition),
        uses=reader.text(items["uses"], where) if "uses" in items else None,
        run=reader.optional(items, "run", where, rules.values),
        shell=reader.optional(items, "shell", where, rules.values),
        working_directory=reader.optional(items, "working-directory", where, rules.values),
        inputs=reader.templates(items["with"], "with", rules.values) if "with" in items else {},
        env=reader.templates(items["env"], "env", rules.values) if "env" in items else {},
        continue_on_error=reader.optional(items, "continue-on-error", where, rules.values)
        or constant(value=False, line=node.line),
        timeout_minutes=reader.optional(items, "timeout-minutes", where, rules.values),
    )


def _check_kind(reader: Reader, found: Map, where: str, rules: StepRules) -> None:
    items = found.items
    if ("run" in items) == ("uses" in items):
        raise reader.wrong(found.line, f"{where} must have either 'run' or 'uses'")
    if "run" in items and "with" in items:
        raise reader.wrong(found.lines["with"], f"{where}: 'with' belongs to 'uses', not to 'run'")
    for key in _RUN_ONLY:
        if "uses" in items and key in items:
            raise reader.wrong(
                found.lines[key], f"{where}: {key!r} belongs to 'run', not to 'uses'"
            )
    if rules.shell_required and "run" in items and "shell" not in items:
        raise reader.wrong(found.line, f"{where}: in an action, 'run' needs 'shell'")
    if "uses" in items:
        uses = reader.text(items["uses"], where)
        if _USES.fullmatch(uses) is None:
            raise reader.wrong(
                found.lines["uses"],
                f"{where}: uses {uses!r} is not supported; write ./path or owner/name@ref",
            )
        if not uses.startswith("./"):
            _check_action(reader, found, where, uses)


def _check_action(reader: Reader, found: Map, where: str, uses: str) -> None:
    known = INPUTS.get(action_name(uses))
    if known is None:
        raise reader.wrong(
            found.lines["uses"],
            f"{where}: the action {uses!r} is not supported here; built in are {', '.join(INPUTS)}",
        )
    given = reader.map(found.items["with"], "with") if "with" in found.items else None
    for name in given.items if given else ():
        if given and name.lower() not in known:
            raise reader.wrong(
                given.lines[name],
                f"{where}: {action_name(uses)} has no input {name!r} here; known are {', '.join(sorted(known))}",
            )
