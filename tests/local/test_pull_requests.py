"""Pull requests from open to merged, through PyGithub and real merges."""

from __future__ import annotations

import pytest
import requests
from github import GithubException


@pytest.fixture
def proposal(bob, tool, github):
    """Return bob's open pull request from his fork, one commit ahead."""
    fork = bob.get_repo("alice/tool").create_fork()
    fork.create_file("x/one.txt", "add one", "one\n", branch="main")
    return bob.get_repo("alice/tool").create_pull(
        title="Add one", body="Please", head="bob:main", base="main"
    )


def test_a_fork_s_branch_becomes_a_pull_request(proposal, tool, github, events):
    pull = tool.get_pull(proposal.number)

    assert (pull.number, pull.state, pull.user.login) == (1, "open", "bob")
    assert (pull.head.label, pull.base.label) == ("bob:main", "alice:main")
    assert pull.head.repo.full_name == "bob/tool"
    assert pull.mergeable
    assert (pull.commits, pull.additions, pull.deletions, pull.changed_files) == (1, 1, 0, 1)
    [file] = pull.get_files()
    assert (file.filename, file.status, file.patch) == ("x/one.txt", "added", "@@ -0,0 +1 @@\n+one")
    assert [c.sha for c in pull.get_commits()] == [pull.head.sha]


def test_its_refs_are_served(proposal, alice, cloned):
    repo = cloned(alice)
    repo.git.fetch("origin", "refs/pull/1/head", "refs/pull/1/merge")
    head, merge = (
        repo.git.rev_parse("FETCH_HEAD"),
        repo.git.ls_remote("origin", "refs/pull/1/merge"),
    )

    assert head == proposal.head.sha
    assert merge


def test_a_push_to_its_branch_is_followed(proposal, bob, tool, events, github):
    made = bob.get_repo("bob/tool").create_file("two.txt", "add two", "two\n")
    github.wait_until_idle()

    assert tool.get_pull(1).head.sha == made["commit"].sha
    assert events == [("push", None), ("pull_request", "synchronize")]


def test_merging_another_head_than_the_reviewed_one_is_refused(proposal, bob, tool):
    bob.get_repo("bob/tool").create_file("two.txt", "add two", "two\n")
    before = tool.get_branch("main").commit.sha

    with pytest.raises(GithubException) as refused:
        tool.get_pull(1).merge(sha=proposal.head.sha)

    assert refused.value.status == 409
    assert tool.get_branch("main").commit.sha == before
    assert not tool.get_pull(1).merged


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_each_way_of_merging_moves_the_base(proposal, tool, bob, method, events, github):
    bob.get_repo("bob/tool").create_file("two.txt", "add two", "two\n")
    tool.create_file("other.txt", "meanwhile", "other\n")
    tip = tool.get_branch("main").commit.sha
    done = tool.get_pull(1).merge(merge_method=method, sha=tool.get_pull(1).head.sha)
    github.wait_until_idle()

    main = tool.get_branch("main").commit
    assert done.merged
    assert done.sha == main.sha == tool.get_pull(1).merge_commit_sha
    parents = [parent.sha for parent in main.commit.parents]
    expected = {"merge": 2, "squash": 1, "rebase": 1}[method]
    assert len(parents) == expected
    assert tool.get_commits().totalCount == {"merge": 5, "squash": 3, "rebase": 4}[method]
    assert method == "rebase" or tip in parents
    names = {entry.path for entry in tool.get_git_tree("main", recursive=True).tree}
    assert names == {"README.md", "other.txt", "two.txt", "x", "x/one.txt"}
    pull = tool.get_pull(1)
    assert (pull.merged, pull.state, pull.merged_by.login) == (True, "closed", "alice")
    assert events[-2:] == [("push", None), ("pull_request", "closed")]


def test_words_of_a_merge_can_be_chosen(proposal, tool):
    tool.get_pull(1).merge(
        merge_method="squash", commit_title="acme 1.0", commit_message="Reviewed."
    )

    assert tool.get_branch("main").commit.commit.message == "acme 1.0\n\nReviewed."


def test_a_conflict_is_seen_and_not_merged(proposal, tool):
    tool.create_file("x/one.txt", "first", "another\n")
    before = tool.get_branch("main").commit.sha

    pull = tool.get_pull(1)
    assert (pull.mergeable, pull.mergeable_state) == (False, "dirty")
    with pytest.raises(GithubException) as refused:
        pull.merge()
    assert refused.value.status == 405
    assert tool.get_branch("main").commit.sha == before


def test_a_closed_pull_request_does_not_merge_and_opens_again(proposal, tool):
    tool.get_pull(1).edit(state="closed")
    with pytest.raises(GithubException) as refused:
        tool.get_pull(1).merge()
    assert refused.value.status == 405

    tool.get_pull(1).edit(state="open")
    assert tool.get_pull(1).merge().merged


def test_a_stranger_does_not_merge(proposal):
    with pytest.raises(GithubException) as refused:
        proposal.merge()
    assert refused.value.status == 403


def test_one_branch_has_one_open_pull_request(proposal, bob):
    with pytest.raises(GithubException) as refused:
        bob.get_repo("alice/tool").create_pull(title="Again", head="bob:main", base="main")
    assert refused.value.status == 422
    assert "already exists for bob:main" in refused.value.data["errors"][0]["message"]


def test_a_branch_with_nothing_new_makes_no_pull_request(tool):
    tool.create_git_ref("refs/heads/same", tool.get_branch("main").commit.sha)
    with pytest.raises(GithubException) as refused:
        tool.create_pull(title="Nothing", head="same", base="main")
    assert "No commits between main and same" in refused.value.data["errors"][0]["message"]


def test_pull_requests_are_found_by_head_base_and_state(proposal, tool):
    assert [p.number for p in tool.get_pulls(head="bob:main")] == [1]
    assert list(tool.get_pulls(head="bob:other")) == []
    assert list(tool.get_pulls(base="other")) == []
    assert list(tool.get_pulls(state="closed")) == []
    assert [p.number for p in tool.get_pulls(state="all", sort="updated")] == [1]


def test_reviews_are_kept_with_their_commit_and_can_be_dismissed(proposal, tool, bob):
    review = tool.get_pull(1).create_review(body="Fine", event="APPROVE")
    assert (review.state, review.commit_id, review.user.login) == (
        "APPROVED",
        proposal.head.sha,
        "alice",
    )

    review.dismiss("It changed")
    assert [r.state for r in tool.get_pull(1).get_reviews()] == ["DISMISSED"]
    with pytest.raises(GithubException) as refused:
        bob.get_repo("alice/tool").get_pull(1).create_review(event="APPROVE")
    assert refused.value.status == 422


def test_a_fork_that_is_deleted_leaves_its_pull_request_readable(proposal, bob, tool):
    bob.get_repo("bob/tool").delete()

    pull = tool.get_pull(1)
    assert pull.head.repo is None
    assert pull.head.sha == proposal.head.sha
    assert pull.merge().merged


def test_a_merge_pushed_by_hand_counts_as_merged(proposal, tool, alice, cloned):
    repo = cloned(alice)
    repo.git.fetch("origin", "refs/pull/1/head")
    repo.git.merge("--no-ff", "-m", "by hand", "FETCH_HEAD")
    repo.remote().push("main").raise_if_error()

    assert tool.get_pull(1).merged


def test_a_draft_is_not_merged(tool):
    tool.create_git_ref("refs/heads/topic", tool.get_branch("main").commit.sha)
    tool.create_file("t.txt", "t", "t\n", branch="topic")
    pull = tool.create_pull(title="Draft", head="topic", base="main", draft=True)

    with pytest.raises(GithubException) as refused:
        pull.merge()
    assert refused.value.status == 405
    assert pull.mergeable_state == "draft"


def test_lines_are_commented_on_and_answered(proposal, tool):
    pull = tool.get_pull(1)
    comment = pull.create_review_comment(
        "Why?", tool.get_commit(pull.head.sha), "x/one.txt", line=1
    )
    answer = pull.create_review_comment_reply(comment.id, "Because.")
    comment.edit("Why so?")

    assert [c.body for c in pull.get_review_comments()] == ["Why so?", "Because."]
    assert answer.in_reply_to_id == comment.id
    assert [c.body for c in tool.get_pulls_comments()] == ["Why so?", "Because."]
    rocket = comment.create_reaction("rocket")
    assert [r.content for r in comment.get_reactions()] == ["rocket"]
    assert comment.delete_reaction(rocket.id)
    assert comment.get_reactions().totalCount == 0
    comment.delete()
    assert pull.get_review_comments().totalCount == 1


def test_people_are_asked_to_review(proposal, tool, bob, github):
    github.create_account("cyd")
    pull = tool.get_pull(1)
    pull.create_review_request(["cyd"])
    assert [person.login for person in pull.get_review_requests()[0]] == ["cyd"]

    pull.delete_review_request(["cyd"])
    assert list(pull.get_review_requests()[0]) == []
    assert [person.login for person in tool.get_contributors()] == ["alice"]
    assert [person.login for person in bob.search_users("cy")] == ["cyd"]


def test_it_is_read_as_a_diff_and_as_a_patch(proposal):
    diff = requests.get(proposal.diff_url, timeout=10).text
    patch = requests.get(proposal.patch_url, timeout=10).text

    assert diff.startswith("diff --git a/x/one.txt b/x/one.txt\n")
    assert "Subject: [PATCH] add one" in patch


def test_a_branch_behind_its_base_is_brought_up_to_it(proposal, bob, tool):
    tool.create_file("other.txt", "meanwhile", "other\n")
    assert bob.get_repo("alice/tool").get_pull(1).update_branch()

    pull = tool.get_pull(1)
    assert pull.head.sha != proposal.head.sha
    assert tool.compare("main", "bob:main").behind_by == 0


def test_a_stranger_brings_nobody_elses_branch_up_to_its_base(proposal, github, through, tool):
    tool.create_file("other.txt", "meanwhile", "other\n")
    mallory = through(github.create_account("mallory").token)

    assert not mallory.get_repo("alice/tool").get_pull(1).update_branch()
    assert tool.get_pull(1).head.sha == proposal.head.sha
    assert tool.get_pull(1).update_branch(), (
        "maintainers of the base may, where its author lets them"
    )
