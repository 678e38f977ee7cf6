"""Publishing by somebody who knows no Git: from a form to a merged version, and every way off the road."""

from __future__ import annotations

import pytest
from world import REGISTRY, extension

from devforge.model.submitter import submitter_path


def introduced(counter, **fields):
    """Alice fills in the form, and the pull request that introduces her is merged."""
    repository = counter.extension()
    issue = counter.send(repository=repository, version="v1.0.0", **fields)
    counter.answer()
    counter.review()
    return issue


def test_a_form_becomes_a_developer_then_a_version_and_closes_itself(counter):
    repository = counter.extension()
    issue = counter.send(repository=repository, version="v1.0.0")

    code, printed = counter.answer()
    assert code == 0, printed
    [introduction] = counter.pulls()
    assert [f.filename for f in introduction.get_files()] == ["registry/developers/alice.yaml"]
    assert introduction.user.type == "Bot"
    [said] = counter.said(issue)
    assert f"#{introduction.number} adds the developer alice" in said

    counter.review()
    assert counter.pull(introduction.number).merged
    counter.answer()
    [pull] = counter.pulls()
    assert f"#{pull.number} proposes alice.word-count 1.0.0" in counter.said(issue)[0]

    counter.review()
    assert counter.labels(pull.number) == {"review: person"}
    counter.pull(pull.number).create_review(event="APPROVE", body="fine")
    counter.review()
    assert counter.pull(pull.number).merged
    code, printed = counter.answer()
    assert code == 0, printed

    closed = counter.registry.get_issue(issue)
    assert (closed.state, closed.state_reason) == ("closed", "completed")
    [said] = counter.said(issue)
    assert "alice.word-count 1.0.0 is in the registry" in said
    assert "registry/extensions/alice/word-count/versions/1.0.0.yaml" in counter.tree()
    assert "nothing to do" in counter.answer()[1]


def test_who_asked_is_written_down_by_number_and_not_read_from_any_text(counter):
    issue = counter.send(repository=counter.extension(), version="1.0.0")
    counter.answer()

    [pull] = counter.pulls()
    kept = counter.state(submitter_path(pull.head.sha))
    assert (kept["id"], kept["issue"]) == (counter.accounts["alice"].id, issue)
    assert kept["head"] == pull.head.sha


def test_a_text_that_says_it_comes_from_another_changes_nothing(counter):
    """Mallory submits alice's extension: her own number is what counts."""
    counter.known()
    repository = counter.extension(version="1.1.0")
    issue = counter.send("mallory", repository=repository, version="v1.1.0")
    counter.answer()

    assert counter.pulls() == []
    [said] = counter.said(issue)
    assert "belongs to others; you are mallory" in said


def test_a_known_developers_next_version_is_one_form_and_counted(counter):
    counter.known()
    repository = counter.extension(version="1.1.0")
    counter.send(repository=repository, version="1.1.0")
    before = counter.github.request_counts().get("workflow", 0)
    counter.answer()
    asked = counter.github.request_counts()["workflow"] - before
    [pull] = counter.pulls()
    run = counter.review()

    assert counter.pull(pull.number).merged, run.printed
    assert asked <= 4
    assert asked + sum(run.requests.values()) <= 15


def test_nothing_open_costs_one_request_and_leaves_no_branch(counter):
    counter.known()
    counter.send(repository=counter.extension(version="1.1.0"), version="1.1.0")
    counter.answer()
    counter.review()
    counter.answer()

    before = counter.github.request_counts()["workflow"]
    _, printed = counter.answer()

    assert "nothing to do" in printed
    assert counter.github.request_counts()["workflow"] - before == 1
    assert [b.name for b in counter.registry.get_branches() if b.name.startswith("submit/")] == []


def test_another_repository_than_the_recorded_one_is_no_way_to_move(counter):
    counter.known()
    counter.extension(version="1.1.0")
    counter.github.create_repository("alice/other")
    from_there = counter.push(
        "alice", "alice/other", "main", extension("alice.word-count", "1.1.0")
    )
    issue = counter.send(repository="https://github.com/alice/other", version=from_there)
    counter.answer()

    [said] = counter.said(issue)
    assert "is published from `https://github.com/alice/word-count`" in said
    assert counter.pulls() == []


@pytest.mark.parametrize("how", ["gone", "private", "renamed", "empty"])
def test_what_became_of_a_repository_is_told_or_followed(counter, how):
    repository = counter.extension()
    mine = counter.client("alice").get_repo("alice/word-count")
    if how == "gone":
        mine.delete()
    elif how == "private":
        mine.edit(private=True)
    elif how == "renamed":
        mine.edit(name="counter")
    else:
        mine.delete()
        counter.github.create_repository("alice/word-count")
    issue = counter.send(repository=repository, version="v1.0.0")
    code, printed = counter.answer()

    assert code == 0, printed
    [said] = counter.said(issue)
    told = {
        "gone": "there is no public repository",
        "private": "there is no public repository",
        "renamed": "Introducing alice",
        "empty": "has no tag or branch called v1.0.0",
    }
    assert told[how] in said


def test_a_wrong_form_is_answered_field_by_field_and_an_edit_corrects_it(counter):
    repository = counter.extension()
    issue = counter.send(repository="github.com/alice", version="v9.9.9", directory="../up")
    counter.answer()

    [said] = counter.said(issue)
    assert "**Repository**" in said
    assert "**Directory**" in said
    assert "edit the form" in said
    assert counter.pulls() == []

    text = (
        counter.body(issue)
        .replace("github.com/alice", repository)
        .replace("../up", "_No response_")
    )
    counter.edit(issue, text)
    counter.answer()
    [said] = counter.said(issue)
    assert "has no tag or branch called v9.9.9" in said

    counter.edit(issue, text.replace("v9.9.9", "v1.0.0"))
    counter.answer()
    [said] = counter.said(issue)
    assert "Introducing alice" in said
    assert len(counter.pulls()) == 1


def test_an_edit_updates_the_same_pull_request(counter):
    issue = introduced(counter)
    counter.answer()
    [first] = counter.pulls()
    counter.extension(version="1.0.1")

    counter.edit(issue, counter.body(issue).replace("v1.0.0", "v1.0.1"))
    counter.answer()

    [second] = counter.pulls()
    assert second.number == first.number
    assert second.title == "Add alice.word-count 1.0.1"
    assert {f.filename for f in second.get_files()} == {
        "registry/extensions/alice/word-count/extension.yaml",
        "registry/extensions/alice/word-count/versions/1.0.1.yaml",
    }
    assert len(counter.said(issue)) == 1


def test_closing_the_issue_takes_the_submission_back_and_reopening_brings_it_again(counter):
    issue = introduced(counter)
    counter.answer()
    [pull] = counter.pulls()

    counter.client("alice").get_repo(REGISTRY).get_issue(issue).edit(state="closed")
    counter.answer()
    assert counter.pull(pull.number).state == "closed"
    assert "nothing to do" in counter.answer()[1]

    counter.client("alice").get_repo(REGISTRY).get_issue(issue).edit(state="open")
    counter.answer()
    [again] = counter.pulls()
    assert again.number != pull.number
    assert f"#{again.number}" in counter.said(issue)[0]


def test_a_pull_request_that_a_maintainer_closed_is_not_opened_again(counter):
    issue = introduced(counter)
    counter.answer()
    [pull] = counter.pulls()
    pull.edit(state="closed")

    counter.answer()

    assert counter.pulls() == []
    assert counter.registry.get_issue(issue).state_reason == "not_planned"
    assert f"#{pull.number} was closed by a maintainer" in counter.said(issue)[0]
    assert "nothing to do" in counter.answer()[1]


def test_a_push_by_somebody_else_to_its_branch_is_replaced(counter):
    issue = introduced(counter)
    counter.answer()
    [pull] = counter.pulls()
    evil = {"registry/extensions/alice/word-count/versions/1.0.0.yaml": f"commit: {'ab' * 20}\n"}
    pushed = counter.push("operator", REGISTRY, f"submit/{issue}", evil, onto=f"submit/{issue}")
    assert counter.state(submitter_path(pushed)) is None

    counter.answer()

    [after] = counter.pulls()
    assert after.number == pull.number
    assert after.head.sha not in (pushed, pull.head.sha)


def test_a_dry_run_says_what_it_would_do_and_does_nothing(counter):
    issue = counter.send(repository=counter.extension(), version="v1.0.0")

    code, printed = counter.answer(apply=False)

    assert code == 2
    assert f"push     issue #{issue}   Introduce developer alice" in printed
    assert counter.said(issue) == []
    assert counter.pulls() == []
    assert counter.state(f"submissions/issues/{issue}.json") is None


def test_a_repository_that_forbids_its_workflows_pull_requests_is_the_operators_to_mend(counter):
    counter.allow_pull_requests(allowed=False)
    issue = counter.send(repository=counter.extension(), version="v1.0.0")

    code, printed = counter.answer()
    assert code == 1
    assert "not permitted to create" in printed
    assert counter.said(issue) == []  # nothing that would look like alice's fault

    counter.allow_pull_requests(allowed=True)
    assert counter.answer()[0] == 0
    assert len(counter.pulls()) == 1


@pytest.mark.long
@pytest.mark.parametrize("kind", ["502", "lost answer"])
def test_whichever_call_fails_the_next_run_brings_it_to_the_same_end(counter, kind):
    counter.known()
    struck = 0
    for number in range(1, 12):
        repository = counter.extension(version=f"2.{number}.0")
        issue = counter.send(repository=repository, version=f"v2.{number}.0")
        fault = counter.github.faults.every_call(number, kind, by="workflow")
        counter.answer()
        counter.github.faults.clear()
        counter.answer()
        counter.answer()
        found = [p for p in counter.pulls() if p.head.ref == f"submit/{issue}"]
        assert len(found) == 1, number
        assert len(counter.said(issue)) == 1, number
        assert f"#{found[0].number} proposes" in counter.said(issue)[0]
        counter.registry.get_issue(issue).edit(state="closed")
        counter.answer()
        if not fault.struck:
            break
        struck += 1
    assert struck >= 4


HOSTILE = {
    "a command": "https://github.com/alice/x$(touch${IFS}/tmp/owned)",
    "a newline": "https://github.com/alice/x\n### Version or tag\n\nv1",
    "a heading": "### Version or tag",
    "up": "https://github.com/../../etc",
    "an option": "--upload-pack=touch /tmp/owned",
    "another server": "https://evil.example/alice/x",
    "a scheme": "ext::sh -c touch%20/tmp/owned",
    "ten thousand": "x" * 10_000,
    "markdown": "<img src=x onerror=alert(1)> [x](javascript:alert(1)) @operator #1 ```",
    "invisible": "https://github.com/alice/\u202ex\u200b",
}


@pytest.mark.parametrize("field", ["repository", "version", "directory"])
def test_hostile_words_are_answered_and_do_nothing(counter, field):
    good = {"repository": counter.extension(), "version": "v1.0.0", "directory": "_No response_"}
    issues = {}
    for name, word in HOSTILE.items():
        issue = counter.send("bob", **good)
        counter.edit(issue, counter.body(issue).replace(good[field], word, 1), "bob")
        issues[name] = issue
        counter.answer()
        [said] = counter.said(issue)
        assert "to correct" in said, name
        assert "<img" not in said
        assert "@operator" not in said
        assert len(said) < 3000
        counter.registry.get_issue(issue).edit(state="closed")
    assert counter.pulls() == []
    assert {name for name in counter.tree("main") if "submit" in name} == {
        ".github/ISSUE_TEMPLATE/submit.yml"
    }


def test_one_account_has_five_submissions_at_a_time(counter):
    repository = counter.extension()
    issues = [counter.send(repository=repository, version="v1.0.0") for _ in range(6)]
    counter.answer()

    assert "5 other submissions open" in counter.said(issues[-1])[0]
    assert "5 other" not in counter.said(issues[0])[0]
