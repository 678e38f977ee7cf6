"""The doors to GitHub and to the job's surroundings: errors by who acts next, reads repeated, writes once."""

from __future__ import annotations

import pytest
from building import git
from github import Auth, Github

from devforge.adapters.environment import read_environment
from devforge.adapters.github import GitHub
from devforge.errors import BadInput, Refused, Unavailable
from devforge.local.tokens import create_workflow_token


@pytest.fixture
def client(github):
    account = github.create_account("alice")
    github.create_repository("alice/tool", auto_init=True)
    made = GitHub("alice/tool", account.token, api_url=github.api_url, backoff_seconds=0.01)
    yield made
    made.close()


@pytest.fixture
def head(github):
    return lambda: git(github.git_path("alice/tool"), "rev-parse", "HEAD")


def test_a_read_is_repeated_until_the_server_recovers(github, client):
    github.faults.add("502", method="GET", times=2)

    assert client.repository_named("alice/tool").full_name == "alice/tool"


def test_a_server_that_stays_down_is_unavailable_by_method_and_path(github, client):
    github.faults.add("502", method="GET", times=None)

    with pytest.raises(Unavailable, match=r"GET /repos/alice/tool"):
        client.open_pulls()


def test_a_write_is_made_once_because_a_lost_answer_may_hide_a_success(github, client, head):
    fault = github.faults.add("lost answer", method="POST", path="/statuses/", times=None)

    with pytest.raises(Unavailable, match="POST"):
        client.set_status(head(), "success", context="x", description="y", url=None)
    assert fault.struck == 1


def test_retry_after_is_honoured_and_never_waited_for_long(github, client):
    github.faults.add("too many requests", method="GET", seconds=1)

    assert client.repository_named("alice/tool") is not None


def test_a_missing_permission_is_refused_and_says_which_call(github):
    github.create_account("alice")
    repo = github.create_repository("alice/tool", auto_init=True)
    token = create_workflow_token(github.hub.store, repo.id, 1, {"contents": "read"})
    client = GitHub("alice/tool", token, api_url=github.api_url)

    with pytest.raises(Refused, match=r"POST /repos/alice/tool/statuses/.*403.*permission"):
        client.set_status("a" * 40, "success", context="x", description="y", url=None)
    client.close()


def test_no_error_carries_the_token(github, client):
    with pytest.raises((Refused, Unavailable)) as caught:
        client.dispatch("none.yml", "main")

    assert client._requester.auth.token not in str(caught.value)
    assert "dispatches" in str(caught.value)


def test_what_is_not_there_is_none_and_not_an_error(client):
    assert client.repository_named("alice/none") is None
    assert client.repository_named("no body/at all") is None
    assert client.account_named("nobody") is None
    assert client.pull(99) is None


def test_every_page_of_a_list_is_read(github, client, monkeypatch):
    for number in range(3):
        client.add_comment(_issue(github), f"comment {number}")
    monkeypatch.setattr("devforge.adapters.github_connection._PAGE", 2)

    assert [c.body for c in client.comments(1)] == [f"comment {n}" for n in range(3)]


def _issue(github):
    """One issue for all comments of a test."""
    token = github.create_token("alice")
    with Github(
        auth=Auth.Token(token), base_url=github.api_url, seconds_between_writes=None
    ) as api:
        repo = api.get_repo("alice/tool")
        found = list(repo.get_issues())
        return (found[0] if found else repo.create_issue("x")).number


def test_requests_are_counted(client):
    before = client.requests
    client.open_pulls()
    client.repository_named("alice/tool")

    assert client.requests - before == 2


GOOD = {"GITHUB_REPOSITORY": "acme/registry", "GITHUB_TOKEN": "t0ken", "GITHUB_RUN_ID": "7"}


def test_the_environment_names_all_that_is_missing_or_wrong_at_once():
    with pytest.raises(BadInput) as caught:
        read_environment({"GITHUB_API_URL": "ftp://x", "GITHUB_REPOSITORY": ""})

    assert "GITHUB_REPOSITORY is not set" in str(caught.value)
    assert "GITHUB_API_URL is wrong" in str(caught.value)


def test_the_environment_keeps_its_token_to_itself(tmp_path):
    environment = read_environment(
        GOOD | {"GITHUB_STEP_SUMMARY": str(tmp_path / "s"), "GITHUB_OUTPUT": str(tmp_path / "o")}
    )

    assert "t0ken" not in repr(environment)
    assert environment.secret_token() == "t0ken"
    assert environment.run_url == "https://github.com/acme/registry/actions/runs/7"
    environment.summarise("# a\n")
    environment.put_output("x", "1")
    assert (tmp_path / "s").read_text() == "# a\n\n"
    assert (tmp_path / "o").read_text() == "x=1\n"
    with pytest.raises(BadInput, match="one line"):
        environment.put_output("x", "1\ny=2")


def test_without_a_token_the_message_says_how_to_give_one():
    with pytest.raises(BadInput, match=r"github\.token"):
        read_environment({"GITHUB_REPOSITORY": "acme/registry"}).secret_token()
