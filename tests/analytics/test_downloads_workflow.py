"""downloads.yml itself, run by the local GitHub with its own token, under every ruleset of the set-up."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from publish.conftest import REGISTRY

from devforge.analytics.shown import shown_downloads
from devforge.settings.wanted import wanted_rulesets

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_workflow_keeps_counts_and_tells_with_the_permissions_it_names(counting):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "devforge", "checks", "scripts",
         "site", "requirements", "pyproject.toml", "README.md", ".github/actions", ".github/workflows/downloads.yml"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (counting.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, counting.checkout / name)
    counting.push("Count downloads")
    counting.name_log()
    counting.log("access.log", times=2, cache="MISS")
    counting.fetch(3)
    before = counting.asset().download_count
    api = f"{counting.github.api_url}/repos/{REGISTRY}"
    headers = {"Authorization": f"token {counting.operator.token}"}
    for rules in wanted_rulesets():
        requests.post(
            f"{api}/rulesets", json={**rules, "bypass_actors": []}, headers=headers, timeout=10
        ).raise_for_status()
    requests.put(
        f"{api}/actions/permissions/workflow",
        json={"default_workflow_permissions": "read"}, headers=headers, timeout=10,
    ).raise_for_status()  # fmt: skip
    for _ in range(2):
        requests.post(
            f"{api}/actions/workflows/downloads.yml/dispatches",
            json={"ref": "main"}, headers=headers, timeout=10,
        ).raise_for_status()  # fmt: skip
        counting.github.wait_until_idle(timeout=240)

    runs = requests.get(f"{api}/actions/runs", headers=headers, timeout=10).json()["workflow_runs"]
    for run in runs:
        for job in requests.get(run["jobs_url"], headers=headers, timeout=10).json()["jobs"]:
            if job["conclusion"] != "success":
                log = f"{api}/actions/jobs/{job['id']}/logs"
                print(requests.get(log, headers=headers, timeout=10).text)
    assert [(run["name"], run["conclusion"]) for run in runs] == [("downloads", "success")] * 2
    shown = shown_downloads(counting.kept())
    assert shown is not None
    assert shown.of("acme.todo-tree").total == before + 2
    assert "eu: " in counting.inbox()
