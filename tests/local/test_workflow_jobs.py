"""Workflow files run as GitHub runs them: steps, their environment, their words and their ends."""

from __future__ import annotations

import pytest
from workshop import Workshop

from devforge.local import LocalGitHub


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("jobs")
    with LocalGitHub(data=scratch / "data") as gh:
        yield Workshop(gh, scratch)


def test_a_push_runs_a_workflow_to_success(shop):
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - run: echo "it is $GITHUB_REPOSITORY at $GITHUB_REF"
        """
    )

    assert (run.status, run.conclusion, run.event) == ("completed", "success", "push"), shop.log(
        run
    )
    assert "it is alice/tool at refs/heads/main" in shop.log(run)
