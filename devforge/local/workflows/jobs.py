"""The jobs of a workflow file."""

from __future__ import annotations

from collections.abc import Mapping

from devforge.local.workflows import availability
from devforge.local.workflows.expressions.template import Allowed, constant
from devforge.local.workflows.model import (
    Concurrency,
    Defaults,
    Environment,
    Job,
    Strategy,
    Tree,
)
from devforge.local.workflows.nodes import Map, YamlNode
from devforge.local.workflows.permissions import read_permissions
from devforge.local.workflows.reading import Reader
from devforge.local.workflows.steps import IN_JOB, read_steps

_KEYS = {
    "name", "needs", "if", "runs-on", "permissions", "environment", "concurrency", "outputs", "env",
    "defaults", "steps", "timeout-minutes", "strategy", "continue-on-error",
}  # fmt: skip


def read_jobs(reader: Reader, node: YamlNode) -> dict[str, Job]:
    """Return every job by id; `needs` name jobs that exist and form no circle."""
    found = reader.map(node, "jobs")
    if not found.items:
        raise reader.wrong(node.line, "jobs is empty; a workflow needs at least one job")
    jobs = {id: _job(reader, id, item, found.lines[id]) for id, item in found.items.items()}
    _check_needs(reader, jobs)
    return jobs


def read_concurrency(reader: Reader, node: YamlNode, allowed: Allowed) -> Concurrency:
    """Return a concurrency group: one name, or a mapping."""
    never = constant(value=False, line=node.line)
    if not isinstance(node, Map):
        return Concurrency(reader.template(node, "concurrency", allowed), never)
    items = reader.map(node, "concurrency", {"group", "cancel-in-progress"}).items
    if "group" not in items:
        raise reader.wrong(node.line, "concurrency has no 'group'")
    return Concurrency(
        reader.template(items["group"], "concurrency.group", allowed),
        reader.optional(items, "cancel-in-progress", "concurrency", allowed) or never,
    )


def read_defaults(reader: Reader, node: YamlNode, allowed: Allowed) -> Defaults:
    """Return `defaults`, of which GitHub knows `run` alone."""
    outer = reader.map(node, "defaults", {"run"}).items
    if "run" not in outer:
        return Defaults()
    items = reader.map(outer["run"], "defaults.run", {"shell", "working-directory"}).items
    return Defaults(
        reader.optional(items, "shell", "defaults.run", allowed),
        reader.optional(items, "working-directory", "defaults.run", allowed),
    )


def _job(reader: Reader, id: str, node: YamlNode, line: int) -> Job:
    reader.identifier(id, line, "the job id")
    where = f"jobs.{id}"
    found = reader.map(node, where, _KEYS)
    items = found.items
    for key in ("runs-on", "steps"):
        if key not in items:
            raise reader.wrong(line, f"{where} has no {key!r}")
    a = availability
    return Job(
        id=id,
        line=line,
        name=reader.optional(items, "name", where, a.JOB_NAME),
        needs=reader.texts(items["needs"], f"{where}.needs") if "needs" in items else (),
        condition=reader.condition(items.get("if"), line, a.JOB_IF),
        runs_on=_runs_on(reader, items["runs-on"]),
        strategy=_strategy(reader, items["strategy"]) if "strategy" in items else Strategy(),
        permissions=read_permissions(reader, items["permissions"])
        if "permissions" in items
        else None,
        environment=_environment(reader, items["environment"]) if "environment" in items else None,
        concurrency=read_concurrency(reader, items["concurrency"], a.JOB_CONCURRENCY)
        if "concurrency" in items
        else None,
        env=reader.templates(items["env"], f"{where}.env", a.JOB_ENV) if "env" in items else {},
        outputs=reader.templates(items["outputs"], f"{where}.outputs", a.JOB_OUTPUTS)
        if "outputs" in items
        else {},
        defaults=read_defaults(reader, items["defaults"], a.JOB_DEFAULTS)
        if "defaults" in items
        else Defaults(),
        timeout_minutes=reader.optional(items, "timeout-minutes", where, a.JOB_TIMEOUT),
        continue_on_error=reader.optional(
            items, "continue-on-error", where, a.JOB_CONTINUE_ON_ERROR
        )
        or constant(value=False, line=line),
        steps=read_steps(reader, items["steps"], IN_JOB),
    )


def _runs_on(reader: Reader, node: YamlNode) -> Tree:
    tree = reader.tree(node, "runs-on", availability.JOB_RUNS_ON)
    if isinstance(tree, dict):
        raise reader.wrong(node.line, "runs-on: runner groups are not supported; name a label")
    return tree


def _strategy(reader: Reader, node: YamlNode) -> Strategy:
    items = reader.map(node, "strategy", {"matrix", "fail-fast", "max-parallel"}).items
    allowed = availability.JOB_STRATEGY
    return Strategy(
        reader.tree(items["matrix"], "strategy.matrix", allowed) if "matrix" in items else None,
        reader.optional(items, "fail-fast", "strategy", allowed),
        reader.optional(items, "max-parallel", "strategy", allowed),
    )


def _environment(reader: Reader, node: YamlNode) -> Environment:
    allowed = availability.JOB_ENVIRONMENT
    if not isinstance(node, Map):
        return Environment(reader.template(node, "environment", allowed), None)
    items = reader.map(node, "environment", {"name", "url"}).items
    if "name" not in items:
        raise reader.wrong(node.line, "environment has no 'name'")
    return Environment(
        reader.template(items["name"], "environment.name", allowed),
        reader.optional(items, "url", "environment", availability.JOB_ENVIRONMENT_URL),
    )


def _check_needs(reader: Reader, jobs: Mapping[str, Job]) -> None:
    for job in jobs.values():
        for need in job.needs:
            if need not in jobs:
                raise reader.wrong(
                    job.line, f"jobs.{job.id} needs {need!r}, which is no job of this file"
                )
    settled: set[str] = set()
    while ready := [
        id for id, job in jobs.items() if id not in settled and settled.issuperset(job.needs)
    ]:
        settled.update(ready)
    for id, job in jobs.items():
        if id not in settled:
            raise reader.wrong(job.line, f"jobs.{id} needs itself, over {', '.join(job.needs)}")
