"""What a submission costs is counted, said in each job's summary, and bounded."""

from __future__ import annotations

import json

import pytest

from devforge.adapters.environment import read_environment
from devforge.model.cost import Spent, cost_in_words
from devforge.model.observed import Missing
from devforge.review.handover import Listed, read_json, write_json


@pytest.fixture
def summary(monkeypatch, tmp_path):
    """The file that stands for the summary page of every job of this test."""
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_the_deciding_job_adds_up_what_the_jobs_before_it_cost(world, summary):
    world.known()
    world.update()
    run = world.review()

    first, *_, last = summary.read_text().strip().splitlines()
    assert f"{run.requests['static']} requests to GitHub" in first
    assert f"So far: {sum(run.requests.values())} requests to GitHub and " in last
    assert "of 3 jobs" in last


def test_a_submission_merged_at_first_try_takes_at_most_nine_requests_of_the_review(world):
    world.known()
    pull = world.update()
    world.github.advance(seconds=20)  # no job is there sooner
    run = world.review()

    assert world.pull(pull.number).merged
    assert sum(run.requests.values()) <= 9, run.requests  # of 15; six and one are a release's


def test_time_is_counted_from_the_first_step_on(tmp_path):
    here = {"GITHUB_REPOSITORY": "operator/registry", "RUNNER_TEMP": str(tmp_path)}
    environment = read_environment(here)

    assert environment.spent(requests=4, now=1075.04).seconds == 0
    (tmp_path / "devforge-started").write_text("1000\n")
    assert environment.spent(requests=4, now=1075.04) == Spent(requests=4, seconds=75.0)
    assert environment.spent(requests=4, now=900.0).seconds == 0
    (tmp_path / "devforge-started").write_text("soon")
    assert environment.spent(requests=4, now=1075.04).seconds == 0


def test_each_begun_minute_of_a_job_counts_where_they_are_billed():
    jobs = [Spent(requests=3, seconds=61), Spent(seconds=5), Spent(requests=4, seconds=59.9)]

    assert cost_in_words(jobs, 1) == (
        "So far: 7 requests to GitHub and 2.1 minutes of 3 jobs (4 where each begun minute of a job is billed)."
    )


@pytest.mark.parametrize("odd", [{"requests": -1}, {"seconds": 1e9}, {"seconds": "NaN"}, {"x": 1}])
def test_an_odd_cost_of_another_job_is_not_shown(tmp_path, odd):
    write_json(tmp_path / "listed.json", Listed(heads={}))
    said = json.loads((tmp_path / "listed.json").read_text()) | {"spent": odd}
    (tmp_path / "listed.json").write_text(json.dumps(said))

    assert isinstance(read_json(tmp_path / "listed.json", Listed), Missing)
