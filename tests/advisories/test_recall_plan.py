"""The plan of what advisories lead to: the same facts, the same plan; too much at once is refused."""

from __future__ import annotations

import pytest

from devforge.adapters.policy import load_policy
from devforge.advisories.reopen import SetIssue, SetRecall, plan_reopen
from devforge.advisories.standing import Out, Own
from devforge.model import inbox
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

POLICY = load_policy(None).advisories


def out(number: int, version: str = "1.0.0", *, bad: bool = True, **more: object) -> Out:
    own = (Own("DEVFORGE-2026-1", "It is bad."),) if bad else ()
    return Out(ExtensionId.parse(f"acme.tool-{number}"), Version.parse(version), own=own, **more)  # type: ignore[arg-type]


def planned(*versions: Out, complete: bool = True):
    return plan_reopen(
        out=versions, members={}, issues={}, policy=POLICY, complete=complete, as_of=None, keep_percent=90
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
            out=[out(1)], members={}, issues={}, policy=POLICY, complete=True, as_of=None, keep_percent=90
        ).changes if isinstance(c, SetIssue) and c.label == inbox.LABEL
    ]  # fmt: skip
    both = inbox.with_section(theirs, "advisories", "Taken back", ["x"])
    back = inbox.with_section(both.replace("\n", "\r\n"), "advisories", "Taken back", [])

    assert mine.body.startswith(inbox.MARK)
    assert "one waits" in both
    assert back == theirs
    assert inbox.is_empty(inbox.with_section(theirs, "payouts", "Payouts", []))
