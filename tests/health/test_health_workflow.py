"""health.yml itself, run by the local GitHub with its own token: from a log to a halted record and a publish run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
REGISTRY = "operator/registry"


@pytest.mark.long
def test_the_workflow_halts_publishes_and_tells_with_the_permissions_it_names(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "devforge", "checks", "scripts",
         "site", "requirements", "pyproject.toml", "README.md", ".github/actions", ".github/workflows/health.yml"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (ward.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, ward.checkout / name)
    ward.push("Listen")
    ward.protect()
    api = f"{ward.github.api_url}/repos/{REGISTRY}"
    headers = {"Authorization": f"token {ward.operator.token}"}
    wanted = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": True}
    requests.put(
        f"{api}/actions/permissions/workflow", json=wanted, headers=headers, timeout=10
    ).raise_for_status()
    requests.post(
        f"{api}/actions/workflows/health.yml/dispatches",
        json={"ref": "main"}, headers=headers, timeout=10,
    ).raise_for_status()  # fmt: skip
    ward.github.wait_until_idle(timeout=240)

    runs = requests.get(f"{api}/actions/runs", headers=headers, timeout=10).json()["workflow_runs"]
    for run in runs:
        for job in requests.get(run["jobs_url"], headers=headers, timeout=10).json()["jobs"]:
            if job["conclusion"] == "failure":
                log = f"{api}/actions/jobs/{job['id']}/logs"
                print(requests.get(log, headers=headers, timeout=10).text)
    assert {(r["name"], r["conclusion"]) for r in runs} == {
        ("health", "success"),
        ("publish", "success"),
    }
    assert ward.record("1.4.0").endswith("halted: true\n")
    assert "is halted: it failed in 30 networks and started in 0" in ward.inbox()
    [pull] = ward.pulls()
    assert pull["user"]["login"] == "github-actions[bot]"
