"""Read workflow and action files: YAML in, typed and checked, or an error naming file and line. Pure."""

from __future__ import annotations

from devforge.local.workflows import availability
from devforge.local.workflows.expressions.template import Template
from devforge.local.workflows.jobs import read_concurrency, read_defaults, read_jobs
from devforge.local.workflows.model import Action, Defaults, Workflow
from devforge.local.workflows.nodes import YamlNode, read_yaml
from devforge.local.workflows.permissions import read_permissions
from devforge.local.workflows.reading import Reader
from devforge.local.workflows.steps import IN_ACTION, read_steps
from devforge.local.workflows.triggers import read_input, read_triggers

_KEYS = {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
_ACTION_KEYS = {"name", "description", "author", "inputs", "outputs", "runs", "branding"}


def read_workflow(content: bytes, file: str) -> Workflow:
    """Return the workflow in `content`, which lies at `file` in its repository.

    Raises:
        BadWorkflow: it is not YAML, or uses what GitHub or this runner does not know.
    """
    reader = Reader(file)
    root = reader.map(read_yaml(content, file), "a workflow", _KEYS)
    items = root.items
    for key in ("on", "jobs"):
        if key not in items:
            raise reader.wrong(1, f"the workflow has no {key!r}")
    a = availability
    return Workflow(
        file=file,
        name=reader.text(items["name"], "name") if "name" in items else file,
        run_name=reader.optional(items, "run-name", "workflow", a.RUN_NAME),
        triggers=read_triggers(reader, items["on"]),
        permissions=read_permissions(reader, items["permissions"])
        if "permissions" in items
        else None,
        env=reader.templates(items["env"], "env", a.RUN_ENV) if "env" in items else {},
        defaults=read_defaults(reader, items["defaults"], a.RUN_NAME)
        if "defaults" in items
        else Defaults(),
        concurrency=read_concurrency(reader, items["concurrency"], a.RUN_CONCURRENCY)
        if "concurrency" in items
        else None,
        jobs=read_jobs(reader, items["jobs"]),
    )


def read_action(content: bytes, file: str) -> Action:
    """Return the composite action in `content`.

    Raises:
        BadWorkflow: as above, or the action is of another kind (node, docker).
    """
    reader = Reader(file)
    items = reader.map(read_yaml(content, file), "an action", _ACTION_KEYS).items
    if "runs" not in items:
        raise reader.wrong(1, "the action has no 'runs'")
    runs = reader.map(items["runs"], "runs").items
    using = reader.text(runs["using"], "runs.using") if "using" in runs else "nothing"
    if using != "composite":
        raise reader.wrong(
            items["runs"].line, f"runs.using is {using!r}; only composite actions are supported"
        )
    reader.map(items["runs"], "runs", {"using", "steps"})
    if "steps" not in runs:
        raise reader.wrong(items["runs"].line, "runs has no 'steps'")
    inputs = reader.map(items["inputs"], "inputs").items if "inputs" in items else {}
    outputs = reader.map(items["outputs"], "outputs").items if "outputs" in items else {}
    return Action(
        file=file,
        name=reader.text(items["name"], "name") if "name" in items else file,
        inputs={name: read_input(reader, name, node) for name, node in inputs.items()},
        outputs={name: _output(reader, name, node) for name, node in outputs.items()},
        steps=read_steps(reader, runs["steps"], IN_ACTION),
    )


def _output(reader: Reader, name: str, node: YamlNode) -> Template:
    where = f"outputs.{name}"
    found = reader.map(node, where, {"value", "description"}).items
    if "value" not in found:
        raise reader.wrong(node.line, f"{where} has no 'value'")
    return reader.template(found["value"], f"{where}.value", availability.ACTION_OUTPUT)
