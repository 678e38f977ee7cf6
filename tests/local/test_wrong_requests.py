"""Scripts that are wrong hear it from the server, with the status and the field GitHub names."""

from __future__ import annotations

import pytest
import requests

WRONG = [
    ("PUT", "/contents/x.txt", {"message": "m", "content": "!!!"}, "not valid Base64"),
    ("POST", "/git/blobs", {"content": "!!!", "encoding": "base64"}, "not valid Base64"),
    ("POST", "/git/blobs", {"content": "x", "encoding": "utf-16"}, "utf-16"),
    ("POST", "/git/trees", {"tree": []}, "Invalid tree info"),
    ("POST", "/milestones", {"title": "t", "due_on": "yesterday"}, "due_on"),
    ("POST", "/milestones", {"title": "t", "state": "ajar"}, "Validation Failed"),
]


@pytest.mark.parametrize(("method", "path", "body", "says"), WRONG)
def test_a_wrong_request_is_refused_and_told_why(alice, tool, method, path, body, says):
    answer = requests.request(
        method,
        f"{tool.url}{path}",
        json=body,
        headers={"Authorization": f"Bearer {alice.token}"},
        timeout=10,
    )

    assert answer.status_code == 422
    assert says in answer.json()["message"]


def test_base64_may_be_broken_into_lines(alice, tool):
    answer = requests.post(
        f"{tool.url}/git/blobs",
        json={"content": "aGVs\nbG8=\n", "encoding": "base64"},
        headers={"Authorization": f"Bearer {alice.token}"},
        timeout=10,
    )

    assert tool.get_git_blob(answer.json()["sha"]).size == len("hello")


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/faults", {"kind": "502", "sometimes": True}, "sometimes: not known; there are method"),
        ("/faults", {"kind": "bad mood"}, "there is no fault 'bad mood'"),
        ("/accounts/alice/tokens", {"permissions": {"everything": "write"}}, "contents"),
        ("/accounts/alice/tokens", {"permissions": {"contents": "maybe"}}, "read or write"),
    ],
)
def test_the_controls_name_what_they_know(github, alice, path, body, says):
    answer = requests.post(
        f"{github.url}/_local{path}",
        json=body,
        headers={"X-Local-Admin": github.hub.admin_token},
        timeout=10,
    )

    assert answer.status_code == 422
    assert says in answer.json()["message"]


def test_an_organizations_private_repositories_are_listed_to_its_members_alone(github, alice, bob):
    github.create_account("acme", organization=True)
    github.create_repository("acme/plans", private=True)
    requests.put(
        f"{github.url}/_local/organizations/acme/members/alice",
        json={"role": "admin"},
        headers={"X-Local-Admin": github.hub.admin_token},
        timeout=10,
    )

    assert [r.name for r in alice.get_organization("acme").get_repos()] == ["plans"]
    assert list(bob.get_organization("acme").get_repos()) == []
