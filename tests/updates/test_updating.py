"""Updates as people want them: pins, holds, cooldown, roll-outs, windows, and why not yet."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from updates.conftest import id_

from devforge.errors import BadInput, Refused

HOUR_OLD = "2026-11-30T11:00:00Z"


def notes(proposal):
    return "\n".join(proposal.plan.notes)


def test_an_update_takes_the_newest_and_a_second_one_changes_nothing(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0").add("acme.ink", "1.2.0")

    assert person.update("acme.ink").done[0].line.startswith("update   acme.ink 1.2.0")
    assert person.has == {"acme.ink": "1.2.0"}
    assert person.plan().plan.changes == ()


def test_an_hour_old_version_waits_and_says_until_when(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", published=HOUR_OLD)

    plan = person.plan()

    assert plan.plan.changes == ()
    assert "is 1 h old; versions wait 24 h, until 2026-12-01 11:00 UTC" in notes(plan)
    person.clock.on(hours=23)
    assert person.update().done[0].version.version.text == "1.1.0"


@pytest.mark.parametrize("config", ["cooldown_excludes: [acme]", "cooldown_excludes: [acme.ink]", "cooldown_hours: 1"])  # fmt: skip
def test_the_cooldown_has_excludes_and_a_length(shelf, person, config):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    person.configure(config)
    shelf.add("acme.ink", "1.1.0", published=HOUR_OLD)

    assert len(person.update(mode="schedule").done) == 1


def test_a_security_release_does_not_wait(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", published=HOUR_OLD, security=True)

    assert len(person.update(mode="schedule").done) == 1


def test_whoever_sits_on_a_known_hole_does_not_wait(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", published=HOUR_OLD)
    shelf.say("acme.ink", min_secure_version="1.1.0")

    assert len(person.update(mode="schedule").done) == 1


def test_a_version_without_a_date_waits_for_ever_but_can_be_taken(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", published=None)

    assert "does not say when it was published" in notes(person.plan())
    assert len(person.update("acme.ink", mode="now").done) == 1


@pytest.mark.parametrize("year", [1970, 2100])
def test_with_a_wrong_clock_nothing_young_or_staged_comes_unasked(shelf, person, year):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0").add("acme.ink", "1.2.0", rollout={"stages": [50, 100], "hours": 1})  # fmt: skip
    person.clock.now = datetime(year, 1, 1, tzinfo=UTC)

    plan = person.plan()

    assert plan.plan.changes == ()
    assert "clock is wrong" in notes(plan) or "0 % so far" in notes(plan)
    assert person.update("acme.ink", mode="now").done[0].version.version.text == "1.2.0"


def test_whoever_is_outside_a_roll_out_gets_the_newest_that_admits_them(shelf, person):
    shelf.add("acme.ink", "2.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "7.0.0")
    shelf.add("acme.ink", "8.0.0", rollout={"stages": [1, 100], "hours": 720})
    person.home.id_file.write_text("0" * 32 + "\n")  # its bucket for 8.0.0 is not among the 1 %

    plan = person.plan()

    assert [c.version.version.text for c in plan.plan.changes] == ["7.0.0"]
    assert "8.0.0   reaches 1 % so far, and this install is not among them; more from" in notes(plan)  # fmt: skip


@pytest.mark.parametrize("rollout", ["malformed", {"stages": ["10"], "hours": 1}, {"stages": [-1, 100], "hours": 1}, 100])  # fmt: skip
def test_a_malformed_roll_out_leaves_the_version_before(shelf, person, rollout):
    shelf.add("acme.ink", "1.0.0").add("acme.ink", "1.1.0").add("acme.ink", "1.2.0", rollout=rollout)  # fmt: skip

    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.1.0"}


def test_an_install_prefers_what_has_cooled_down_and_says_what_waits(shelf, person):
    shelf.add("acme.ink", "1.0.0").add("acme.ink", "1.1.0", published=HOUR_OLD)
    shelf.add("acme.new", "1.0.0", published=HOUR_OLD)

    plan = person.updates.plan_install([id_("acme.ink"), id_("acme.new")])

    assert [c.version.version.text for c in plan.plan.changes] == ["1.0.0", "1.0.0"]
    told = "is 1 h old; versions wait 24 h, until 2026-12-01 11:00 UTC"
    assert set(plan.plan.notes) == {
        f"wait     acme.ink 1.1.0   {told}",
        f"early    acme.new 1.0.0   {told}; there is no other for you",
    }


def test_whoever_asks_for_what_only_some_are_offered_yet_gets_it_and_is_told(shelf, person):
    """A roll-out keeps updates from everybody; where nothing is installed there is nothing to update."""
    slow = {"stages": [1, 100], "hours": 720}
    shelf.add("acme.ink", "1.0.0", rollout=slow)
    person.home.root.mkdir()
    person.home.id_file.write_text("0" * 32 + "\n")

    plan = person.updates.plan_install([id_("acme.ink")])
    person.updates.apply(plan)

    assert person.has == {"acme.ink": "1.0.0"}
    assert "early    acme.ink 1.0.0   reaches 1 % so far" in notes(plan)
    shelf.add("acme.ink", "1.1.0", rollout=slow)
    assert person.plan().plan.changes == ()
    assert person.updates.plan_install([id_("acme.ink")]).plan.changes == ()


@pytest.mark.parametrize("rollout", ["malformed", {"stages": [0, 100], "hours": 24}, {"stages": [-1], "hours": 1}])  # fmt: skip
def test_what_is_offered_to_nobody_is_not_had_by_asking(shelf, person, rollout):
    shelf.add("acme.ink", "1.0.0", rollout=rollout)

    with pytest.raises(BadInput, match="reaches 0 % so far"):
        person.install("acme.ink")


def test_a_halted_version_reaches_nobody_who_lacks_it_and_is_taken_from_nobody(shelf, person):
    shelf.add("acme.ink", "1.0.0").add("acme.ink", "1.1.0")
    person.install("acme.ink")
    shelf.change("acme.ink", "1.1.0", halted=True)
    assert person.plan().plan.changes == ()
    assert person.has == {"acme.ink": "1.1.0"}

    person.updates.apply(person.updates.plan_remove([id_("acme.ink")]))
    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.0.0"}
    assert "1.1.0   is halted" in notes(person.plan("acme.ink", mode="now"))
    person.install(exact={"acme.ink": "1.1.0"})
    assert person.has == {"acme.ink": "1.1.0"}


def test_an_update_of_all_leaves_what_is_pinned_held_or_disabled(shelf, person):
    for name in ("pinned", "held", "off", "free"):
        shelf.add(f"acme.{name}", "1.0.0")
        person.install(f"acme.{name}")
        shelf.add(f"acme.{name}", "1.1.0")
    person.configure(
        "extensions:\n  acme.pinned: {policy: pinned}\n  acme.held: {held_until: always}\n"
    )
    person.updates.set_enabled(id_("acme.off"), enabled=False)

    person.update()

    assert person.has == {
        "acme.pinned": "1.0.0", "acme.held": "1.0.0", "acme.off": "1.0.0", "acme.free": "1.1.0",
    }  # fmt: skip
    person.update("acme.held", "acme.off", "acme.pinned")
    assert person.has["acme.held"] == person.has["acme.off"] == "1.1.0"
    assert person.has["acme.pinned"] == "1.0.0"
    assert not person.entry("acme.off").enabled or person.has["acme.off"] == "1.1.0"


def test_a_disabled_extension_stays_disabled_when_it_is_updated(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    person.updates.set_enabled(id_("acme.ink"), enabled=False)
    shelf.add("acme.ink", "1.1.0")

    person.update("acme.ink")

    assert person.has == {"acme.ink": "1.1.0"}
    assert not person.entry("acme.ink").enabled


def test_a_hold_ends(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0")
    person.configure('extensions:\n  acme.ink: {held_until: "2026-12-01T00:00:00Z"}\n')

    assert "held; 1.1.0 is out" in notes(person.plan())
    person.clock.on(hours=24)
    assert len(person.update().done) == 1


def test_a_pin_is_stronger_than_what_another_needs(shelf, person):
    shelf.add("acme.base", "1.0.0").add("acme.base", "2.0.0")
    person.install(exact={"acme.base": "1.0.0"})
    person.configure("extensions:\n  acme.base: {policy: pinned}\n")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^2.0.0"})

    with pytest.raises(BadInput, match=r"acme.base 1.0.0.*is pinned|1.0.0 is pinned"):
        person.install("acme.ink")
    with pytest.raises(BadInput, match="unpin"):
        person.install(exact={"acme.base": "2.0.0"})
    assert person.has == {"acme.base": "1.0.0"}


def test_what_is_made_unasked_keeps_to_its_windows(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0")
    person.configure('windows: ["22:00-06:00"]')

    plan = person.plan(mode="schedule")

    assert plan.plan.changes == ()
    assert "until 22:00-06:00" in notes(plan)
    assert len(person.plan().plan.changes) == 1  # a person may at any time
    person.clock.on(hours=14)  # two in the morning
    assert len(person.update(mode="schedule").done) == 1


def test_who_pays_for_downloads_is_told_and_gets_none_unasked(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0")
    person.configure("metered: true")

    plan = person.plan(mode="schedule")

    assert plan.plan.changes == ()
    assert "1 update   `metered` is on" in notes(plan)
    assert len(person.update().done) == 1  # a person may at any time


def test_who_wants_to_be_asked_is_only_told(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0")
    person.configure("policy: notify")

    assert "you want to be asked; 1.1.0 is out" in notes(person.plan(mode="schedule"))
    assert len(person.update().done) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"permissions": ["process"]}, "asks for process"),
        ({"extension_dependencies": {"acme.base": "*"}}, "also needs acme.base"),
    ],
)
def test_new_power_is_never_taken_unasked(shelf, person, fields, says):
    shelf.add("acme.ink", "1.0.0").add("acme.base", "1.0.0")
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", **fields)

    assert says in notes(person.plan(mode="schedule"))
    assert person.plan(mode="schedule").plan.changes == ()
    assert len(person.update().done) >= 1


def test_what_an_update_may_newly_use_is_in_its_line(shelf, person):
    shelf.add("acme.ink", "1.0.0", permissions=["clipboard"])
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", permissions=["clipboard", "network:api.example.com"])

    assert person.plan().plan.changes[0].line.endswith("may now also use network:api.example.com")


def test_a_prerelease_comes_only_when_it_is_named(shelf, person):
    shelf.add("acme.ink", "1.0.0").add("acme.ink", "2.0.0-beta.1")
    person.install("acme.ink")

    assert person.has == {"acme.ink": "1.0.0"}
    assert person.plan().plan.changes == ()
    person.install(exact={"acme.ink": "2.0.0-beta.1"})
    assert person.has == {"acme.ink": "2.0.0-beta.1"}


def test_what_goes_wrong_with_one_is_told_and_the_others_are_updated(shelf, person):
    for name in ("one", "two", "three"):
        shelf.add(f"acme.{name}", "1.0.0")
    person.install("acme.one", "acme.two", "acme.three")
    for name in ("one", "two", "three"):
        shelf.add(f"acme.{name}", "1.1.0")
    shelf.broken = {"acme.two 1.1.0"}

    outcome = person.update()

    assert {str(id): why for id, why in outcome.failed.items()} == {
        "acme.two": "acme.two 1.1.0: not what the index promises; nothing was changed"
    }
    assert person.has == {"acme.one": "1.1.0", "acme.two": "1.0.0", "acme.three": "1.1.0"}


def test_what_needs_the_one_that_failed_stays_with_it(shelf, person):
    shelf.add("acme.base", "1.0.0")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1"})
    person.install("acme.ink")
    shelf.add("acme.base", "2.0.0")
    shelf.add("acme.ink", "2.0.0", extension_dependencies={"acme.base": "^2"})
    shelf.broken = {"acme.base 2.0.0"}

    outcome = person.update()

    assert person.has == {"acme.base": "1.0.0", "acme.ink": "1.0.0"}
    assert "acme.base could not be updated with it" in outcome.failed[id_("acme.ink")]
    shelf.broken = {"acme.ink 2.0.0"}
    assert "acme.ink could not be updated with it" in person.update().failed[id_("acme.base")]
    assert person.has == {"acme.base": "1.0.0", "acme.ink": "1.0.0"}
    shelf.broken = set()
    person.update()
    assert person.has == {"acme.base": "2.0.0", "acme.ink": "2.0.0"}


def test_an_install_is_all_or_nothing(shelf, person):
    shelf.add("acme.base", "1.0.0")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1"})
    shelf.broken = {"acme.base 1.0.0"}

    with pytest.raises(Refused, match="not what the index promises"):
        person.install("acme.ink")

    assert person.has == {}
    assert not (person.home.root / "installed.json").exists()


def test_a_home_that_changed_since_the_plan_is_left_alone(shelf, person):
    shelf.add("acme.ink", "1.0.0").add("acme.base", "1.0.0")
    proposal = person.updates.plan_install([id_("acme.ink")])
    person.install("acme.base")

    with pytest.raises(Refused, match="changed it meanwhile; run this again"):
        person.updates.apply(proposal)
    assert person.has == {"acme.base": "1.0.0"}


@pytest.mark.parametrize("seed", range(12))
def test_an_applied_plan_leaves_nothing_to_do_and_a_way_back_leads_back(shelf, person, seed):
    draw = random.Random(seed)
    names = [f"acme.x{number}" for number in range(5)]
    for round_ in range(4):
        for name in names:
            others = [other for other in names if other > name and draw.random() < 0.3]
            needs = {
                other: draw.choice(["*", "^1", ">=1.1.0" if round_ > 1 else "*"])
                for other in others
            }
            if draw.random() < 0.7 or not round_:
                shelf.add(name, f"1.{round_}.0", extension_dependencies=needs)
        before, moment = person.has, person.clock.now
        person.clock.on(hours=1)
        if not round_:
            person.install(*draw.sample(names, 2))
        plan = person.plan()
        assert plan.plan.digest == person.updates.plan(mode="person").plan.digest
        person.updates.apply(plan)

        assert person.plan().plan.changes == ()
        installed = person.updates.installed()
        assert all(
            range_.admits(installed[needed].version)
            for entry in installed.values()
            for needed, range_ in entry.extension_dependencies.items()
        )
        after = person.has
        if round_ == 3:
            person.back_to(moment)
            assert person.has == before
            assert after != {}
