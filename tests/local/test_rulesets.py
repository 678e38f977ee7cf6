"""Rulesets hold where refs move: at a push, and at a merge."""

from __future__ import annotations

import subprocess

import pytest
import requests
from github import Auth, Github, GithubException

from devforge.local import LocalGitHub

REQUIRED = {
    "type": "required_status_checks",
    "parameters": {
        "strict_required_status_checks_policy": False,
        "do_not_enforce_on_create": True,
        "required_status_checks": [{"context": "devforge/review"}],
    },
}
REVIEWED = {
    "type": "pull_request",
    "parameters": {
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": 1,
        "required_review_thread_resolution": False,
    },
}


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def alice(gh):
    account = gh.create_account("alice")
    gh.create_repository("alice/tool", auto_init=True)
    return account


def repository(gh, account):
    api = Github(
        auth=Auth.Token(account.token),
        base_url=gh.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )
    return api.get_repo("alice/tool")


@pytest.fixture
def rest(gh, alice):
    def rest(method, path, json=None):
        return requests.request(
            method,
            f"{gh.api_url}/repos/alice/tool{path}",
            json=json,
            headers={"Authorization": f"token {alice.token}"},
            timeout=10,
        )

    return rest


@pytest.fixture
def protect(rest):
    """Return `protect(*rules, **more)`: put rules on the default branch."""

    def protect(*rules, **more):
        body = {
            "name": "main",
            "target": "branch",
            "enforcement": "active",
            "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
            "rules": list(rules),
        }
        answer = rest("POST", "/rulesets", body | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return protect


@pytest.fixture
def clone(gh, alice, tmp_path):
    """Return `git(*arguments)` in a clone of the repository, giving its outcome."""
    work = tmp_path / "work"
    url = f"{gh.url}/alice/tool.git".replace("://", f"://alice:{alice.token}@")
    subprocess.run(["git", "clone", "-q", url, work], check=True, timeout=60)

    def git(*arguments):
        return subprocess.run(
            ["git", "-c", "user.name=Alice", "-c", "user.email=a@example.org", *arguments],
            cwd=work,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return git


def commit(git, message="change"):
    done = git("commit", "-q", "--allow-empty", "-m", message)
    assert done.returncode == 0, done.stderr


def test_a_protected_branch_is_neither_deleted_nor_forced_nor_pushed_to(protect, clone):
    named = ["~DEFAULT_BRANCH", "refs/heads/release"]
    protect(
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        conditions={"ref_name": {"include": named, "exclude": []}},
    )
    commit(clone)
    assert clone("push", "-q", "origin", "HEAD:main").returncode == 0
    clone("commit", "-q", "--amend", "--allow-empty", "-m", "rewritten")
    forced = clone("push", "-f", "origin", "HEAD:main")
    clone("push", "-q", "origin", "HEAD:release")
    deleted = clone("push", "origin", ":release")

    assert forced.returncode == deleted.returncode == 1
    assert "Cannot force-push to this branch" in forced.stderr
    assert "Cannot delete this protected ref" in deleted.stderr
    assert "GH013: Repository rule violations found for refs/heads/release" in deleted.stderr
    assert clone("push", "-f", "origin", "HEAD:elsewhere").returncode == 0


def test_where_pull_requests_are_required_a_push_is_refused(protect, clone):
    protect(REVIEWED)
    commit(clone)
    refused = clone("push", "origin", "HEAD:main")

    assert refused.returncode == 1
    assert "Changes must be made through a pull request." in refused.stderr


def test_who_may_bypass_pushes_all_the_same(protect, clone):
    admins = {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
    made = protect(REVIEWED, bypass_actors=[admins])
    commit(clone)

    assert made["current_user_can_bypass"] == "always"
    assert clone("push", "origin", "HEAD:main").returncode == 0


def test_rules_are_listed_for_a_branch_and_patterns_choose_it(rest, protect):
    protect(
        {"type": "deletion"},
        conditions={"ref_name": {"include": ["refs/heads/release/**/*"], "exclude": ["refs/heads/release/old*"]}},
    )  # fmt: skip

    def types(branch):
        return [rule["type"] for rule in rest("GET", f"/rules/branches/{branch}").json()]

    assert types("release/1") == ["deletion"]
    assert types("release/x/1") == ["deletion"]
    assert types("release/old1") == []
    assert types("main") == []


def test_a_ruleset_is_listed_changed_switched_off_and_removed(rest, protect, clone):
    made = protect({"type": "deletion"})
    place = f"/rulesets/{made['id']}"

    assert [each["name"] for each in rest("GET", "/rulesets").json()] == ["main"]
    assert rest("GET", place).json()["rules"] == [{"type": "deletion"}]
    assert rest("PUT", place, {"enforcement": "disabled"}).json()["enforcement"] == "disabled"
    clone("push", "-q", "origin", "main:other")
    assert rest("GET", "/rules/branches/main").json() == []
    assert rest("DELETE", place).status_code == 204
    assert rest("GET", "/rulesets").json() == []
    assert rest("GET", place).status_code == 404


def test_a_rule_that_cannot_be_enforced_here_is_refused_not_ignored(rest):
    body = {"name": "x", "enforcement": "active", "rules": [{"type": "workflows"}]}
    answer = rest("POST", "/rulesets", body)

    assert answer.status_code == 422
    assert "Invalid rule 'workflows'" in answer.json()["errors"][0]["message"]
    assert rest("GET", "/rulesets").json() == []


def test_a_merge_waits_for_the_required_status_of_the_head(gh, alice, protect, clone):
    protect(REQUIRED)
    clone("checkout", "-q", "-b", "topic")
    commit(clone)
    clone("push", "-q", "origin", "topic")
    repo = repository(gh, alice)
    pull = repo.create_pull(base="main", head="topic", title="Change", body="")

    with pytest.raises(GithubException) as early:
        pull.merge()
    repo.get_commit(pull.head.sha).create_status("failure", context="devforge/review")
    with pytest.raises(GithubException) as failing:
        pull.merge()
    repo.get_commit(pull.head.sha).create_status("success", context="devforge/review")

    assert (early.value.status, failing.value.status) == (405, 405)
    assert 'Required status check "devforge/review" is expected.' in early.value.data["message"]
    assert 'Required status check "devforge/review" is failing.' in failing.value.data["message"]
    assert pull.merge().merged


def test_a_merge_waits_for_an_approval_that_a_later_push_takes_away(gh, alice, protect, clone):
    protect(REVIEWED)
    bob = gh.create_account("bob")
    repository(gh, alice).add_to_collaborators("bob", "push")
    stranger = gh.create_account("stranger")
    clone("checkout", "-q", "-b", "topic")
    commit(clone)
    clone("push", "-q", "origin", "topic")
    pull = repository(gh, alice).create_pull(base="main", head="topic", title="Change", body="")

    def review(account, event):
        repository(gh, account).get_pull(pull.number).create_review(body="seen", event=event)

    def refused():
        with pytest.raises(GithubException) as refusal:
            pull.merge()
        return refusal.value.data["message"]

    assert "At least 1 approving review is required" in refused()
    review(stranger, "APPROVE")
    assert "At least 1 approving review is required" in refused()
    review(bob, "REQUEST_CHANGES")
    assert "Changes have been requested" in refused()
    review(bob, "APPROVE")
    commit(clone, "more")
    clone("push", "-q", "origin", "topic")
    assert "At least 1 approving review is required" in refused()
    review(bob, "APPROVE")
    assert pull.merge().merged
