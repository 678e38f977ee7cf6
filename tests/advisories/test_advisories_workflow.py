"""advisories.yml itself, run by the local GitHub: from a malicious record to an extension taken back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from osv import malicious

ROOT = Path(__file__).parents[2]
REGISTRY = "operator/registry"


@pytest.mark.long
def test_the_workflow_refreshes_takes_back_and_tells(vigil, bucket):
    bucket.put("PyPI", malicious(7, "PyPI", "colorful", versions=("1.0.1",)))
    bucket.put("npm", malicious(1, "npm", "nobody-uses-this", {"introduced": "0"}))
    vigil.release_with("colorful==1.0.1")
    api = f"{vigil.github.api_url}/repos/{REGISTRY}"
    headers = {"Authorization": f"token {vigil.operator.token}"}
    requests.post(
        f"{api}/actions/variables", json={"name": "OSV_URL", "value": bucket.url},
        headers=headers, timeout=10,
    ).raise_for_status()  # fmt: skip
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "devforge", "checks", "scripts", "site",
         "requirements", "pyproject.toml", "README.md", ".github/actions",
         ".github/workflows/advisories.yml"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (vigil.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, vigil.checkout / name)
    vigil.push("Keep watch")
    started = requests.post(
        f"{api}/actions/workflows/advisories.yml/dispatches",
        json={"ref": "main"}, headers=headers, timeout=10,
    )  # fmt: skip
    assert started.status_code == 204, started.text
    vigil.github.wait_until_idle(timeout=240)

    runs = requests.get(f"{api}/actions/runs", headers=headers, timeout=10).json()["workflow_runs"]
    done = {(run["name"], run["conclusion"]) for run in runs}
    for run in runs:
        for job in requests.get(run["jobs_url"], headers=headers, timeout=10).json()["jobs"]:
            if job["conclusion"] == "failure":
                print(
                    requests.get(
                        f"{api}/actions/jobs/{job['id']}/logs", headers=headers, timeout=10
                    ).text
                )
    assert done == {("advisories", "success"), ("publish", "success")}
    assert vigil.offered()["1.4.0"]
    assert [issue["state"] for issue in vigil.issues("advisory")] == ["open"]
    assert [issue["state"] for issue in vigil.issues("inbox")] == ["open"]
