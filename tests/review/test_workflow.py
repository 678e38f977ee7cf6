"""The review's own workflow file, run by the local GitHub from events alone."""

from __future__ import annotations

import subprocess

import pytest
import urllib3
from world import REGISTRY, ROOT

# What the workflow needs of this tree; tests and documentation stay at home.
PARTS = (".github", "checks", "devforge", "registry", "requirements", "scripts", "pyproject.toml")


def this_tree() -> dict[str, tuple[str, bytes]]:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PARTS],
        capture_output=True, check=True,
    )  # fmt: skip
    files = {}
    for name in listed.stdout.decode().split("\0")[:-1]:
        path = ROOT / name
        if path.is_file():
            mode = "100755" if path.stat().st_mode & 0o100 else "100644"
            files[name] = (mode, path.read_bytes())
    return files


@pytest.fixture
def running(world, monkeypatch):
    """The world, with this very tree as its registry."""
    kept = ("registry/policy.yaml",)
    files = {name: file for name, file in this_tree().items() if name not in kept}
    files = {
        n: f
        for n, f in files.items()
        if not n.startswith(".github/workflows/") or n.endswith("review.yml")
    }
    world.push("operator", REGISTRY, "main", files, onto="main")
    world.github.wait_until_idle()
    return world


@pytest.mark.long
def test_a_pull_request_wakes_the_workflow_which_reviews_and_merges_it(running):
    world = running
    world.known()
    pull = world.update()
    world.github.wait_until_idle(timeout=280)
    repo = world.client("operator").get_repo(REGISTRY)
    runs = [run for run in repo.get_workflow_runs() if run.name == "review"]
    told = "\n".join(world.comments(pull.number))

    for run in runs:
        for job in run.jobs():
            print(run.event, job.name, job.conclusion)
            if job.conclusion == "failure":
                print(urllib3.request("GET", job.logs_url()).data.decode())
    assert {run.conclusion for run in runs} == {"success"}, told  # the schedule may wake one more
    assert world.pull(pull.number).merged, told
    assert {run.name for run in repo.get_workflow_runs()} == {"review", "publish"}
    print(world.github.request_counts())
