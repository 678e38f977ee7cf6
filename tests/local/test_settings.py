"""A repository's settings over REST: what settings-as-code reads, changes and reads again."""

from __future__ import annotations

import base64

import pytest
import requests
from github import Auth, Github, GithubException
from nacl.public import PrivateKey, PublicKey, SealedBox

from devforge.local import LocalGitHub, secrets, settings
from devforge.local.tokens import create_workflow_token


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def alice(gh):
    return gh.create_account("alice")


@pytest.fixture
def rest(gh, alice):
    """Return `rest(method, path, json)` for alice's repository, as its owner or with another token."""
    gh.create_repository("alice/tool", auto_init=True)

    def rest(method, path, json=None, token=alice.token):
        return requests.request(
            method,
            f"{gh.api_url}/repos/alice/tool{path}",
            json=json,
            headers={"Authorization": f"token {token}"},
            timeout=10,
        )

    return rest


@pytest.fixture
def repo(gh, alice, rest):
    api = Github(
        auth=Auth.Token(alice.token),
        base_url=gh.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )
    return api.get_repo("alice/tool")


def test_the_default_token_is_read_only_until_told_otherwise(gh, rest, repo):
    place = "/actions/permissions/workflow"

    assert rest("GET", place).json() == {
        "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": False,
    }
    assert rest("PUT", place, {"default_workflow_permissions": "write"}).status_code == 204
    assert settings.default_workflow_permissions(gh.hub, repo.id) == "write"
    assert rest("PUT", place, {"default_workflow_permissions": "root"}).status_code == 422


def test_selected_actions_exist_only_where_actions_are_selected(rest):
    place = "/actions/permissions"
    patterns = {
        "github_owned_allowed": True,
        "verified_allowed": False,
        "patterns_allowed": ["acme/*"],
    }

    assert rest("GET", place).json()["allowed_actions"] == "all"
    assert rest("GET", f"{place}/selected-actions").status_code == 409
    wanted = {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True}
    assert rest("PUT", place, wanted).status_code == 204
    assert rest("PUT", f"{place}/selected-actions", patterns).status_code == 204
    assert rest("GET", f"{place}/selected-actions").json() == patterns
    shown = rest("GET", place).json()
    assert {name: shown[name] for name in wanted} == wanted


def test_only_an_admin_may_read_or_change_what_actions_may_do(gh, rest, repo):
    bob = gh.create_account("bob")
    gh.create_account("carol")
    token = create_workflow_token(gh.hub.store, repo.id, 1, {"contents": "write"})

    assert rest("GET", "/actions/permissions", token=bob.token).status_code == 403
    assert rest("PUT", "/actions/permissions", {"enabled": False}, token=token).status_code == 403
    assert rest("GET", "/actions/permissions").json()["enabled"]


def test_an_environment_has_reviewers_a_wait_and_branches_and_put_replaces_them(gh, repo, rest):
    reviewer = gh.create_account("reviewer")
    made = rest(
        "PUT",
        "/environments/release",
        {
            "wait_timer": 5,
            "prevent_self_review": True,
            "reviewers": [{"type": "User", "id": reviewer.id}],
            "deployment_branch_policy": {
                "protected_branches": False,
                "custom_branch_policies": True,
            },
        },
    )
    rules = {rule["type"]: rule for rule in made.json()["protection_rules"]}

    assert made.status_code == 200
    assert rules["wait_timer"]["wait_timer"] == 5
    assert rules["required_reviewers"]["reviewers"][0]["reviewer"]["login"] == "reviewer"
    assert rules["required_reviewers"]["prevent_self_review"]
    policy = rest("POST", "/environments/release/deployment-branch-policies", {"name": "main"})
    assert policy.json()["name"] == "main"
    listed = rest("GET", "/environments/release/deployment-branch-policies").json()
    assert [each["name"] for each in listed["branch_policies"]] == ["main"]
    assert repo.get_environment("release").name == "release"

    assert rest("PUT", "/environments/release").json()["protection_rules"] == []
    assert [each.name for each in repo.get_environments()] == ["release"]
    repo.delete_environment("release")
    assert rest("GET", "/environments/release").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"wait_timer": 50_000},
        {"reviewers": [{"type": "User", "id": 999_999}]},
        {"reviewers": [{"type": "Team", "id": 1}]},
        {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": True}},
    ],
)
def test_an_environment_that_makes_no_sense_is_refused(rest, wrong):
    assert rest("PUT", "/environments/release", wrong).status_code == 422
    assert rest("GET", "/environments").json() == {"total_count": 0, "environments": []}


def test_a_secret_goes_in_sealed_and_never_comes_out(gh, repo, rest):
    repo.create_secret("API_KEY", "hunter2 ü")
    repo.create_environment("release")
    environment = repo.get_environment("release")
    environment.create_secret("API_KEY", "for releases")
    listing = rest("GET", "/actions/secrets")

    assert "hunter2" not in listing.text + rest("GET", "/actions/secrets/API_KEY").text
    assert [secret["name"] for secret in listing.json()["secrets"]] == ["API_KEY"]
    assert secrets.values(gh.hub, "secret", repo.id, None) == {"API_KEY": "hunter2 ü"}
    assert secrets.values(gh.hub, "secret", repo.id, "release") == {"API_KEY": "for releases"}
    repo.delete_secret("API_KEY")
    assert secrets.values(gh.hub, "secret", repo.id, None) == {}


def test_a_secret_is_new_once_and_another_keys_box_is_refused(gh, rest):
    gh.create_repository("alice/other")
    key = rest("GET", "/actions/secrets/public-key").json()
    box = SealedBox(PublicKey(base64.b64decode(key["key"])))
    sealed = base64.b64encode(box.encrypt(b"value")).decode()
    body = {"encrypted_value": sealed, "key_id": key["key_id"]}

    assert rest("PUT", "/actions/secrets/token", body).status_code == 201
    assert rest("PUT", "/actions/secrets/TOKEN", body).status_code == 204
    foreign = base64.b64encode(SealedBox(PrivateKey.generate().public_key).encrypt(b"x")).decode()
    assert rest("PUT", "/actions/secrets/A", body | {"encrypted_value": foreign}).status_code == 422
    assert rest("PUT", "/actions/secrets/A", body | {"key_id": "1"}).status_code == 422
    assert rest("PUT", "/actions/secrets/GITHUB_X", body).status_code == 422
    assert rest("PUT", "/actions/secrets/1A", body).status_code == 422


def test_variables_are_read_back_changed_and_overlaid_by_an_environments(gh, repo, rest):
    repo.create_variable("LEVEL", "info")
    repo.create_environment("release")
    repo.get_environment("release").create_variable("LEVEL", "debug")

    assert repo.get_variable("LEVEL").value == "info"
    assert secrets.values(gh.hub, "variable", repo.id, "release") == {"LEVEL": "debug"}
    with pytest.raises(GithubException) as again:
        repo.create_variable("level", "x")
    assert again.value.status == 409
    assert repo.get_variable("LEVEL").edit("warning")
    assert [variable.value for variable in repo.get_variables()] == ["warning"]
    assert repo.delete_variable("LEVEL")
    assert rest("GET", "/actions/variables").json() == {"total_count": 0, "variables": []}


def test_switches_are_off_until_they_are_switched_on(rest, repo):
    assert rest("GET", "/vulnerability-alerts").status_code == 404
    assert repo.enable_vulnerability_alert()
    assert rest("GET", "/vulnerability-alerts").status_code == 204
    assert rest("GET", "/private-vulnerability-reporting").json() == {"enabled": False}
    assert rest("PUT", "/private-vulnerability-reporting").status_code == 204
    assert rest("GET", "/private-vulnerability-reporting").json() == {"enabled": True}
    assert rest("DELETE", "/private-vulnerability-reporting").status_code == 204
    assert rest("GET", "/private-vulnerability-reporting").json() == {"enabled": False}
