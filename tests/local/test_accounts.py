"""Accounts are numbers: logins come and go."""

from __future__ import annotations

import pytest
from github import GithubException, UnknownObjectException

from devforge.local.refusals import ApiRefusal


def test_a_token_says_who_it_is(alice, github):
    me = alice.get_user()

    assert me.login == "alice"
    assert alice.get_user("alice").id == me.id
    assert alice.get_user_by_id(me.id).login == "alice"


def test_a_renamed_login_can_be_taken_and_is_somebody_else(alice, github):
    first = alice.get_user("alice").id
    github.rename_account("alice", "alicia")
    second = github.create_account("alice").id

    assert second != first
    assert alice.get_user().login == "alicia"
    assert alice.get_user_by_id(first).login == "alicia"
    assert alice.get_user("alice").id == second


def test_a_renamed_account_s_repository_redirects_until_the_name_is_taken(alice, github):
    before = alice.get_repo("alice/tool")
    github.rename_account("alice", "alicia")

    assert alice.get_repo("alice/tool").full_name == "alicia/tool"
    assert alice.get_repo("alice/tool").id == before.id

    github.create_account("alice")
    assert alice.get_repo("alice/tool").id == before.id
    taken = github.create_repository("alice/tool")
    assert alice.get_repo("alice/tool").id == taken.id != before.id


def test_a_deleted_account_frees_its_login_and_takes_its_token_along(alice, bob, github):
    number = alice.get_user("alice").id
    issue = bob.get_repo("alice/tool")
    github.delete_account("alice")

    with pytest.raises(GithubException) as refused:
        alice.get_user().login  # noqa: B018 - reading it asks the server
    assert refused.value.status == 401
    with pytest.raises(UnknownObjectException):
        bob.get_repo("alice/tool")
    with pytest.raises(UnknownObjectException):
        bob.get_user_by_id(number)
    assert issue.full_name == "alice/tool"
    assert github.create_account("alice").id != number


def test_what_a_deleted_person_wrote_is_the_ghost_s(tool, bob, github):
    issue = bob.get_repo("alice/tool").create_issue("Broken")
    github.delete_account("bob")

    assert tool.get_issue(issue.number).user.login == "ghost"


@pytest.mark.parametrize(
    "login", ["", "-a", "a--b", "a/b", "a b", "ghost", "api", "a" * 40, "é", "a\n"]
)
def test_a_login_github_would_not_take_is_refused(github, login):
    with pytest.raises(ApiRefusal) as refused:
        github.create_account(login)
    assert refused.value.status == 422


def test_a_taken_login_is_refused_in_whatever_case(alice, github):
    with pytest.raises(ApiRefusal) as refused:
        github.create_account("ALICE")
    assert refused.value.errors[0]["code"] == "already_exists"


def test_an_unknown_token_is_refused_and_none_is_not(through):
    with pytest.raises(GithubException) as refused:
        through("ghp_wrong").get_user("ghost")
    assert refused.value.status == 401
    assert refused.value.data["message"] == "Bad credentials"
    assert through(None).get_user("ghost").login == "ghost"


def test_an_organization_s_administrator_makes_its_repositories(github, alice, through):
    github.create_account("guild", organization=True)
    from devforge.local.accounts import account_named, add_member  # noqa: PLC0415

    hub = github.hub
    add_member(hub, account_named(hub, "guild"), account_named(hub, "alice"), "admin")
    made = alice.get_organization("guild").create_repo("shared", auto_init=True)

    assert made.owner.login == "guild"
    assert made.permissions.admin
