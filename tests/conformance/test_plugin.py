"""The plugin hears what a local GitHub says and keeps every difference until a test fails of it."""

from __future__ import annotations

from conformance.plugin import Tally, summary
from devforge.local.witnesses import Answered


def test_a_wrong_answer_and_a_wrong_event_are_kept_once_and_counted():
    tally = Tally()
    wrong = Answered("GET", "/api/v3/repos/o/r/releases/1", 200, "application/json", b'{"id": "x"}')
    tally.answered(wrong)
    tally.answered(wrong)
    tally.happened("issues", {"action": "sneezed"})
    problems = tally.take_problems()

    assert 'GET /repos/o/r/releases/1 → 200, id: "x" is not of type "integer"' in problems
    assert "issues sneezed: GitHub documents no such event" in problems
    assert len(problems) == len(set(problems))
    assert tally.take_problems() == []
    assert summary([tally.counts, tally.counts]) == (
        "conformance: 4 answers, 1 operations, 1 schemas, 2 events, 1 event kinds"
    )


def test_without_githubs_descriptions_nothing_breaks_and_that_is_said(monkeypatch):
    def fetch(_published):
        raise RuntimeError("npm pack: no network")

    monkeypatch.delenv("CI", raising=False)
    tally = Tally(fetch=fetch)
    tally.answered(Answered("GET", "/api/v3/user", 200, "application/json", b"{}"))

    assert tally.take_problems() == []
    assert summary([tally.counts]) == (
        "conformance: not compared. GitHub's descriptions cannot be had: npm pack: no network"
    )
    monkeypatch.setenv("CI", "true")
    strict = Tally(fetch=fetch)
    strict.answered(Answered("GET", "/api/v3/user", 200, "application/json", b"{}"))
    assert strict.take_problems() == ["GitHub's descriptions cannot be had: npm pack: no network"]


def test_pages_git_and_controls_are_no_rest_answers():
    tally = Tally()
    for path in (
        "/alice/tool.git/info/refs",
        "/pages/alice/tool/",
        "/_local/faults",
        "/api/graphql",
    ):
        tally.answered(Answered("GET", path, 200, "application/json", b"{}"))

    assert tally.answers == 0
    assert summary([tally.counts]) == ""
