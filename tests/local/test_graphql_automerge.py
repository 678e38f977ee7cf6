"""A pull request merges by itself once everything required is there, and not a moment before."""

from __future__ import annotations

import pytest
import requests
from github import Auth, Github, GithubException

from devforge.local import LocalGitHub
from devforge.local.tokens import create_workflow_token

REQUIRED = {
    "name": "main",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
    "rules": [
        {
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": False,
                "do_not_enforce_on_create": True,
                "required_status_checks": [{"context": "devforge/review"}],
            },
        }
    ],
}


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def repo(gh):
    alice = gh.create_account("alice")
    gh.create_repository("alice/tool", auto_init=True, allow_auto_merge=True)
    answer = requests.post(
        f"{gh.api_url}/repos/alice/tool/rulesets",
        json=REQUIRED,
        headers={"Authorization": f"token {alice.token}"},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return connect(gh, alice).get_repo("alice/tool")


def connect(gh, account):
    return Github(
        auth=Auth.Token(account.token),
        base_url=gh.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )


def propose(repo, branch="topic", content="hello"):
    base = repo.get_branch("main").commit.sha
    repo.create_git_ref(f"refs/heads/{branch}", base)
    repo.create_file(f"{branch}.txt", "Say hello", content, branch=branch)
    return repo.create_pull(base="main", head=branch, title=f"Add {branch}", body="")


def is_merged(gh, repo, pull):
    gh.wait_until_idle(timeout=10)
    return repo.get_pull(pull.number).merged


def events(gh):
    rows = gh.hub.store.all("SELECT action FROM event WHERE name = 'pull_request' ORDER BY id")
    return [row["action"] for row in rows]


def test_it_merges_when_the_required_status_of_the_head_succeeds(gh, repo):
    pull = propose(repo)
    told = pull.enable_automerge(
        "SQUASH", commit_headline="Say hello", expected_head_oid=pull.head.sha
    )

    assert told["actor"]["login"] == "alice"
    assert repo.get_pull(pull.number).raw_data["auto_merge"]["merge_method"] == "squash"
    assert not is_merged(gh, repo, pull)
    commit = repo.get_commit(pull.head.sha)
    commit.create_status("success", context="something/else")
    commit.create_status("failure", context="devforge/review")
    assert not is_merged(gh, repo, pull)
    commit.create_status("success", context="devforge/review")
    assert is_merged(gh, repo, pull)
    assert repo.get_branch("main").commit.commit.message.startswith("Say hello")
    assert repo.get_pull(pull.number).raw_data["auto_merge"] is None
    assert events(gh) == ["opened", "auto_merge_enabled", "closed"]


def test_another_head_than_the_expected_is_refused(gh, repo):
    pull = propose(repo)
    with pytest.raises(GithubException) as refused:
        pull.enable_automerge(expected_head_oid="0" * 40)

    assert "Head branch was modified" in str(refused.value)
    repo.get_commit(pull.head.sha).create_status("success", context="devforge/review")
    assert not is_merged(gh, repo, pull)


def test_a_pull_request_with_nothing_to_wait_for_is_refused(repo):
    pull = propose(repo)
    repo.get_commit(pull.head.sha).create_status("success", context="devforge/review")
    with pytest.raises(GithubException) as refused:
        pull.enable_automerge()

    assert "clean status" in str(refused.value)


def test_a_repository_that_does_not_allow_it_refuses(gh, repo):
    repo.edit(allow_auto_merge=False)
    with pytest.raises(GithubException) as refused:
        propose(repo).enable_automerge()

    assert "Auto merge is not allowed for this repository" in str(refused.value)


def test_switched_off_again_it_waits_for_a_person(gh, repo):
    pull = propose(repo)
    pull.enable_automerge()
    pull.disable_automerge()
    repo.get_commit(pull.head.sha).create_status("success", context="devforge/review")

    assert not is_merged(gh, repo, pull)
    assert events(gh) == ["opened", "auto_merge_enabled", "auto_merge_disabled"]
    with pytest.raises(GithubException):
        pull.disable_automerge()


def test_a_push_needs_its_own_status_and_a_strangers_push_ends_the_wait(gh, repo):
    bob = gh.create_account("bob")
    connect(gh, bob).get_repo("alice/tool").create_fork()
    fork = connect(gh, bob).get_repo("bob/tool")
    fork.create_file("bob.txt", "From Bob", "hello", branch="main")
    pull = (
        connect(gh, bob)
        .get_repo("alice/tool")
        .create_pull(base="main", head="bob:main", title="From Bob", body="")
    )
    mine = propose(repo)
    for one in (repo.get_pull(pull.number), mine):
        one.enable_automerge()
    old = mine.head.sha
    repo.create_file("more.txt", "More", "hello", branch="topic")
    fork.create_file("evil.txt", "Evil", "hello", branch="main")
    gh.wait_until_idle(timeout=10)
    repo.get_commit(old).create_status("success", context="devforge/review")
    for number in (pull.number, mine.number):
        assert not is_merged(gh, repo, repo.get_pull(number))

    for number in (pull.number, mine.number):
        head = repo.get_pull(number).head.sha
        repo.get_commit(head).create_status("success", context="devforge/review")
    assert is_merged(gh, repo, mine)
    assert not is_merged(gh, repo, pull)
    assert "auto_merge_disabled" in events(gh)


def test_a_workflow_needs_both_permissions_to_let_something_merge(gh, repo):
    pull = propose(repo)

    def enable(**permissions):
        token = create_workflow_token(gh.hub.store, repo.id, 1, permissions)
        api = Github(
            auth=Auth.Token(token), base_url=gh.api_url, seconds_between_writes=None, retry=None
        )
        api.get_repo("alice/tool").get_pull(pull.number).enable_automerge()

    for lacking in ({"pull_requests": "write"}, {"contents": "write"}):
        with pytest.raises(GithubException) as refused:
            enable(**lacking)
        assert "Resource not accessible by integration" in str(refused.value)
    enable(pull_requests="write", contents="write")
    repo.get_commit(pull.head.sha).create_status("success", context="devforge/review")
    assert is_merged(gh, repo, pull)
    assert repo.get_pull(pull.number).merged_by.login == "github-actions[bot]"


def test_a_draft_is_made_ready_and_back_through_pygithub(gh, repo):
    pull = propose(repo)
    pull.convert_to_draft()
    with pytest.raises(GithubException) as refused:
        pull.enable_automerge()
    pull.mark_ready_for_review()

    assert "draft" in str(refused.value)
    assert events(gh) == ["opened", "converted_to_draft", "ready_for_review"]
    assert not repo.get_pull(pull.number).draft


def test_a_pull_request_tells_over_graphql_what_it_waits_for(gh, repo):
    pull = propose(repo)
    pull.enable_automerge("REBASE")
    _, told = repo.requester.graphql_query(
        """query($number: Int!) { repository(owner: "alice", name: "tool") { pullRequest(number: $number) {
            state mergeable mergeStateStatus reviewDecision isCrossRepository changedFiles additions
            autoMergeRequest { mergeMethod enabledBy { login } pullRequest { number } }
            commits(last: 1) { nodes { commit { oid messageHeadline statusCheckRollup { state } } } } } } }""",
        {"number": pull.number},
    )

    assert told["data"]["repository"]["pullRequest"] == {
        "state": "OPEN",
        "mergeable": "MERGEABLE",
        "mergeStateStatus": "BLOCKED",
        "reviewDecision": None,
        "isCrossRepository": False,
        "changedFiles": 1,
        "additions": 1,
        "autoMergeRequest": {
            "mergeMethod": "REBASE",
            "enabledBy": {"login": "alice"},
            "pullRequest": {"number": pull.number},
        },
        "commits": {
            "nodes": [
                {
                    "commit": {
                        "oid": pull.head.sha,
                        "messageHeadline": "Say hello",
                        "statusCheckRollup": None,
                    }
                }
            ]
        },
    }
