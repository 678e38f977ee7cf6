"""What a step's `uses` runs: a local composite action, or one of the built-in marketplace actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from devforge.errors import BadInput
from devforge.local.git.repositories import GitFailed
from devforge.local.refusals import ApiRefusal
from devforge.local.workflows.builtin.attest import attest, attest_build_provenance
from devforge.local.workflows.builtin.checkout import checkout
from devforge.local.workflows.builtin.download import download_artifact
from devforge.local.workflows.builtin.pages import (
    configure_pages,
    deploy_pages,
    upload_pages_artifact,
)
from devforge.local.workflows.builtin.setup import setup_node, setup_python
from devforge.local.workflows.builtin.upload import upload_artifact
from devforge.local.workflows.execution.composite import run_composite
from devforge.local.workflows.execution.steps import StepList
from devforge.local.workflows.execution.world import StepFailed, World
from devforge.local.workflows.model import Step
from devforge.local.workflows.supported import action_name

BuiltIn = Callable[[World, Mapping[str, str]], dict[str, str]]
"""(world, inputs) → outputs. Raises StepFailed, or one of our own errors."""

_ACTIONS: Final[dict[str, BuiltIn]] = {
    "actions/checkout": checkout,
    "actions/setup-python": setup_python,
    "actions/setup-node": setup_node,
    "actions/upload-artifact": upload_artifact,
    "actions/download-artifact": download_artifact,
    "actions/configure-pages": configure_pages,
    "actions/upload-pages-artifact": upload_pages_artifact,
    "actions/deploy-pages": deploy_pages,
    "actions/attest": attest,
    "actions/attest-build-provenance": attest_build_provenance,
}


def run_action(
    steps: StepList, step: Step, inputs: Mapping[str, str], env: dict[str, str]
) -> dict[str, str]:
    """Run what the step uses and return its outputs. Raises StepFailed."""
    uses = step.uses or ""
    if uses.startswith("./"):
        return run_composite(steps, step, inputs, env, run_action)
    name = action_name(uses)
    steps.world.log.write(f"##[group]Run {uses}")
    for key, value in inputs.items():
        steps.world.log.write(f"  {key}: {value}")
    steps.world.log.write("##[endgroup]")
    given = {key.lower(): value for key, value in inputs.items()}
    try:
        return _ACTIONS[name](steps.world, given)
    except (BadInput, ApiRefusal, GitFailed, OSError) as error:
        raise StepFailed(f"{name}: {error}") from error
