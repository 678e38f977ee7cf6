"""What is decided and planned, as pure functions of what was observed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.adapters.github_answers import Pull
from devforge.adapters.policy import load_policy
from devforge.model.names import ExtensionId
from devforge.model.verdict import CheckReport, Finding, Report
from devforge.model.versions import Version
from devforge.review.acts import (
    DispatchPublish,
    Merge,
    PutComment,
    Remember,
    SetLabels,
    SetStatus,
)
from devforge.review.decide import decide
from devforge.review.memory import Memory, memory_path, read_memory
from devforge.review.plan import OldComment, Reviewed, plan_review
from devforge.review.queue import choose

POLICY = load_policy(None)
HEAD, OTHER = "a" * 40, "b" * 40
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def checks(*, without=(), **findings) -> list[CheckReport]:
    """All checks passed, but for those named: a severity, `silent`, or left out."""
    made = []
    for name in POLICY.review.checks:
        if name in without:
            continue
        word = findings.get(name)
        found = ()
        if word in ("block", "person", "warn", "info"):
            found = (Finding(rule="a-rule", severity=word, at="x", problem="p", remedy="r"),)
        verdict = "no verdict" if word == "silent" else "failed" if found else "passed"
        made.append(CheckReport(name=name, verdict=verdict, score=100, seconds=0, findings=found))
    return made


@pytest.mark.parametrize(
    ("reports", "outcome"),
    [
        (checks(), "merge"),
        (checks(quality="warn"), "merge"),
        (checks(security="person"), "person"),
        (checks(security="block"), "mend"),
        (checks(coverage="silent"), "no verdict"),
        (checks(coverage="silent", security="person"), "no verdict"),
        (checks(coverage="silent", security="block"), "mend"),
        (checks(without=["security"]), "no verdict"),
        (checks() + checks(without=POLICY.review.checks[1:]), "no verdict"),
        ([], "no verdict"),
        ([r.model_copy(update={"score": 10}) for r in checks()], "mend"),
    ],
)
def test_nothing_is_merged_that_did_not_wholly_pass(reports, outcome):
    decision = decide(reports, POLICY)

    assert decision.outcome == outcome
    assert decision.reasons or outcome == "merge"


@given(
    words=st.dictionaries(
        st.sampled_from(POLICY.review.checks),
        st.sampled_from(["block", "person", "silent", "warn", "absent"]),
    )
)
def test_a_merge_needs_every_check_and_no_objection(words):
    absent = [name for name, word in words.items() if word == "absent"]
    outcome = decide(checks(without=absent, **words), POLICY).outcome

    assert (outcome == "merge") == (set(words.values()) <= {"warn"})


def test_an_approval_settles_what_a_person_must_see_and_nothing_else():
    approved = ("jane",)

    assert decide(checks(security="person"), POLICY, approved_by=approved).outcome == "merge"
    assert decide(checks(security="block"), POLICY, approved_by=approved).outcome == "mend"
    assert decide(checks(security="silent"), POLICY, approved_by=approved).outcome == "no verdict"


def test_with_merging_turned_off_everything_good_waits_for_a_person():
    policy = POLICY.model_copy(update={"review": POLICY.review.model_copy(update={"merge": False})})

    assert decide(checks(), policy).outcome == "person"
    assert decide(checks(), policy, approved_by=("jane",)).outcome == "merge"


def reviewed(outcome="merge", **more) -> Reviewed:
    report = Report(
        extension="acme.todo", version="1.0.0", decision=outcome, checks=tuple(checks())
    )
    given = {
        "pull": 7, "head": HEAD, "title": "acme.todo 1.0.0", "updated_at": "2026-11-24T11:00:00Z", "now": NOW, "labels": ("kind: new",),
        "report": report, "body": "words", "id": ExtensionId("acme", "todo"), "version": Version.parse("1.0.0"),
    }  # fmt: skip
    return Reviewed(**(given | more))


def test_what_people_see_comes_before_the_memory_and_the_merge_comes_last():
    plan = plan_review(reviewed=[reviewed()], policy=POLICY, branch="main")

    kinds = [type(change) for change in plan.changes]
    assert kinds == [PutComment, SetLabels, SetStatus, Remember, Merge, DispatchPublish]
    assert plan.changes[1].labels == ("kind: new", "review: merge")
    assert plan.changes[4].head == HEAD


@pytest.mark.parametrize("outcome", ["mend", "person", "no verdict"])
def test_only_a_merge_merges_and_starts_publishing(outcome):
    plan = plan_review(reviewed=[reviewed(outcome)], policy=POLICY, branch="main")

    assert not [c for c in plan.changes if isinstance(c, Merge | DispatchPublish)]
    [memory] = [c for c in plan.changes if isinstance(c, Remember)]
    assert (memory.report is not None) == (outcome == "person")


def test_the_same_observation_gives_the_same_plan_and_equal_comments_are_left_alone():
    first = plan_review(reviewed=[reviewed()], policy=POLICY, branch="main")
    second = plan_review(reviewed=[reviewed()], policy=POLICY, branch="main")
    [comment] = [c for c in first.changes if isinstance(c, PutComment)]
    memory = next(c for c in first.changes if isinstance(c, Remember)).memory
    known = reviewed(
        comment=OldComment(9, memory.comment_sha256), labels=("review: merge", "kind: new")
    )
    third = plan_review(reviewed=[known], policy=POLICY, branch="main")

    assert first.digest == second.digest
    assert comment.comment is None
    assert not [c for c in third.changes if isinstance(c, PutComment | SetLabels)]


def pull(number=1, head=HEAD, updated="t1", **more) -> Pull:
    return Pull.model_validate(
        {
            "number": number, "title": "x", "user": None, "created_at": "t0", "updated_at": updated,
            "head": {"sha": head, "ref": "x"}, "base": {"sha": OTHER, "ref": "main"}, **more,
        }
    )  # fmt: skip


def memory(outcome="mend", **more) -> Memory:
    return Memory.model_validate({"head": HEAD, "outcome": outcome, "seen": "t1", **more})


@pytest.mark.parametrize(
    ("known", "now", "wanted"),
    [
        (None, pull(), "review"),
        (memory(settled=True), pull(), "leave"),
        (memory(), pull(head=OTHER), "review"),
        (memory("person", settled=True), pull(), "leave"),
        (memory("person", settled=True), pull(updated="t2"), "news"),
        (memory("person"), pull(), "news"),
        (memory(settled=True), pull(updated="t2"), "news"),
        (memory("wait", settled=True, not_before=NOW), pull(), "news"),
        (memory("wait", settled=True, not_before=NOW + timedelta(seconds=1)), pull(), "leave"),
        (memory(settled=True, again=True), pull(), "review"),
        (memory("no verdict"), pull(), "review"),
        (memory("no verdict", attempts=3, settled=True), pull(), "leave"),
        (memory("merge"), pull(), "review"),  # the merge did not happen
        (memory(waits_for=(1,), settled=True), pull(), "leave"),
        (memory(waits_for=(99,)), pull(), "review"),  # what stood in its way is gone
        (None, pull(draft=True), "leave"),
    ],
)
def test_the_state_decides_what_is_looked_at(known, now, wanted):
    queue = choose([now], {1: known} if known else {}, branch="main", retries=3, now=NOW)

    found = "review" if queue.review else "news" if queue.news else "leave"
    assert found == wanted
    assert len(queue.review) + len(queue.news) + len(queue.notes) == 1


def test_asking_for_one_pull_request_reviews_it_whatever_is_remembered():
    pulls = [pull(1), pull(2)]
    queue = choose(pulls, {1: memory(), 2: memory()}, branch="main", retries=3, now=NOW, only=2)

    assert [p.number for p in queue.review] == [2]


def test_a_memory_that_cannot_be_read_is_made_anew():
    good = memory()

    assert read_memory(good.model_dump_json().encode()) == good
    assert read_memory(b"{") is None
    assert read_memory(b'{"outcome": "merge"}') is None
    assert memory_path(12345) == "pulls/12/12345.json"


def test_looks_at_one_head_are_counted_and_a_push_starts_anew():
    again = replace(reviewed("no verdict"), memory=memory("no verdict", attempts=2))
    pushed = replace(again, head=OTHER)

    for review, attempts in ((again, 3), (pushed, 1)):
        plan = plan_review(reviewed=[review], policy=POLICY, branch="main")
        [kept] = [c for c in plan.changes if isinstance(c, Remember)]
        assert kept.memory.attempts == attempts
