"""What reports lead to: when a version is halted, when a person is told, and when neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.health.plan import Halt, Remember, Watched, plan_health
from devforge.health.tally import Counted
from devforge.health.verdict import judge
from devforge.model.health import HealthNote, Tally
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def watched(text="acme.ink 1.4.0", *, before=None, age_hours=30, note=None, **fields):
    id, version = ExtensionId.parse(text.split()[0]), Version.parse(text.split()[1])
    kept = HealthNote(id=id, version=version, **(note or {}))
    below = Version.parse(before) if before else None
    return Watched(id, version, NOW - timedelta(hours=age_hours), kept, before=below, **fields)


def counted(ok=0, failed=0, *, hits=None):
    total = Tally(ok=ok, failed=failed)
    return Counted(total, {"2026-11-30": total}, failed if hits is None else hits)


def outlook(rules, *pairs, now=NOW, **changes):
    rules = rules.model_copy(update=changes)
    found = {one.key: said for one, said in pairs if said}
    return plan_health(watched=[one for one, _ in pairs], counted=found, rules=rules, now=now)


def halts(outlook):
    return [f"{c.id} {c.version}" for c in outlook.plan.changes if isinstance(c, Halt)]


def told(outlook):
    return [tell.what for tell in outlook.tells]


def test_what_fails_in_enough_networks_and_in_a_large_share_is_halted(rules):
    assert halts(outlook(rules, (watched(), counted(ok=60, failed=20)))) == ["acme.ink 1.4.0"]


@pytest.mark.parametrize(("ok", "failed"), [(0, 19), (5, 19), (81, 20), (10_000, 99), (50, 0)])
def test_few_failures_or_a_small_share_halt_nothing(rules, ok, failed):
    found = outlook(rules, (watched(), counted(ok=ok, failed=failed)))

    assert (halts(found), told(found)) == ([], [])


def test_many_failures_are_told_whatever_share_of_the_rest_says_ok(rules):
    """Somebody who floods the beacon with ok can keep a version from being halted, not from being seen."""
    found = outlook(rules, (watched(), counted(ok=50_000, failed=100)))

    assert halts(found) == []
    assert told(found) == ["failed in 100 networks, started in 50000: a small share, but many"]


def test_more_success_than_a_version_can_have_had_is_not_believed(rules):
    before = watched("acme.ink 1.3.0", age_hours=400), counted(ok=40, failed=1)
    found = outlook(rules, (watched(before="1.3.0"), counted(ok=2_000, failed=25)), before)

    assert halts(found) == ["acme.ink 1.4.0"]
    assert "2000 words of success are not believed" in found.plan.render()


def test_a_version_no_worse_than_the_one_before_is_left_and_told(rules):
    before = watched("acme.ink 1.3.0", age_hours=400), counted(ok=60, failed=40)
    found = outlook(rules, (watched(before="1.3.0"), counted(ok=60, failed=40)), before)

    assert halts(found) == []
    assert told(found) == [
        "failed in 40 networks, started in 60; but the version before failed in 40 networks, started in 60"
    ]


def test_a_version_much_worse_than_the_one_before_is_halted(rules):
    before = watched("acme.ink 1.3.0", age_hours=400), counted(ok=95, failed=5)

    assert halts(outlook(rules, (watched(before="1.3.0"), counted(ok=70, failed=30)), before))


def test_old_versions_are_left_alone(rules):
    assert halts(outlook(rules, (watched(age_hours=24 * 8), counted(failed=500)))) == []


def test_more_halts_than_a_day_has_are_none_and_all_are_told(rules):
    ill = [(watched(f"acme.e{n} 1.0.0"), counted(failed=30)) for n in range(4)]
    found = outlook(rules, *ill)

    assert halts(found) == []
    assert len(told(found)) == 4
    assert all("somebody may be playing with the beacon" in what for what in told(found))
    assert len(halts(outlook(rules, *ill[:3]))) == 3


def test_halts_of_the_last_day_count_also_where_a_person_went_on(rules):
    earlier = {"job_halted": NOW - timedelta(hours=5), "since": NOW - timedelta(hours=1)}
    done = [(watched(f"acme.d{n} 1.0.0", note=earlier), None) for n in range(3)]

    assert halts(outlook(rules, *done, (watched(), counted(failed=30)))) == []
    assert halts(outlook(rules, *done[:2], (watched(), counted(failed=30)))) == ["acme.ink 1.4.0"]


def test_a_release_that_mends_a_hole_is_halted_by_a_person_alone(rules):
    """Else whoever wants the hole to stay open reports that the fix fails."""
    found = outlook(rules, (watched(is_security=True), counted(failed=300)))

    assert halts(found) == []
    assert "halted by a person alone" in told(found)[0]


@pytest.mark.parametrize("mode", ["tell", "off"])
def test_a_policy_that_does_not_halt_does_not(rules, mode):
    found = outlook(rules, (watched(), counted(failed=30)), mode=mode)

    assert halts(found) == []
    assert told(found) == [f"failed in 30 networks, started in 0; health.mode is {mode}"]


def test_many_words_from_few_networks_are_told(rules):
    found = outlook(rules, (watched(), counted(failed=1, hits=5_000)))

    assert halts(found) == []
    assert "said 5000 times to fail, from 1 networks alone" in told(found)[0]


def test_what_was_reported_before_a_person_went_on_is_settled(rules):
    halted = NOW - timedelta(hours=3)
    note = {"halted": halted, "job_halted": halted, "total": Tally(failed=30)}
    found = outlook(rules, (watched(note=note), counted(failed=30, hits=900)))

    [change] = found.plan.changes
    assert isinstance(change, Remember)
    assert (change.note.since, change.note.halted, change.note.total) == (NOW, None, Tally())
    assert (halts(found), told(found)) == ([], [])


def test_what_somebody_else_halted_is_remembered_so_that_going_on_counts(rules):
    found = outlook(rules, (watched(is_halted=True), counted(failed=30)))

    [change] = found.plan.changes
    assert change.note.halted == NOW
    assert halts(found) == []
    assert told(found) == ["is halted: it failed in 30 networks and started in 0"]


def test_a_day_s_count_never_falls_when_old_logs_are_deleted(rules):
    note = {"days": {"2026-11-29": Tally(failed=9)}, "total": Tally(ok=3, failed=9)}
    [change] = outlook(rules, (watched(note=note), counted(failed=2))).plan.changes

    assert change.note.days["2026-11-29"] == Tally(failed=9)
    assert change.note.total == Tally(ok=3, failed=9)


tallies = st.builds(Tally, ok=st.integers(0, 300), failed=st.integers(0, 300))


@given(
    said=st.lists(tallies, min_size=1, max_size=6),
    halted=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_a_plan_that_was_carried_out_leaves_an_empty_one(rules, said, halted):
    pairs = [
        (watched(f"acme.e{n} 1.0.0", is_halted=halted[n]), counted(t.ok, t.failed))
        for n, t in enumerate(said)
    ]
    first = outlook(rules, *pairs)
    done = {(c.note.id): c for c in first.plan.changes}
    after = []
    for one, text in pairs:
        change = done.get(one.id)
        note = change.note.model_dump(exclude={"id", "version"}) if change else None
        is_halted = one.is_halted or isinstance(change, Halt)
        after.append((watched(f"{one.id} 1.0.0", note=note, is_halted=is_halted), text))

    assert outlook(rules, *after, now=NOW + timedelta(minutes=30)).plan.changes == ()
    assert outlook(rules, *pairs).plan.digest == first.plan.digest


@given(now=tallies, before=tallies, more=st.integers(1, 400))
def test_more_failures_never_make_a_version_look_better(rules, now, before, more):
    worse = now.model_copy(update={"failed": now.failed + more})
    order = {"unknown": 0, "fine": 1, "odd": 2, "fails": 3}

    assert order[judge(worse, before, 0, rules).kind] >= order[judge(now, before, 0, rules).kind]


@given(now=tallies, before=tallies, more=st.integers(1, 5000))
def test_words_of_success_never_halt_what_they_would_not_have_hidden(rules, now, before, more):
    """Flooding the beacon with ok halts only what failed often enough to be halted by itself."""
    flooded = now.model_copy(update={"ok": now.ok + more})
    if judge(flooded, before, 0, rules).kind == "fails":
        assert now.failed >= rules.minimum_failed
