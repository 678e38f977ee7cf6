"""Bad days as switches: each happens exactly where it was set, and nowhere else."""

from __future__ import annotations

import time

import pytest
import requests

from devforge.local import LocalGitHub
from devforge.local.tokens import create_workflow_token


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def call(gh):
    """Return `call(method, path, json)` as an account with a repository."""
    token = gh.create_account("alice").token
    gh.create_repository("alice/tool", auto_init=True)

    def call(method, path, json=None):
        return requests.request(
            method,
            f"{gh.api_url}/repos/alice/tool{path}",
            json=json,
            headers={"Authorization": f"token {token}"},
            timeout=10,
        )

    return call


def releases(gh):
    return gh.hub.store.value("SELECT count(*) FROM release")


def test_a_502_strikes_the_matching_call_once_and_nothing_happens(gh, call):
    fault = gh.faults.add("502", method="POST", path="/releases")

    assert call("GET", "/releases").status_code == 200
    assert call("POST", "/releases", {"tag_name": "v1"}).status_code == 502
    assert releases(gh) == 0
    assert call("POST", "/releases", {"tag_name": "v1"}).status_code == 201
    assert (fault.matched, fault.struck) == (2, 1)


def test_a_502_after_the_act_leaves_the_act_done(gh, call):
    gh.faults.add("502 after", method="POST", path="/releases")

    assert call("POST", "/releases", {"tag_name": "v1"}).status_code == 502
    assert releases(gh) == 1


def test_a_lost_answer_means_done_but_the_connection_breaks(gh, call):
    gh.faults.add("lost answer", method="POST", path="/releases")

    with pytest.raises(requests.exceptions.ConnectionError):
        call("POST", "/releases", {"tag_name": "v1"})
    assert releases(gh) == 1
    assert call("POST", "/releases", {"tag_name": "v1"}).status_code == 422


def test_secondary_limits_say_how_long_to_wait(gh, call):
    gh.faults.add("secondary rate limit", seconds=7)
    gh.faults.add("too many requests", seconds=0.2, nth=2)
    first, second, third = (call("GET", "/releases") for _ in range(3))

    assert (first.status_code, first.headers["Retry-After"]) == (403, "7")
    assert "secondary rate limit" in first.json()["message"]
    assert (second.status_code, second.headers["Retry-After"]) == (429, "1")
    assert third.status_code == 200


def test_a_slow_answer_arrives(gh, call):
    gh.faults.add("slow", seconds=0.3)
    started = time.monotonic()

    assert call("GET", "/releases").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_every_call_fails_exactly_the_kth_request_of_a_flow(gh, call):
    def flow():
        return [call("GET", "/releases").status_code for _ in range(4)]

    for k in range(1, 5):
        gh.faults.clear()
        fault = gh.faults.every_call(k)
        assert flow() == [502 if turn == k else 200 for turn in range(1, 5)]
        assert (fault.struck, gh.faults.calls_seen) == (1, 4)


def test_faults_can_be_kept_to_a_kind_of_token(gh, call):
    fault = gh.faults.every_call(1, by="workflow")
    token = create_workflow_token(gh.hub.store, 1, 1, {"contents": "read"})

    assert call("GET", "/releases").status_code == 200
    answer = requests.get(
        f"{gh.api_url}/repos/alice/tool/releases",
        headers={"Authorization": f"token {token}"},
        timeout=10,
    )
    assert answer.status_code == 502
    assert fault.struck == 1


def test_deliveries_are_dropped_doubled_delayed_and_overtaken(gh, call):
    heard = []
    gh.hub.events.subscribe("listener", lambda event: heard.append(event.action))
    gh.faults.add("drop", event="release", action="created", times=None)
    gh.faults.add("duplicate", event="release", action="released", copies=3)
    gh.faults.add("reorder", event="release", action="published", seconds=60)
    call("POST", "/releases", {"tag_name": "v1"})
    gh.wait_until_idle()
    before = [action for action in heard if action]
    gh.advance(minutes=2)
    gh.wait_until_idle()
    after = [action for action in heard if action]

    assert before == ["released"] * 3
    assert after == ["released"] * 3 + ["published"]


def test_a_runner_is_told_when_its_machine_dies(gh):
    fault = gh.faults.add("kill run", workflow="review", job="decide", nth=2)

    told = [gh.faults.kills("review.yml", "decide", f"step {n}") for n in range(3)]
    assert told == [False, True, False]
    assert not gh.faults.kills("publish.yml", "decide", "step 1")
    assert fault.struck == 1


def test_switches_work_over_http_and_a_wrong_one_is_explained(gh, call):
    url = f"{gh.url}/_local/faults"
    headers = {"X-Local-Admin": gh.hub.admin_token}
    assert requests.get(url, timeout=10).status_code == 403
    made = requests.post(
        url, json={"kind": "502", "path": "/releases", "times": 2}, headers=headers, timeout=10
    )
    assert made.status_code == 201
    assert call("GET", "/releases").status_code == 502
    [listed] = requests.get(url, headers=headers, timeout=10).json()
    assert (listed["kind"], listed["matched"], listed["struck"]) == ("502", 1, 1)
    wrong = requests.post(url, json={"kind": "earthquake"}, headers=headers, timeout=10)
    assert wrong.status_code == 422
    assert "there are 502, 502 after, lost answer" in wrong.json()["message"]
    assert requests.delete(url, headers=headers, timeout=10).status_code == 204
    assert call("GET", "/releases").status_code == 200


def test_a_browser_is_never_struck(gh, call):
    call("POST", "/releases", {"tag_name": "v1"})
    gh.faults.add("502", times=None)

    assert requests.get(f"{gh.url}/alice/tool/releases.atom", timeout=10).status_code == 200
    assert call("GET", "/releases").status_code == 502
