"""A protected branch holds for pushes and merges, for administrators where it says so."""

from __future__ import annotations

import git
import pytest
from github import GithubException


@pytest.fixture
def main(tool):
    """Return the branch, protected for everybody: one status, one review."""
    branch = tool.get_branch("main")
    branch.edit_protection(
        strict=False,
        contexts=["devforge/review"],
        enforce_admins=True,
        required_approving_review_count=1,
    )
    return branch


@pytest.fixture
def pull(bob, tool):
    """Return bob's pull request as alice sees it."""
    bob.get_repo("alice/tool").create_fork().create_file("a", "a", "a")
    bob.get_repo("alice/tool").create_pull(title="T", head="bob:main", base="main")
    return tool.get_pull(1)


def test_protection_is_shown_as_it_was_set_and_can_go(main, tool):
    seen = tool.get_branch("main").get_protection()
    assert seen.enforce_admins
    assert seen.required_status_checks.contexts == ["devforge/review"]
    assert seen.required_pull_request_reviews.required_approving_review_count == 1
    assert tool.get_branch("main").protected

    main.remove_protection()
    assert not tool.get_branch("main").protected


def test_nothing_is_merged_before_status_and_review_are_there(pull, main, tool):
    assert tool.get_pull(1).mergeable_state == "blocked"
    with pytest.raises(GithubException) as refused:
        pull.merge()
    assert refused.value.status == 405
    assert 'Required status check "devforge/review" is expected.' in refused.value.data["message"]

    tool.get_commit(pull.head.sha).create_status("success", context="devforge/review")
    with pytest.raises(GithubException) as refused:
        pull.merge()
    assert refused.value.status == 405
    pull.create_review(event="APPROVE")
    assert pull.merge().merged


def test_a_push_past_the_protection_is_refused_by_git(main, alice, cloned):
    repo = cloned(alice)
    repo.git.commit("--allow-empty", "-m", "direct")
    with pytest.raises(git.GitCommandError, match="GH006: Protected branch update failed"):
        repo.git.push("origin", "main")
    with pytest.raises(git.GitCommandError, match="refusing to delete the current branch"):
        repo.git.push("origin", ":main")


def test_administrators_pass_where_it_does_not_bind_them(tool, alice, cloned):
    tool.get_branch("main").edit_protection(strict=False, contexts=["x"], enforce_admins=False)
    repo = cloned(alice)
    repo.git.commit("--allow-empty", "-m", "direct")
    repo.git.push("origin", "main")
    repo.git.commit("--amend", "--allow-empty", "-m", "rewritten")

    with pytest.raises(git.GitCommandError, match="Cannot force-push"):
        repo.git.push("--force", "origin", "main")


def test_each_part_of_a_protection_has_its_own_address(main):
    assert main.get_required_status_checks().contexts == ["devforge/review"]
    main.edit_required_status_checks(strict=True)
    assert main.get_required_status_checks().strict
    assert main.get_required_status_checks().contexts == ["devforge/review"]

    main.edit_required_pull_request_reviews(required_approving_review_count=2)
    assert main.get_required_pull_request_reviews().required_approving_review_count == 2
    main.remove_required_pull_request_reviews()
    with pytest.raises(GithubException) as refused:
        main.get_required_pull_request_reviews()
    assert refused.value.status == 404

    main.remove_admin_enforcement()
    assert not main.get_admin_enforcement()
    main.set_admin_enforcement()
    assert main.get_admin_enforcement()
    main.remove_required_status_checks()
    with pytest.raises(GithubException) as refused:
        main.get_required_status_checks()
    assert refused.value.status == 404
