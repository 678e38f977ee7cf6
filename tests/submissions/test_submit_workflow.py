"""The submit job's own workflow file, woken by a form and by nothing else."""

from __future__ import annotations

import pytest
import urllib3
from test_workflow import this_tree
from world import REGISTRY


@pytest.mark.long
def test_a_form_wakes_the_workflow_and_a_question_does_not(counter):
    files = {
        name: file
        for name, file in this_tree().items()
        if name != "registry/policy.yaml"
        and (not name.startswith(".github/workflows/") or name.endswith("/submit.yml"))
    }
    counter.push("operator", REGISTRY, "main", files, onto="main")
    repository = counter.extension()
    counter.github.wait_until_idle()

    counter.client("bob").get_repo(REGISTRY).create_issue("A question", body="How?")
    issue = counter.send(repository=repository, version="v1.0.0")
    counter.github.wait_until_idle(timeout=280)

    runs = [run for run in counter.registry.get_workflow_runs() if run.name == "submit"]
    for run in runs:
        for job in run.jobs():
            if job.conclusion == "failure":
                print(urllib3.request("GET", job.logs_url()).data.decode())
    assert {run.conclusion for run in runs} <= {"success", "skipped", "cancelled"}
    [pull] = counter.pulls()
    assert pull.head.ref == f"submit/{issue}"
    assert f"#{pull.number} adds the developer alice" in counter.said(issue)[0]
    reviews = [run for run in counter.registry.get_workflow_runs() if run.name == "review"]
    assert [run.event for run in reviews] == ["workflow_dispatch"]
