"""What publishing starts besides itself: only what has something to do, and only what the policy names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import yaml
from published import MALICIOUS, policy_of

from devforge.errors import BadInput
from devforge.model.outlets import MirrorBucket, OciChannel
from devforge.publish.follow import FOLLOWERS, due, plan_follow

WORKFLOWS = Path(__file__).parents[2] / ".github/workflows"
NPM = "  npm: {scope: '@market'}"
MIRROR = "mirrors: [{name: eu, bucket: extensions, region: eu-central-1}]\n"


def policy(**fields):
    return policy_of().model_copy(update=fields)


def jobs(rules, *, index=True, other=True):
    return list(due(rules, is_index_new=index, says_other=other))


def test_a_policy_that_names_nobody_starts_nothing():
    assert jobs(policy()) == []


@pytest.mark.parametrize(
    ("rules", "index", "other", "started"),
    [
        ({"mirrors": (MirrorBucket(name="eu", bucket="extensions"),)}, True, False, ["mirrors"]),
        ({"mirrors": (MirrorBucket(name="eu", bucket="extensions"),)}, False, True, []),
        ({"channels": {"oci": OciChannel(repository="host.example/a")}}, True, True, ["channels"]),
        ({"channels": {"oci": OciChannel(repository="host.example/a")}}, True, False, []),
    ],
)  # fmt: skip
def test_each_job_is_started_when_there_is_something_for_it(rules, index, other, started):
    base = policy()
    changed = {
        name: getattr(base, name).model_copy(update=value) if isinstance(value, dict) else value
        for name, value in rules.items()
    }

    assert jobs(policy(**changed), index=index, other=other) == started


def test_only_known_jobs_are_started_and_each_once():
    plan = plan_follow("channels mirrors mirrors", branch="main")

    assert [change.workflow for change in plan.changes] == ["mirrors.yml", "channels.yml"]
    with pytest.raises(BadInput, match=r"publish starts mirrors, channels, and not payouts"):
        plan_follow("mirrors payouts", branch="main")
    assert plan_follow("", branch="main").changes == ()


def started(market):
    answer = requests.get(
        f"{market.github.api_url}/repos/operator/registry/actions/runs",
        headers={"Authorization": f"token {market.operator.token}"}, timeout=10,
    )  # fmt: skip
    return [run["path"].rpartition("/")[2] for run in answer.json()["workflow_runs"]]


def yank(market):
    record = market.checkout / "registry/extensions/acme/todo-tree/versions/1.4.0.yaml"
    record.write_text(record.read_text() + "yanked: {reason: it loses data}\n")
    market.push("Yank it")


def call_malicious(market):
    advisory = market.checkout / "registry/advisories/DEVFORGE-2026-1.yaml"
    advisory.parent.mkdir()
    advisory.write_text(MALICIOUS)
    market.push("Call it malicious")


@pytest.mark.parametrize("take_back", [yank, call_malicious])
def test_what_was_taken_back_starts_all_at_once_and_a_run_without_news_nobody(market, take_back):
    rules = market.checkout / "registry/policy.yaml"
    offered = rules.read_text().replace("mirrors: []\n", MIRROR).replace("  npm: null", NPM)
    rules.write_text(offered)
    market.submit()
    market.publish()
    market.index()
    first = market.written["follow"]
    take_back(market)

    market.index()
    taken = market.written["follow"]
    market.index()
    nothing = market.written["follow"]
    later = datetime.now(UTC) + timedelta(days=2)  # the timestamp is signed daily
    market.index("--at", later.isoformat())

    assert (first, taken, nothing) == ("mirrors channels", "mirrors channels", "")
    assert market.written["follow"] == "mirrors"


def test_what_is_named_is_started_and_what_cannot_be_is_said_and_left_to_its_schedule(market):
    folder = market.checkout / ".github/workflows"
    folder.mkdir(parents=True)
    quiet = "name: mirrors\non: {workflow_dispatch: }\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: 'true'}]}}\n"
    (folder / "mirrors.yml").write_text(quiet)
    market.push("Have one workflow")

    shown, plan = market.job("follow", "--start", "mirrors channels")
    assert (shown, started(market)) == (2, [])
    assert "start    mirrors" in plan
    code, printed = market.job("follow", "--start", "mirrors channels", "--apply")

    assert code == 0, printed
    assert started(market) == ["mirrors.yml"]
    assert "::warning title=Not started::channels" in printed


def test_every_job_that_publishing_starts_can_be_started_and_nothing_else_may_start_them():
    tree = yaml.safe_load((WORKFLOWS / "publish.yml").read_text())
    may = {name: job["permissions"] for name, job in tree["jobs"].items()}

    assert {name for name, given in may.items() if "actions" in given} == {"follow"}
    assert may["follow"] == {"contents": "read", "actions": "write"}
    for job in FOLLOWERS:
        started = yaml.safe_load((WORKFLOWS / f"{job}.yml").read_text())
        assert "workflow_dispatch" in started[True], job  # YAML 1.1 reads `on` as true
