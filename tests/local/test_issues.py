"""Issues and what hangs on them: comments, labels, people, reactions, locks, search."""

from __future__ import annotations

import pytest
from github import GithubException


@pytest.fixture
def issue(bob, tool):
    """Return an issue that bob opened, as bob sees it."""
    return bob.get_repo("alice/tool").create_issue("It does not start", "Since *today*.")


def test_an_issue_is_opened_changed_and_closed(issue, tool, events, github):
    seen = tool.get_issue(issue.number)
    seen.edit(title="It does not start on Mondays", body="Since today.")
    seen.edit(state="closed", state_reason="not_planned")
    github.wait_until_idle()

    closed = tool.get_issue(issue.number)
    assert (closed.title, closed.state) == ("It does not start on Mondays", "closed")
    assert closed.state_reason == "not_planned"
    assert closed.closed_by.login == "alice"
    assert [action for name, action in events if name == "issues"] == ["edited", "closed"]


def test_labels_are_made_when_they_are_first_used(issue, tool):
    seen = tool.get_issue(issue.number)
    seen.add_to_labels("review: merge", "BUG")
    assert [label.name for label in seen.get_labels()] == ["review: merge", "bug"]
    assert tool.get_label("review: merge").color == "ededed"

    seen.set_labels("review: mend")
    assert [label.name for label in seen.get_labels()] == ["review: mend"]
    seen.remove_from_labels("review: mend")
    with pytest.raises(GithubException) as refused:
        seen.remove_from_labels("review: mend")
    assert (refused.value.status, refused.value.data["message"]) == (404, "Label does not exist")


def test_a_label_is_changed_and_deleted_everywhere(issue, tool):
    label = tool.create_label("no verdict", "ABCDEF", "Ours to fix")
    tool.get_issue(issue.number).add_to_labels(label)
    label.edit("undecided", "123456")
    assert [each.name for each in tool.get_issue(issue.number).labels] == ["undecided"]

    label.delete()
    assert tool.get_issue(issue.number).labels == []
    with pytest.raises(GithubException) as refused:
        tool.create_label("bug", "not a colour")
    assert refused.value.status == 422


def test_a_stranger_comments_but_does_not_label_or_close_for_others(issue, bob, tool):
    mine = tool.create_issue("Owner's own")
    theirs = bob.get_repo("alice/tool").get_issue(mine.number)
    theirs.create_comment("me too")

    for act in (lambda: theirs.add_to_labels("bug"), lambda: theirs.edit(state="closed")):
        with pytest.raises(GithubException) as refused:
            act()
        assert refused.value.status == 403
    issue.edit(state="closed")
    assert tool.get_issue(issue.number).state == "closed"


def test_a_comment_is_edited_in_place(issue, tool, events, github):
    comment = tool.get_issue(issue.number).create_comment("<!-- marker -->\nfirst")
    comment.edit("<!-- marker -->\nsecond")
    github.wait_until_idle()

    [only] = tool.get_issue(issue.number).get_comments()
    assert (only.id, only.body) == (comment.id, "<!-- marker -->\nsecond")
    assert [action for name, action in events if name == "issue_comment"] == ["created", "edited"]
    comment.delete()
    assert tool.get_issue(issue.number).comments == 0


def test_a_body_that_is_too_long_is_refused(issue):
    with pytest.raises(GithubException) as refused:
        issue.create_comment("x" * 65537)
    assert refused.value.status == 422
    assert "maximum is 65536" in refused.value.data["errors"][0]["message"]


@pytest.mark.parametrize(
    "text", ["é ∑ 🎉", "a\nb\r\nc", "'; DROP TABLE issue; --", "\u202egnp", "%00 \\ `$(id)`"]
)
def test_any_text_comes_back_as_it_was(issue, tool, text):
    tool.get_issue(issue.number).create_comment(text)
    tool.create_issue(text.replace("\n", " "), text)

    assert next(iter(tool.get_issue(issue.number).get_comments())).body == text
    assert tool.get_issue(issue.number + 1).body == text


def test_a_locked_issue_takes_no_stranger_s_comment(issue, tool):
    tool.get_issue(issue.number).lock("resolved")
    with pytest.raises(GithubException) as refused:
        issue.create_comment("but")
    assert refused.value.status == 403

    tool.get_issue(issue.number).unlock()
    assert issue.create_comment("thanks").body == "thanks"


def test_reactions_count_once_per_person(issue, tool, bob):
    comment = issue.create_comment("nice")
    comment.create_reaction("heart")
    comment.create_reaction("heart")
    tool.get_issue(issue.number).create_reaction("+1")

    assert [r.content for r in comment.get_reactions()] == ["heart"]
    assert tool.get_issue(issue.number).reactions["+1"] == 1
    with pytest.raises(GithubException):
        issue.create_reaction("shrug")


def test_people_are_assigned(issue, tool):
    seen = tool.get_issue(issue.number)
    seen.add_to_assignees("alice")
    assert [person.login for person in tool.get_issue(issue.number).assignees] == ["alice"]
    seen.remove_from_assignees("alice")
    assert tool.get_issue(issue.number).assignees == []


def test_issues_are_listed_by_label_state_and_author(issue, tool):
    other = tool.create_issue("Other", labels=["bug"])
    assert [i.number for i in tool.get_issues()] == [other.number, issue.number]
    assert [i.number for i in tool.get_issues(labels=["bug"])] == [other.number]
    assert [i.number for i in tool.get_issues(creator="bob")] == [issue.number]
    assert list(tool.get_issues(state="closed")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("repo:alice/tool is:issue is:open", [2, 1]),
        ("repo:alice/tool start", [1]),
        ('repo:alice/tool "start on" in:title', []),
        ("repo:alice/tool author:bob", [1]),
        ("repo:alice/tool -author:bob", [2]),
        ("repo:alice/tool label:bug", [2]),
        ("repo:alice/tool is:pr", []),
        ("repo:alice/tool state:closed", []),
        ("user:alice marker in:comments", [1]),
        ("repo:alice/other", []),
    ],
)
def test_search_understands_the_usual_qualifiers(issue, tool, alice, query, found):
    tool.create_issue("Other", labels=["bug"])
    issue.create_comment("a marker")

    assert [each.number for each in alice.search_issues(query)] == found


def test_a_milestone_gathers_issues(issue, tool):
    milestone = tool.create_milestone("1.0", description="First")
    tool.get_issue(issue.number).edit(milestone=milestone)
    assert tool.get_milestone(1).open_issues == 1
    assert [i.number for i in tool.get_issues(milestone=milestone)] == [issue.number]
    milestone.edit("1.0", state="closed")
    assert [m.title for m in tool.get_milestones(state="closed")] == ["1.0"]


def test_what_happened_to_an_issue_is_listed(issue, tool):
    seen = tool.get_issue(issue.number)
    seen.add_to_labels("bug")
    seen.edit(state="closed")

    assert [event.event for event in seen.get_events()] == ["labeled", "closed"]


def test_one_assignee_may_be_named_as_it_was_before_there_were_lists(alice, tool):
    _, opened = tool.requester.requestJsonAndCheck(
        "POST", f"{tool.url}/issues", input={"title": "T", "assignee": "alice"}
    )

    assert [person["login"] for person in opened["assignees"]] == ["alice"]


def test_whom_issues_can_be_assigned_to_can_be_asked_one_by_one(tool, bob):
    assert tool.has_in_assignees("alice")
    assert not tool.has_in_assignees("bob")
    assert not tool.has_in_assignees("nobody")


def test_two_milestones_never_share_a_title(tool, issue):
    first, second = tool.create_milestone("1.0"), tool.create_milestone("2.0")
    for attempt in (lambda: tool.create_milestone("1.0"), lambda: second.edit("1.0")):
        with pytest.raises(GithubException) as refused:
            attempt()
        assert refused.value.status == 422
        assert refused.value.data["errors"][0]["code"] == "already_exists"

    first.edit("1.0", description="the same title is no other's")
    seen = tool.get_issue(issue.number)
    seen.edit(milestone=first, labels=["bug"])
    assert [label.name for label in first.get_labels()] == ["bug"]


def test_everything_that_happened_to_issues_is_listed(tool, issue):
    seen = tool.get_issue(issue.number)
    seen.edit(title="Another title", milestone=tool.create_milestone("1.0"))
    seen.add_to_assignees("alice")
    seen.remove_from_assignees("alice")
    seen.lock("resolved")
    seen.unlock()

    told = ["renamed", "milestoned", "assigned", "unassigned", "locked", "unlocked"]
    assert [event.event for event in seen.get_events()] == told
    assert [event.event for event in tool.get_issues_events()] == told[::-1]
    assert {event.issue.number for event in tool.get_issues_events()} == {issue.number}
