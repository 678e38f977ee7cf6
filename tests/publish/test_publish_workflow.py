"""publish.yml itself, run by the local GitHub from the commit to the page people open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from published import manifest_of

from devforge.local import LocalGitHub

ROOT = Path(__file__).parents[2]
REGISTRY = "operator/registry"


def runs(github: LocalGitHub, token: str) -> list[tuple[str, str]]:
    answer = requests.get(
        f"{github.api_url}/repos/{REGISTRY}/actions/runs",
        headers={"Authorization": f"token {token}"},
        timeout=10,
    )
    return [(run["event"], run["conclusion"]) for run in answer.json()["workflow_runs"]]


@pytest.mark.long
def test_the_workflow_releases_deploys_and_converges_after_being_killed(market):
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", "devforge", "checks", "scripts", "site", "requirements",
         "pyproject.toml", "README.md", ".github/actions", ".github/workflows/publish.yml"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, tracked.stdout.split("\0")):
        target = market.checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    token = market.operator.token
    pages = requests.post(
        f"{market.github.api_url}/repos/{REGISTRY}/pages",
        json={"build_type": "workflow"},
        headers={"Authorization": f"token {token}"},
        timeout=10,
    )
    assert pages.status_code == 201, pages.text
    manifest = manifest_of()
    market.submit(manifest, reviewed=False)
    market.github.wait_until_idle(timeout=240)
    assert market.releases() == []
    market.review(manifest, market.recorded_commit(manifest))
    killed = market.github.faults.add("kill run", workflow="publish", job="release", step="Release")
    started = requests.post(
        f"{market.github.api_url}/repos/{REGISTRY}/actions/workflows/publish.yml/dispatches",
        json={"ref": "main"},
        headers={"Authorization": f"token {token}"},
        timeout=10,
    )
    assert started.status_code == 204, started.text
    market.github.wait_until_idle(timeout=240)
    assert killed.struck == 1
    market.github.faults.clear()
    market.github.advance(hours=1)
    market.github.wait_until_idle(timeout=240)

    told = runs(market.github, token)
    assert [event for event, _ in told[:2]] == ["schedule", "workflow_dispatch"], told
    assert (told[0][1], told[1][1] == "success") == ("success", False), told
    assert [tag for tag, draft, _ in market.releases() if not draft] == ["acme.todo-tree-v1.4.0"]
    page = requests.get(
        f"{market.github.url}/pages/{REGISTRY}/extensions/acme/todo-tree/index.html", timeout=10
    )
    assert "devforge install acme.todo-tree" in page.text
    index = requests.get(f"{market.github.url}/pages/{REGISTRY}/index/index.json", timeout=10)
    assert index.json()["bins"]
