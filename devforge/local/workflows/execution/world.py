"""What a running job knows and has: contexts, variables, masks, annotations, its place and its status."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from devforge.local.hub import Hub
from devforge.local.store import Row
from devforge.local.workflows.expressions import Object, Scope, Value, value_of
from devforge.local.workflows.expressions.functions import Function
from devforge.local.workflows.hashing import hash_files
from devforge.local.workflows.machine.log import Log
from devforge.local.workflows.machine.place import Place

Outcome = Literal["success", "failure", "cancelled", "skipped"]
Level = Literal["notice", "warning", "failure"]
_CLEAN_UP_SECONDS = 300.0
_FIXED = ("GITHUB_", "RUNNER_")


class StepFailed(Exception):
    """A step did not do what it should; its text goes into the log and an annotation."""


class StepCancelled(StepFailed):
    """A step was ended because its job was cancelled."""


class MachineLost(Exception):
    """The job's machine is gone: nothing more runs on it, and nothing more is said."""


@dataclass(slots=True)
class Status:
    """How a list of steps stands: what `success()`, `failure()` and `cancelled()` look at."""

    now: Literal["success", "failure", "cancelled"] = "success"

    @property
    def functions(self) -> dict[str, Function]:
        return {
            "always": lambda _: True,
            "success": lambda _: self.now == "success",
            "failure": lambda _: self.now == "failure",
            "cancelled": lambda _: self.now == "cancelled",
        }


@dataclass(slots=True)
class World:
    """One running job. Built-in actions are handed this and nothing else."""

    hub: Hub
    repository: Row
    run: Row
    job_id: int
    job_key: str
    place: Place
    log: Log
    token: str
    permissions: Mapping[str, str]
    contexts: dict[str, Value]
    github: dict[str, Any]
    machine: dict[str, str]
    cancelled: threading.Event
    deadline: float
    """When the job's time is up; monotonic."""
    path: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    status: Status = field(default_factory=Status)
    clean_up_until: float | None = None
    """Once a cancellation was noticed: until when steps that run nevertheless may take."""

    @property
    def interrupt(self) -> threading.Event:
        """Return what ends the step at hand; what still runs after a cancellation is not ended by it."""
        return self.cancelled if self.clean_up_until is None else threading.Event()

    def notice_cancellation(self) -> bool:
        """Say whether the job was cancelled; from the first time on, steps have five minutes to clean up."""
        if self.cancelled.is_set() and self.clean_up_until is None:
            self.clean_up_until = time.monotonic() + _CLEAN_UP_SECONDS
            self.status.now = "cancelled"
        return self.clean_up_until is not None

    def scope(
        self,
        *,
        env: Mapping[str, str],
        steps: Mapping[str, Any],
        status: Status,
        extra: Mapping[str, Value] | None = None,
        github: Mapping[str, Any] | None = None,
    ) -> Scope:
        """Return what an expression of a step may see now."""
        contexts = dict(self.contexts)
        contexts["github"] = value_of({**self.github, **(github or {}), "token": self.token})
        contexts["env"] = value_of(dict(env))
        contexts["steps"] = value_of(dict(steps))
        contexts["job"] = value_of({"status": self.status.now})
        contexts.update(extra or {})
        functions: dict[str, Function] = {**status.functions, "hashfiles": self._hash_files}
        return Scope(contexts, functions)

    def annotate(self, level: Level, message: str, **place: Any) -> None:
        """Keep what the run's page and API show beside the log."""
        shown = self.log.masks.hide(message)
        self.annotations.append({"level": level, "message": shown[:65_536], **place})

    def warn(self, message: str) -> None:
        self.log.write(f"##[warning]{message}")
        self.annotate("warning", message)

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return a program's whole environment: `env` over what steps set, GITHUB_* and RUNNER_* over both."""
        path = {"PATH": ":".join(self.path)}
        fixed = {name: value for name, value in self.machine.items() if name.startswith(_FIXED)}
        return {**self.machine, **path, **self.variables, **env, **fixed}

    def directory(self, text: str) -> Path:
        """Return a path of the workflow's, relative to the workspace."""
        return self.place.workspace / text

    def secret(self, name: str) -> str | None:
        secrets = self.contexts.get("secrets")
        found = secrets.get(name) if isinstance(secrets, Object) else None
        return found if isinstance(found, str) else None

    def _hash_files(self, patterns: Any) -> Value:
        return hash_files(self.place.workspace, [str(pattern) for pattern in patterns])
