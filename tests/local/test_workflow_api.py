"""The REST API of Actions, as PyGithub uses it unchanged."""

from __future__ import annotations

import io
import zipfile

import pytest
import requests
from workshop import Workshop

from devforge.local import LocalGitHub

TWO_JOBS = """
    on: [push, workflow_dispatch]
    jobs:
      good: {runs-on: x, steps: [{run: echo fine}]}
      bad: {needs: good, runs-on: x, steps: [{run: 'test ${{ github.run_attempt }} -gt 1'}]}
    """


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("api")
    with LocalGitHub(data=scratch / "data") as gh:
        made = Workshop(gh, scratch)
        made.push({"test.yml": TWO_JOBS})
        made.settle()
        yield made


def get(shop, url, **options):
    headers = {"Authorization": f"Bearer {shop.account.token}"}
    return requests.get(url, headers=headers, timeout=10, **options)


def test_a_dispatch_tells_which_run_it_started(shop):
    workflow = shop.repository.get_workflow("test.yml")
    run = workflow.create_dispatch("main", throw=True, return_run_details=True)
    shop.settle()

    assert shop.repository.get_workflow_run(run.id).event == "workflow_dispatch"
    assert [each.id for each in workflow.get_runs(event="workflow_dispatch")] == [run.id]


def test_runs_are_found_by_what_they_are(shop):
    def found(**filters):
        return [run.event for run in shop.repository.get_workflow_runs(**filters)]

    push = shop.runs()[-1]
    assert push.event == "push"
    assert "push" in found(head_sha=push.head_sha, status="failure", actor="alice", branch="main")
    assert "push" in found(created=f">={push.created_at:%Y-%m-%d}")
    assert found(created="<2020-01-01") == []
    assert found(branch="nowhere") == []
    assert "push" in found(created=f"2020-01-01..{push.created_at:%Y-%m-%d}")


def test_one_job_is_run_again_with_those_that_need_it(shop):
    run = shop.runs()[-1]
    jobs = {job.name: job for job in run.jobs()}
    run.requester.requestJsonAndCheck("POST", f"{jobs['bad'].url}/rerun")
    shop.settle()

    again = shop.repository.get_workflow_run(run.id)
    assert (again.run_attempt, again.conclusion) == (2, "success")
    first = again.get_attempt(1)
    assert (first.run_attempt, first.conclusion) == (1, "failure")
    assert {job.name: job.conclusion for job in again.jobs()} == {
        "good": "success",
        "bad": "success",
    }
    assert again.jobs("all").totalCount == 4
    job = shop.repository.get_workflow_job(jobs["good"].id)
    assert job.completed_at is not None


def test_logs_come_as_a_zip_and_as_text(shop):
    run = shop.runs()[-1]
    answer = get(shop, run.logs_url)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert all(name.endswith(".txt") for name in archive.namelist())

    job = next(job for job in run.jobs("all") if job.name == "good")
    text = get(shop, f"{job.url}/logs").text
    assert "fine\n" in text
    wrong = (
        get(shop, f"{job.url}/logs", allow_redirects=False)
        .headers["Location"]
        .replace(".txt", "x.txt")
    )
    assert requests.get(wrong, timeout=10).status_code == 404


def test_a_workflow_is_switched_off_and_on(shop):
    workflow = shop.repository.get_workflow("test.yml")
    assert [each.name for each in shop.repository.get_workflows()] == [".github/workflows/test.yml"]
    before = len(shop.runs())
    assert workflow.disable()
    shop.push({})
    shop.settle()
    assert not workflow.create_dispatch("main")
    assert len(shop.runs()) == before

    assert workflow.enable()
    shop.push({})
    shop.settle()
    assert len(shop.runs()) == before + 1


def test_artifacts_are_listed_taken_away_and_expire(shop):
    shop.push(
        {
            "keep.yml": """
            on: push
            jobs:
              one:
                runs-on: x
                steps:
                  - run: echo a > a.txt
                  - {uses: actions/upload-artifact@v4, with: {name: first, path: a.txt}}
                  - {uses: actions/upload-artifact@v4, with: {name: second, path: a.txt, retention-days: 1}}
            """
        }
    )
    shop.settle()
    repository = shop.repository
    assert {artifact.name for artifact in repository.get_artifacts()} == {"first", "second"}
    [first] = repository.get_artifacts(name="first")
    assert repository.get_artifact(first.id).digest.startswith("sha256:")
    assert first.delete()
    [second] = repository.get_artifacts()
    shop.gh.advance(days=2)
    assert repository.get_artifact(second.id).expired
    assert get(shop, second.archive_download_url).status_code == 410


def test_a_run_is_deleted_with_its_jobs(shop):
    run = shop.runs()[0]
    assert run.delete()

    assert run.id not in [each.id for each in shop.repository.get_workflow_runs()]
    assert get(shop, f"{run.url}/jobs").status_code == 404


def test_a_stranger_may_read_but_not_act(shop):
    stranger = shop.gh.create_account("stranger")
    headers = {"Authorization": f"Bearer {stranger.token}"}
    run = shop.runs()[0]

    assert requests.get(run.url, headers=headers, timeout=10).status_code == 200
    assert requests.post(f"{run.url}/rerun", headers=headers, timeout=10).status_code == 403
    body = {"ref": "main"}
    url = f"{shop.gh.api_url}/repos/alice/tool/actions/workflows/test.yml/dispatches"
    assert requests.post(url, json=body, headers=headers, timeout=10).status_code == 403


def test_a_run_has_a_page_that_shows_text_as_text(shop):
    shop.push(
        {
            "page.yml": """
            on: push
            jobs:
              one:
                runs-on: x
                steps:
                  - run: |
                      echo "<b>not bold</b>"
                      echo "# Result & more" >> "$GITHUB_STEP_SUMMARY"
                      echo "::error::what went wrong"
            """
        },
        message="A <script> in a title",
    )
    shop.settle()

    [run] = shop.runs("page.yml")
    page = requests.get(run.html_url, timeout=10)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for said in (
        "A &lt;script&gt; in a title",
        "&lt;b&gt;not bold&lt;/b&gt;",
        "# Result &amp; more",
        "failure: what went wrong",
    ):
        assert said in page.text
    assert requests.get(f"{run.html_url}0", timeout=10).status_code == 404
