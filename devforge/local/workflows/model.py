"""What a workflow file says, typed: expressions are cut and checked, nothing is evaluated yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from devforge.local.workflows.expressions.template import Template
from devforge.local.workflows.patterns import Filter

Tree: TypeAlias = "Template | list[Tree] | dict[str, Tree]"
Level = Literal["read", "write", "none"]
InputType = Literal["string", "boolean", "choice", "number", "environment"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of `workflow_dispatch` or of a local action."""

    type: InputType
    required: bool
    default: Template | None
    options: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event under `on`. Empty `types` means the event's default activity types."""

    event: str
    line: int
    types: tuple[str, ...] = ()
    branches: Filter | None = None
    tags: Filter | None = None
    paths: Filter | None = None
    workflows: tuple[str, ...] = ()
    crons: tuple[str, ...] = ()
    inputs: Mapping[str, Input] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Concurrency:
    group: Template
    cancel_in_progress: Template


@dataclass(frozen=True, slots=True)
class Defaults:
    """`defaults.run`; the job's own wins over the workflow's."""

    shell: Template | None = None
    working_directory: Template | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `run` or `uses`, never both. `number` counts from 1."""

    number: int
    line: int
    id: str | None
    name: Template | None
    condition: Template
    uses: str | None
    run: Template | None
    shell: Template | None
    working_directory: Template | None
    inputs: Mapping[str, Template]
    env: Mapping[str, Template]
    continue_on_error: Template
    timeout_minutes: Template | None


@dataclass(frozen=True, slots=True)
class Strategy:
    """`matrix` is the whole as written, perhaps one expression; None: the job runs once."""

    matrix: Tree | None = None
    fail_fast: Template | None = None
    max_parallel: Template | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    name: Template
    url: Template | None


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    line: int
    name: Template | None
    needs: tuple[str, ...]
    condition: Template
    runs_on: Tree
    strategy: Strategy
    permissions: Mapping[str, Level] | None
    environment: Environment | None
    concurrency: Concurrency | None
    env: Mapping[str, Template]
    outputs: Mapping[str, Template]
    defaults: Defaults
    timeout_minutes: Template | None
    continue_on_error: Template
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file of `.github/workflows`. Absent `permissions` leave the repository's default."""

    file: str
    name: str
    run_name: Template | None
    triggers: Mapping[str, Trigger]
    permissions: Mapping[str, Level] | None
    env: Mapping[str, Template]
    defaults: Defaults
    concurrency: Concurrency | None
    jobs: Mapping[str, Job]


@dataclass(frozen=True, slots=True)
class Action:
    """A local composite action: `action.yml` in the repository."""

    file: str
    name: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Template]
    steps: tuple[Step, ...]
