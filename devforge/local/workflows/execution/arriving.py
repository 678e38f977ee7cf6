"""Set a job up: its token, its directories, its secrets and everything its expressions may see."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from devforge.local.hub import Hub
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.tokens import create_workflow_token
from devforge.local.workflows.context import github_context, github_variables
from devforge.local.workflows.execution.world import World
from devforge.local.workflows.expressions import Scope, Value, value_of
from devforge.local.workflows.expressions.values import number_of
from devforge.local.workflows.machine.log import Log, Masks, log_file
from devforge.local.workflows.machine.place import (
    Place,
    base_environment,
    runner_architecture,
    search_path,
)
from devforge.local.workflows.model import Job, Workflow
from devforge.local.workflows.opening import run_contexts
from devforge.local.workflows.permissions import granted
from devforge.local.workflows.settings import secrets_of, token_levels, variables_of

RUNNER_NAME = "Local Runner"
_DEFAULT_MINUTES = 360.0


class Assigned(Protocol):
    """A job that was given a machine."""

    hub: Hub
    run: Row
    row: Row
    needs: Mapping[str, Any]
    directory: Path
    cancelled: threading.Event


def make_world(assigned: Assigned, workflow: Workflow, job: Job) -> World:
    """Return the job's world, with a token made for it alone. Nothing is on disk yet but the log."""
    hub, run, row = assigned.hub, assigned.run, assigned.row
    repository = hub.store.get("repository", run["repository_id"])
    name = repository_path(hub, repository).partition("/")[2]
    place = Place(assigned.directory / "machines" / str(row["id"]), name)
    declared = workflow.permissions if job.permissions is None else job.permissions
    permissions = granted(token_levels(hub, run, declared))
    secrets = secrets_of(hub, run, row["environment"])
    contexts = _contexts(assigned, place, secrets)
    deadline = time.monotonic() + _minutes(job, contexts) * 60
    token = create_workflow_token(hub.store, run["repository_id"], run["id"], permissions)
    contexts["secrets"] = value_of({**secrets, "GITHUB_TOKEN": token})
    masks = Masks([token, *secrets.values()])
    github = github_context(hub, run) | {
        "job": job.id,
        "workspace": str(place.workspace),
        "event_path": str(place.event_file),
    }
    return World(
        hub=hub,
        repository=repository,
        run=run,
        job_id=row["id"],
        job_key=job.id,
        place=place,
        log=Log(log_file(assigned.directory, run["id"], row["id"]), masks, hub.clock.now),
        token=token,
        permissions=permissions,
        contexts=contexts,
        github=github,
        machine=_machine(hub, row, place) | github_variables(github),
        cancelled=assigned.cancelled,
        deadline=deadline,
        path=search_path(),
    )


def _contexts(assigned: Assigned, place: Place, secrets: Mapping[str, str]) -> dict[str, Value]:
    hub, run, row = assigned.hub, assigned.run, assigned.row
    return run_contexts(hub, run, assigned.needs) | {
        "matrix": value_of(json.loads(row["matrix"])),
        "strategy": value_of(json.loads(row["strategy"])),
        "secrets": value_of(secrets),
        "vars": value_of(variables_of(hub, run["repository_id"], row["environment"])),
        "runner": value_of(_runner(place)),
    }


def _machine(hub: Hub, row: Row, place: Place) -> dict[str, str]:
    """Return the machine's own variables; its processes are known by one of them, also after a kill."""
    tracking = f"github_{uuid.uuid4()}"
    hub.store.update("workflow_job", row["id"], tracking=tracking)
    return base_environment(place, tracking, RUNNER_NAME)


def _minutes(job: Job, contexts: Mapping[str, Value]) -> float:
    if job.timeout_minutes is None:
        return _DEFAULT_MINUTES
    minutes = number_of(job.timeout_minutes.value(Scope(contexts)))
    return minutes if minutes > 0 else _DEFAULT_MINUTES


def _runner(place: Place) -> dict[str, str]:
    return {
        "arch": runner_architecture(),
        "environment": "github-hosted",
        "name": RUNNER_NAME,
        "os": "Linux",
        "temp": str(place.temp),
        "tool_cache": str(place.tools),
        "workspace": str(place.workspace.parent),
    }
