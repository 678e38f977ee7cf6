"""Check runs, check suites and languages: what a commit was found to be."""

from __future__ import annotations

import pytest
from github import GithubException
from github.EnvironmentProtectionRuleReviewer import ReviewerParams

WORKFLOW = """
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: "true"
  broken:
    runs-on: ubuntu-latest
    steps:
      - run: "false"
  never:
    needs: broken
    runs-on: ubuntu-latest
    steps:
      - run: "true"
"""

GATED = """
on: pull_request
jobs:
  build:
    environment: gate
    runs-on: ubuntu-latest
    steps:
      - run: "true"
"""


def test_every_job_of_a_workflow_is_a_check_run_of_its_commit(github, tool):
    made = tool.create_file(".github/workflows/build.yml", "Build", WORKFLOW)
    github.wait_until_idle()

    commit = tool.get_commit(made["commit"].sha)
    runs = {run.name: run for run in commit.get_check_runs()}
    assert {name: run.conclusion for name, run in runs.items()} == {
        "build": "success",
        "broken": "failure",
        "never": "skipped",
    }
    assert {run.app.slug for run in runs.values()} == {"github-actions"}
    [job] = [job for job in tool.get_workflow_runs()[0].jobs() if job.name == "build"]
    assert job.check_run_url == runs["build"].url
    assert runs["build"].details_url == job.html_url

    [suite] = commit.get_check_suites()
    assert (suite.status, suite.conclusion) == ("completed", "failure")
    assert suite.head_commit.id == commit.sha
    assert tool.get_check_suite(suite.id).id == suite.id
    assert {run.name for run in suite.get_check_runs()} == set(runs)


def test_a_required_job_lets_a_waiting_pull_request_in(github, tool, alice):
    reviewers = [ReviewerParams("User", alice.get_user().id)]
    gate = tool.create_environment("gate", reviewers=reviewers)
    tool.create_file(".github/workflows/build.yml", "Build", GATED)
    tool.edit(allow_auto_merge=True)
    tool.get_branch("main").edit_protection(contexts=["build"], enforce_admins=True)
    tool.create_git_ref("refs/heads/side", tool.get_branch("main").commit.sha)
    tool.create_file("a", "a", "a", branch="side")
    pull = tool.create_pull(base="main", head="side", title="T")
    tool.get_pull(pull.number).enable_automerge()
    github.wait_until_idle()
    assert not tool.get_pull(pull.number).merged

    approval = {"environment_ids": [gate.id], "state": "approved", "comment": ""}
    run = tool.get_workflow_runs()[0]
    tool.requester.requestJsonAndCheck("POST", f"{run.url}/pending_deployments", input=approval)
    github.wait_until_idle()
    assert tool.get_pull(pull.number).merged


def test_a_commit_nobody_checked_has_no_suite(tool):
    assert tool.get_commit("main").get_check_suites().totalCount == 0
    with pytest.raises(GithubException) as refused:
        tool.get_check_suite(7)
    assert refused.value.status == 404


def test_languages_count_code_and_neither_prose_nor_data(tool):
    tool.create_file("a.py", "a", "print()\n")
    tool.create_file("src/b.ts", "b", "let a\n")
    tool.create_file("node_modules/c/c.js", "c", "not theirs\n")

    _, counted = tool.requester.requestJsonAndCheck("GET", f"{tool.url}/languages")
    counted.pop("url")  # which PyGithub puts into every answer that has none
    assert counted == {"Python": 8, "TypeScript": 6}


def test_a_branch_on_an_object_that_is_not_there_is_refused_in_githubs_words(tool):
    with pytest.raises(GithubException) as refused:
        tool.create_git_ref("refs/heads/side", "0" * 40)
    assert (refused.value.status, refused.value.data["message"]) == (422, "Object does not exist")
    tree = tool.get_git_commit(tool.get_branch("main").commit.sha).tree.sha
    with pytest.raises(GithubException) as refused:
        tool.create_git_ref("refs/heads/side", tree)
    assert refused.value.status == 422
