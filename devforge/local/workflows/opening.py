"""Open a job of a run: judge its `if`, spread its matrix, and write its rows down as waiting or queued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from devforge.errors import BadInput
from devforge.local.hub import Hub
from devforge.local.store import Row, packed
from devforge.local.workflows.concurrency import claim
from devforge.local.workflows.context import github_context, inputs_of
from devforge.local.workflows.execution.world import Status
from devforge.local.workflows.expressions import (
    Scope,
    Value,
    is_truthy,
    plain_of,
    text_of,
    value_of,
)
from devforge.local.workflows.expressions.functions import Function
from devforge.local.workflows.expressions.template import Template
from devforge.local.workflows.expressions.values import number_of
from devforge.local.workflows.matrix import Combination, combinations
from devforge.local.workflows.model import Job, Tree, Workflow
from devforge.local.workflows.reports import announce_job
from devforge.local.workflows.settings import gate_of, may_deploy, variables_of

_FOREIGN = ("windows", "macos")

Results = Mapping[str, Mapping[str, Any]]
"""By job id: {"result": …, "outputs": {…}} of every job that has ended."""


def open_job(hub: Hub, run: Row, workflow: Workflow, job: Job, results: Results) -> None:
    """Write the job's rows. Whatever cannot be evaluated fails the job with the reason."""
    contexts = run_contexts(hub, run, needs_of(job, results))
    try:
        if not _holds(run, workflow, job, results, contexts):
            _insert(hub, run, job, _title(job, contexts), "completed", conclusion="skipped")
            return
        for row in _rows(job, contexts):
            _queue(hub, run, job, contexts | row)
    except BadInput as error:
        problem = f"{workflow.file}:{job.line}: jobs.{job.id}: {error}"
        id = _insert(hub, run, job, job.id, "completed", conclusion="failure")
        hub.store.update(
            "workflow_job", id, annotations=packed([{"level": "failure", "message": problem}])
        )


def run_contexts(hub: Hub, run: Row, needs: Mapping[str, Any]) -> dict[str, Value]:
    """Return the contexts that are there before a job has a machine."""
    return {
        "github": value_of(github_context(hub, run)),
        "inputs": value_of(inputs_of(run)),
        "vars": value_of(variables_of(hub, run["repository_id"], None)),
        "needs": value_of(needs),
    }


def needs_of(job: Job, results: Results) -> dict[str, Any]:
    """Return the `needs` context: the jobs this one names."""
    return {id: results[id] for id in job.needs}


def _holds(
    run: Row, workflow: Workflow, job: Job, results: Results, contexts: dict[str, Value]
) -> bool:
    ancestors = [results[id]["result"] for id in _ancestors(workflow, job)]
    functions: dict[str, Function] = {
        **Status().functions,
        "success": lambda _: not run["cancelled"] and all(one == "success" for one in ancestors),
        "failure": lambda _: not run["cancelled"] and "failure" in ancestors,
        "cancelled": lambda _: bool(run["cancelled"]),
    }
    return is_truthy(job.condition.value(Scope(contexts, functions)))


def _ancestors(workflow: Workflow, job: Job) -> set[str]:
    """Return every job this one depends on, over others too: one that failed far back counts."""
    found: set[str] = set()
    waiting = list(job.needs)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting.extend(workflow.jobs[id].needs)
    return found


def _rows(job: Job, contexts: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """Yield `matrix` and `strategy` for each job that this one spreads into."""
    scope = Scope(contexts)
    made: Sequence[Combination | None] = [None]
    if job.strategy.matrix is not None:
        made = combinations(plain_of(evaluate_tree(job.strategy.matrix, scope)))
    fail_fast, parallel = job.strategy.fail_fast, job.strategy.max_parallel
    most = number_of(parallel.value(scope)) if parallel is not None else float(len(made))
    for index, one in enumerate(made):
        strategy = {
            "fail-fast": fail_fast is None or is_truthy(fail_fast.value(scope)),
            "job-index": index,
            "job-total": len(made),
            "max-parallel": most,
        }
        yield {"matrix": value_of(one), "strategy": value_of(strategy)}


def evaluate_tree(tree: Tree, scope: Scope) -> Value:
    """Return what values of any shape are worth."""
    if isinstance(tree, Template):
        return tree.value(scope)
    if isinstance(tree, list):
        return value_of([evaluate_tree(item, scope) for item in tree])
    return value_of({key: evaluate_tree(item, scope) for key, item in tree.items()})


def _queue(hub: Hub, run: Row, job: Job, contexts: dict[str, Value]) -> None:
    scope = Scope(contexts)
    environment = text_of(job.environment.name.value(scope)) if job.environment else None
    labels = _labels(plain_of(evaluate_tree(job.runs_on, scope)))
    shown = {
        "matrix": packed(plain_of(contexts["matrix"])),
        "strategy": packed(plain_of(contexts["strategy"])),
        "labels": packed(labels),
        "environment": environment or None,
    }
    id = _insert(hub, run, job, _title(job, contexts), "queued", **shown)
    if environment:
        _gate(hub, run, id, environment)
    if hub.store.get("workflow_job", id)["status"] == "queued" and job.concurrency is not None:
        group = text_of(job.concurrency.group.value(scope))
        cancel = is_truthy(job.concurrency.cancel_in_progress.value(scope))
        if group and not claim(hub, run["repository_id"], group, run["id"], id, cancel=cancel):
            hub.store.update("workflow_job", id, status="pending")


def _labels(runs_on: object) -> list[str]:
    """Return the labels of `runs-on`. Raises BadInput for a machine that is not to be had here."""
    labels = [str(label) for label in (runs_on if isinstance(runs_on, list) else [runs_on])]
    for label in labels:
        if label.lower().startswith(_FOREIGN):
            raise BadInput(f"runs-on: there is no {label} here, only this Linux machine")
    return labels


def _gate(hub: Hub, run: Row, job_id: int, environment: str) -> None:
    """Let the job pass, make it wait for a reviewer or a timer, or fail it at the branch limit."""
    gate = gate_of(hub, run["repository_id"], environment)
    if not may_deploy(hub, run["repository_id"], environment, run["ref"]):
        branch = run["ref"].removeprefix("refs/heads/")
        problem = f"Branch {branch!r} may not deploy to {environment}: the environment's branch limits forbid it"
        hub.store.update(
            "workflow_job",
            job_id,
            status="completed",
            conclusion="failure",
            result="failure",
            completed_at=hub.clock.stamp(),
            annotations=packed([{"level": "failure", "message": problem}]),
        )
        announce_job(hub, job_id, "completed")
    elif gate.reviewers or gate.wait_minutes:
        hub.store.update("workflow_job", job_id, status="waiting")
        hub.store.insert(
            "deployment_wait",
            run_id=run["id"],
            job_id=job_id,
            environment=environment,
            state="waiting" if gate.reviewers else "approved",
            created_at=hub.clock.stamp(),
        )


def _insert(
    hub: Hub,
    run: Row,
    job: Job,
    name: str,
    status: str,
    *,
    conclusion: str | None = None,
    **columns: Any,
) -> int:
    now = hub.clock.stamp()
    ended = (
        {"completed_at": now, "result": conclusion, "conclusion": conclusion} if conclusion else {}
    )
    id = hub.store.insert(
        "workflow_job",
        run_id=run["id"],
        attempt=run["attempt"],
        key=job.id,
        name=name,
        status=status,
        created_at=now,
        **ended,
        **columns,
    )
    announce_job(hub, id, "completed" if conclusion else "queued")
    return id


def _title(job: Job, contexts: Mapping[str, Value]) -> str:
    """Return the name shown. Unless it is an expression, the matrix's values stand behind it."""
    name = text_of(job.name.value(Scope(contexts))) if job.name is not None else job.id
    values = list(_leaves(plain_of(contexts.get("matrix"))))
    if (job.name is not None and not job.name.is_constant) or not values:
        return name
    return f"{name} ({', '.join(values)})"


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif value is not None:
        yield text_of(value_of(value))
