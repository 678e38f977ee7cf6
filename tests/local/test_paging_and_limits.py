"""Pages, conditional requests, and what the hour allows."""

from __future__ import annotations

import pytest
import requests
from github import RateLimitExceededException

from devforge.local.tokens import create_workflow_token


@pytest.fixture
def get(github, alice):
    """Return `get(path, **headers)` as alice."""

    def read(path: str, *, token: str | None = alice.token, **headers: str) -> requests.Response:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = path if path.startswith("http") else f"{github.api_url}{path}"
        return requests.get(url, headers=headers, timeout=10)

    return read


def test_a_list_of_more_than_a_hundred_is_read_page_by_page(github, tool, get):
    store, now = github.hub.store, github.hub.clock.stamp()
    with store.transaction():
        for number in range(1, 251):
            store.insert("issue", repository_id=tool.id, number=number, title=f"{number}",
                         author_id=tool.owner.id, created_at=now, updated_at=now)  # fmt: skip

    assert [i.number for i in tool.get_issues(direction="asc")] == list(range(1, 251))
    first = get("/repos/alice/tool/issues?per_page=500")
    assert len(first.json()) == 100
    assert set(first.links) == {"next", "last"}
    last = get(first.links["last"]["url"])
    assert len(last.json()) == 50
    assert set(last.links) == {"first", "prev"}
    assert get(first.links["next"]["url"]).links["next"]["url"] == first.links["last"]["url"]
    assert get("/repos/alice/tool/issues?page=99").json() == []
    assert get("/repos/alice/tool/issues?per_page=250&page=-1").status_code == 200


def test_what_did_not_change_is_not_sent_again_and_costs_nothing(github, tool, get):
    first = get("/repos/alice/tool")
    again = get("/repos/alice/tool", **{"If-None-Match": first.headers["ETag"]})
    since = get("/repos/alice/tool", **{"If-Modified-Since": first.headers["Last-Modified"]})

    assert (again.status_code, again.content) == (304, b"")
    assert since.status_code == 304
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]
    github.advance(seconds=1)
    tool.edit(description="other")
    changed = get("/repos/alice/tool", **{"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_each_request_counts_and_the_hour_resets_it(github, alice, get):
    before = get("/rate_limit").json()["rate"]
    get("/users/alice")
    after = get("/rate_limit").json()["rate"]

    assert after["used"] == before["used"] + 1
    assert after["limit"] == 5000
    assert after["remaining"] == 5000 - after["used"]
    github.advance(hours=1)
    assert get("/rate_limit").json()["rate"]["used"] == 0


def test_who_used_up_the_hour_is_refused_until_it_is_over(github, alice, get):
    github.hub.limits.hourly.personal = 3
    for _ in range(3):
        alice.get_user("alice")
    with pytest.raises(RateLimitExceededException) as refused:
        alice.get_user("alice")

    assert refused.value.status == 403
    assert refused.value.headers["x-ratelimit-remaining"] == "0"
    assert int(refused.value.headers["x-ratelimit-reset"]) > github.now.timestamp()
    github.advance(hours=1)
    assert alice.get_user("alice").login == "alice"


def test_anonymous_callers_share_sixty_an_hour_and_git_is_free(
    github, alice, get, tmp_path, cloned
):
    statuses = [get("/users/alice", token=None).status_code for _ in range(61)]

    assert statuses == [200] * 60 + [403]
    assert get("/users/alice").status_code == 200
    assert cloned(alice).head.commit.message == "Initial commit"


def test_a_repository_s_workflows_share_a_thousand(github, tool, get):
    tokens = [create_workflow_token(github.hub.store, tool.id, run, {}) for run in (1, 2)]
    used = [get("/repos/alice/tool", token=token).headers for token in tokens]

    assert [headers["X-RateLimit-Limit"] for headers in used] == ["1000", "1000"]
    assert [headers["X-RateLimit-Used"] for headers in used] == ["1", "2"]


def test_what_each_run_cost_is_known(github, tool, get):
    token = create_workflow_token(github.hub.store, tool.id, 42, {})
    before = github.request_counts().get("personal", 0)
    for _ in range(3):
        get("/repos/alice/tool", token=token)
    get("/repos/alice/tool")

    assert github.request_counts()["run 42"] == 3
    assert github.request_counts()["personal"] == before + 1


def test_a_search_has_a_limit_of_its_own(get):
    assert get("/search/issues?q=x").headers["X-RateLimit-Resource"] == "search"
    assert get("/users/alice").headers["X-RateLimit-Resource"] == "core"
