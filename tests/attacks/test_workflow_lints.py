"""Rules about the workflows that no public linter holds: who may what beside a stranger's code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

GITHUB = Path(__file__).parents[2] / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
_RUNS_STRANGERS_CODE = "review.py dynamic"
_INSTALLS = re.compile(
    r"\b(?:pip3?|uv|npm|npx|pipx|yarn|pnpm|poetry|gem|cargo|go)\b[^\n]*\b(?:install|sync|ci|add|i)\b"
)
_FULL_ID = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


def _jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in _read(path)["jobs"].items():
            yield f"{path.name}: {name}", job


def _steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in _jobs():
        yield from ((name, step) for step in job["steps"])
    for path in ACTIONS:
        yield from ((path.parent.name, step) for step in _read(path)["runs"]["steps"])


def test_a_strangers_code_runs_where_there_is_nothing_to_lose():
    running = [
        (name, job)
        for name, job in _jobs()
        if any(_RUNS_STRANGERS_CODE in step.get("run", "") for step in job["steps"])
    ]

    assert running, "no job runs a stranger's code: then this test looks for the wrong words"
    for name, job in running:
        assert job["permissions"] == {}, name
        assert "environment" not in job, name
        words = yaml.dump(job)
        assert not re.search(r"secrets\.|github\.token|GITHUB_TOKEN", words), name


def test_every_installation_is_of_a_lock_with_hashes():
    installing = [
        (name, line)
        for name, step in _steps()
        for line in step.get("run", "").splitlines()
        if _INSTALLS.search(line) and "apt-get" not in line
    ]

    assert installing, "nothing is installed: then this test looks for the wrong words"
    for name, line in installing:
        assert "--require-hashes" in line or "npm ci" in line, f"{name}: {line}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_input_is_of_a_type_that_conditions_compare_rightly(path):
    """A boolean input compares unequal to any string, so a guard written with one never guards."""
    dispatch = _read(path)["on"].get("workflow_dispatch") or {}
    kinds = {name: spec.get("type") for name, spec in dispatch.get("inputs", {}).items()}

    assert "boolean" not in kinds.values()
    assert None not in kinds.values()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_workflow_begins_without_permissions(path):
    workflow = _read(path)

    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


def test_no_workflow_restores_what_another_run_left():
    """A cache is shared between branches: what one run was made to leave, a later one would run."""
    for name, step in _steps():
        assert not re.match(r"actions/cache\b", step.get("uses", "")), name
        assert "cache" not in step.get("with", {}), name


def test_no_expression_stands_in_a_command():
    for name, step in _steps():
        assert "${{" not in step.get("run", ""), f"{name}: {step['run']}"


def test_every_action_is_named_by_a_full_commit_id():
    named = [(name, step["uses"]) for name, step in _steps() if "uses" in step]

    assert named
    for name, action in named:
        assert action.startswith("./") or _FULL_ID.fullmatch(action), f"{name}: {action}"


def test_no_checkout_keeps_its_token():
    checkouts = [
        (name, step)
        for name, step in _steps()
        if step.get("uses", "").startswith("actions/checkout@")
    ]

    assert checkouts
    for name, step in checkouts:
        assert step["with"]["persist-credentials"] == "false", name
