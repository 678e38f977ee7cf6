"""Which contexts and functions an expression may use at which key of a workflow.

Source: GitHub's documentation, "Contexts reference", Context availability.
"""

from __future__ import annotations

from typing import Final

from devforge.local.workflows.expressions.template import STATUS_FUNCTIONS, Allowed

_RUN = ("github", "inputs", "vars")
_JOB = (*_RUN, "needs", "strategy", "matrix")
_STEP = (*_JOB, "job", "runner", "env", "secrets", "steps")


def _allowed(*contexts: str, functions: tuple[str, ...] = ()) -> Allowed:
    return Allowed(frozenset(contexts), frozenset(functions))


RUN_NAME: Final = _allowed(*_RUN)
RUN_CONCURRENCY: Final = _allowed(*_RUN)
RUN_ENV: Final = _allowed(*_RUN, "secrets")
JOB_CONCURRENCY: Final = _allowed(*_JOB)
JOB_CONTINUE_ON_ERROR: Final = _allowed(*_JOB)
JOB_DEFAULTS: Final = _allowed(*_JOB, "env")
JOB_ENV: Final = _allowed(*_JOB, "secrets")
JOB_ENVIRONMENT: Final = _allowed(*_JOB)
JOB_ENVIRONMENT_URL: Final = _allowed(*(name for name in _STEP if name != "secrets"))
JOB_IF: Final = _allowed(*_RUN, "needs", functions=tuple(STATUS_FUNCTIONS))
JOB_NAME: Final = _allowed(*_JOB)
JOB_OUTPUTS: Final = _allowed(*_STEP)
JOB_RUNS_ON: Final = _allowed(*_JOB)
JOB_STRATEGY: Final = _allowed(*_RUN, "needs")
JOB_TIMEOUT: Final = _allowed(*_JOB)
STEP: Final = _allowed(*_STEP, functions=("hashfiles",))
STEP_IF: Final = _allowed(
    *(name for name in _STEP if name != "secrets"), functions=(*STATUS_FUNCTIONS, "hashfiles")
)
ACTION_STEP: Final = _allowed(
    *(
        name
        for name in (*_RUN, "strategy", "matrix", "job", "runner", "env", "steps")
        if name != "vars"
    ),
    functions=("hashfiles",),
)
ACTION_STEP_IF: Final = Allowed(ACTION_STEP.contexts, ACTION_STEP.functions | STATUS_FUNCTIONS)
ACTION_INPUT: Final = _allowed("github", "strategy", "matrix", "job", "runner")
ACTION_OUTPUT: Final = _allowed(
    "github", "strategy", "matrix", "job", "runner", "env", "steps", "inputs"
)
