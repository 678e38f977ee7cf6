"""The plan of what advisories lead to: the same facts, the same plan; too much at once is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devforge.adapters.policy import load_policy
from devforge.advisories.copied import Copied, wanting
from devforge.advisories.reopen import SetIssue, SetRecall, plan_reopen
from devforge.advisories.standing import Open, Out, Own
from devforge.model import inbox
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

POLICY = load_policy(None).advisories
FRESH = Copied("2026-11-30T04:17:00Z", 0, POLICY.ecosystems)


def out(number: int, version: str = "1.0.0", *, bad: bool = True, **more: object) -> Out:
    own = (Own("DEVFORGE-2026-1", "It is bad."),) if bad else ()
    return Out(ExtensionId.parse(f"acme.tool-{number}"), Version.parse(version), own=own, **more)  # type: ignore[arg-type]


def planned(*versions: Out, complete: bool = True, copied: Copied | None = FRESH, issues=None):
    return plan_reopen(
        out=versions, members={}, issues=issues or {}, policy=POLICY, complete=complete, copied=copied, keep_percent=90
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "fine", "refused"), [(10, 0, False), (11, 50, True), (11, 100, False)]
)
def test_one_wrong_record_never_empties_the_marketplace(bad, fine, refused):
    versions = [out(n) for n in range(bad)] + [out(1000 + n, bad=False) for n in range(fine)]

    assert bool(planned(*versions).refusals) is refused


def test_the_same_facts_make_the_same_plan_in_any_order():
    versions = [out(1), out(1, "2.0.0", bad=False), out(2)]

    assert planned(*versions).digest == planned(*reversed(versions)).digest


def test_a_version_that_its_record_takes_back_is_left_to_it():
    plan = planned(out(1, by_record=True), out(1, "2.0.0", bad=False))

    assert [c for c in plan.changes if isinstance(c, SetRecall)] == []
    assert any("its record takes it back already" in note for note in plan.notes)


def test_a_prerelease_or_an_older_version_is_never_named_instead():
    plan = planned(out(1, "1.0.0", bad=False), out(1, "1.1.0"), out(1, "2.0.0-beta.1", bad=False))
    (recall,) = [c.recall for c in plan.changes if isinstance(c, SetRecall)]

    assert recall.yanked is not None
    assert recall.yanked.replacement is None


def test_each_job_of_the_inbox_edits_its_own_section_alone():
    theirs = inbox.with_section(None, "payouts", "Payouts", ["one waits"])
    (mine,) = [
        c for c in plan_reopen(
            out=[out(1)], members={}, issues={}, policy=POLICY, complete=True, copied=FRESH, keep_percent=90
        ).changes if isinstance(c, SetIssue) and c.label == inbox.LABEL
    ]  # fmt: skip
    both = inbox.with_section(theirs, "advisories", "Taken back", ["x"])
    back = inbox.with_section(both.replace("\n", "\r\n"), "advisories", "Taken back", [])

    assert mine.body.startswith(inbox.MARK)
    assert "one waits" in both
    assert back == theirs
    assert inbox.is_empty(inbox.with_section(theirs, "payouts", "Payouts", []))


@pytest.mark.parametrize(
    ("copied", "told"),
    [
        (None, ["there is none"]),
        (replace(FRESH, ecosystems=("PyPI",)), ["it has nothing of npm"]),
        (replace(FRESH, age_days=POLICY.stale_days), []),
        (replace(FRESH, age_days=POLICY.stale_days + 1), ["it is of 2026-11-30"]),
        (
            Copied("long ago", 36_500, ()),
            ["it has nothing of PyPI and npm", "it is of long ago, more than "],
        ),
    ],
)
def test_the_operator_is_told_once_what_the_copy_lacks_until_it_is_there(copied, told):
    first = [c for c in planned(copied=copied, complete=False).changes if isinstance(c, SetIssue)]
    lines = [line for issue in first for line in issue.body.splitlines() if line.startswith("- ")]
    seen = {inbox.MARK: Open(7, inbox.TITLE, first[0].body, "open")} if first else {}

    assert [line.startswith(f"- {said}") for line, said in zip(lines, told, strict=True)] == [
        True
    ] * len(told)
    assert planned(copied=copied, complete=False, issues=seen).changes == ()
    assert [c.state for c in planned(issues=seen).changes if isinstance(c, SetIssue)] == [
        "closed"
    ] * len(first)


def test_what_waits_stays_in_the_inbox_while_not_all_is_known():
    body = inbox.with_section(None, "advisories", "Taken back", ["acme.tool-1 1.0.0"])
    there = {inbox.MARK: Open(7, inbox.TITLE, body, "open")}
    (told,) = planned(copied=None, complete=False, issues=there).changes

    assert isinstance(told, SetIssue)
    assert "acme.tool-1 1.0.0" in told.body
    assert "there is none" in told.body


def test_who_asks_for_no_ecosystem_is_told_of_no_copy():
    assert list(wanting(None, POLICY.model_copy(update={"ecosystems": ()}))) == []
