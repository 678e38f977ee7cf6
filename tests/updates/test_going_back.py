"""The way back: by a person, by a version that does not start, and by the registry's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from updates.conftest import id_, version_

from devforge.errors import BadInput, Refused


@pytest.fixture
def three(shelf, person):
    """acme.ink was installed at 1.0.0 and updated to 1.1.0 and 1.2.0, an hour apart."""
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        shelf.add("acme.ink", version)
        person.update() if person.has else person.install("acme.ink")
        person.clock.on(hours=1)
    return person


def content(person, name="acme.ink"):
    return (person.home.root / person.entry(name).directory / "extension.py").read_text()


def test_one_command_goes_back_without_a_download_and_stays_back(shelf, three):
    shelf.is_down = True
    three.back("acme.ink")
    shelf.is_down = False

    assert three.has == {"acme.ink": "1.1.0"}
    assert content(three) == "VERSION = '1.1.0'\n"
    for mode in ("schedule", "person", "now"):
        plan = three.plan(mode=mode)
        assert plan.plan.changes == ()
        assert plan.plan.notes == (
            (
                "wait     acme.ink 1.2.0   was gone back from on 2026-11-30, so a newer one is waited for; "
                "`devforge install acme.ink --version 1.2.0` takes it"
            ),
        )
    three.updates.close()  # a restart
    assert three.plan("acme.ink", mode="now").plan.changes == ()
    shelf.add("acme.ink", "1.2.1")
    three.update()
    assert three.has == {"acme.ink": "1.2.1"}


def test_going_back_twice_goes_back_two_versions(three):
    three.back("acme.ink")
    three.back("acme.ink")

    assert three.has == {"acme.ink": "1.0.0"}
    with pytest.raises(BadInput, match=r"1.0.0 is the first version this home had"):
        three.back("acme.ink")


def test_a_version_gone_back_from_can_be_named(three):
    three.back("acme.ink")
    three.install(exact={"acme.ink": "1.2.0"})

    assert three.has == {"acme.ink": "1.2.0"}
    assert three.home.state().skipped == {}
    three.back("acme.ink")
    assert three.has == {"acme.ink": "1.1.0"}


def test_after_going_back_an_older_version_than_that_is_not_offered_either(shelf, three):
    three.back("acme.ink", to="1.0.0")

    assert three.plan().plan.changes == ()


def test_everything_goes_back_to_a_moment(shelf, three):
    moment = three.clock.now
    three.clock.on(minutes=1)
    shelf.add("acme.pen", "1.0.0").add("acme.ink", "1.3.0")
    three.install("acme.pen")
    three.update()
    three.updates.apply(three.updates.plan_remove([id_("acme.ink")]))
    assert three.has == {"acme.pen": "1.0.0"}

    three.back_to(moment)

    assert three.has == {"acme.ink": "1.2.0"}
    assert content(three) == "VERSION = '1.2.0'\n"
    three.back_to(datetime(2026, 11, 30, 12, 30, tzinfo=UTC))
    assert three.has == {"acme.ink": "1.0.0"}
    with pytest.raises(BadInput, match=r"nothing was installed here before 2026-11-30T12:00:00Z"):
        three.back_to(datetime(2026, 11, 30, 11, 0, tzinfo=UTC))
    assert three.has == {"acme.ink": "1.0.0"}


def test_what_was_removed_is_brought_back_and_what_lay_before_it_too(three):
    three.updates.apply(three.updates.plan_remove([id_("acme.ink")]))

    three.back("acme.ink")
    assert three.has == {"acme.ink": "1.2.0"}
    assert content(three) == "VERSION = '1.2.0'\n"
    three.back("acme.ink")
    assert three.has == {"acme.ink": "1.1.0"}


def test_what_was_gone_back_from_and_removed_is_installed_anew_at_another_version(shelf, three):
    three.back("acme.ink")
    three.updates.apply(three.updates.plan_remove([id_("acme.ink")]))
    shelf.add("acme.pen", "1.0.0", extension_dependencies={"acme.ink": "^1"})

    three.install("acme.pen")

    assert three.has == {"acme.ink": "1.1.0", "acme.pen": "1.0.0"}
    assert three.plan(mode="now").plan.changes == ()


def withdraw(shelf, version, *, in_favour_of):
    reason = {"reason": "It eats ink.", "replacement": in_favour_of}
    return shelf.change("acme.ink", version, yanked=reason)


def test_a_withdrawn_version_is_gone_back_from_to_the_older_one_named_in_its_place(shelf, three):
    withdraw(shelf, "1.2.0", in_favour_of="1.1.0")
    three.updates.check()
    [row] = three.updates.check().rows
    assert (str(row.offered), row.newest) == ("1.1.0", None)

    outcome = three.update(mode="schedule")

    [change] = outcome.done
    assert change.line.startswith("back     acme.ink 1.1.0")
    assert "instead of 1.2.0, which was withdrawn: It eats ink." in change.line
    assert three.has == {"acme.ink": "1.1.0"}
    assert three.plan(mode="schedule").plan.changes == ()
    shelf.change("acme.ink", "1.2.0", yanked=None)  # given back
    three.update(mode="schedule")
    assert three.has == {"acme.ink": "1.2.0"}


@pytest.mark.parametrize(
    "choice", ["pinned", "held", "notify", "disabled", "named", "gone back to"]
)
def test_who_chose_otherwise_keeps_a_withdrawn_version(shelf, three, choice):
    withdraw(shelf, "1.2.0", in_favour_of="1.0.0")
    withdraw(shelf, "1.1.0", in_favour_of="1.0.0")
    kept = "1.1.0" if choice == "gone back to" else "1.2.0"
    if choice in ("pinned", "notify"):
        three.configure(f"extensions:\n  acme.ink: {{policy: {choice}}}\n")
    elif choice == "held":
        three.configure("extensions:\n  acme.ink: {held_until: always}\n")
    elif choice == "disabled":
        three.updates.set_enabled("acme.ink", enabled=False)
    elif choice == "named":
        three.back("acme.ink", to="1.0.0")
        three.install(exact={"acme.ink": "1.2.0"})
    else:
        three.back("acme.ink")

    assert three.update(mode="schedule").done == ()
    assert three.has == {"acme.ink": kept}


def test_no_withdrawal_leads_to_a_version_with_a_hole_or_one_that_is_withdrawn_itself(shelf, three):
    withdraw(shelf, "1.2.0", in_favour_of="1.1.0")
    shelf.say("acme.ink", min_secure_version="1.2.0")
    assert three.update(mode="schedule").done == ()

    shelf.say("acme.ink", min_secure_version=None)
    withdraw(shelf, "1.1.0", in_favour_of="1.0.0")
    assert three.update(mode="schedule").done == ()
    assert three.has == {"acme.ink": "1.2.0"}


@pytest.mark.parametrize("mended_by", ["1.1.0", "1.2.0"])
def test_no_withdrawal_leads_behind_a_release_that_mended_a_hole(shelf, three, mended_by):
    shelf.change("acme.ink", mended_by, security=True)
    withdraw(shelf, "1.2.0", in_favour_of="1.0.0")

    assert three.update(mode="schedule").done == ()
    assert three.update().done == ()
    assert three.has == {"acme.ink": "1.2.0"}
    three.back("acme.ink", to="1.0.0")  # a person may
    assert three.has == {"acme.ink": "1.0.0"}


def test_the_history_tells_what_was_done_when(three, golden):
    three.back("acme.ink")
    three.started("acme.ink", "1.1.0")
    three.updates.apply(three.updates.plan_remove([id_("acme.ink")]))

    golden("updates/history.txt", "\n".join(e.line for e in three.updates.history()) + "\n")


def test_what_would_not_go_together_is_refused(shelf, person):
    shelf.add("acme.base", "1.0.0")
    person.install("acme.base")
    shelf.add("acme.base", "2.0.0")
    person.update()
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^2"})
    person.install("acme.ink")

    with pytest.raises(Refused, match=r"acme.ink 1.0.0 needs acme.base \^2, and acme.base would be 1.0.0"):  # fmt: skip
        person.back("acme.base")
    assert person.has["acme.base"] == "2.0.0"


def test_a_pinned_extension_is_left_by_a_way_back_of_everything(three):
    three.configure("extensions:\n  acme.ink: {policy: pinned}\n")

    plan = three.updates.plan_rollback_to(datetime(2026, 11, 30, 12, 30, tzinfo=UTC))

    assert plan.plan.changes == ()
    assert plan.plan.notes == ("keep     acme.ink 1.2.0   pinned",)


def test_a_version_that_does_not_start_is_gone_back_from_to_what_last_ran_here(three, shelf):
    three.back("acme.ink", to="1.0.0")
    three.started("acme.ink", "1.0.0")
    three.install(exact={"acme.ink": "1.2.0"})

    outcome = three.started("acme.ink", "1.2.0", ok=False)

    assert [c.line for c in outcome.done] == ["rollback acme.ink 1.0.0   instead of 1.2.0   1.2.0 does not start"]  # fmt: skip
    assert three.has == {"acme.ink": "1.0.0"}
    assert three.plan(mode="now").plan.changes == ()
    assert three.updates.history()[-1].by == "health"


def test_what_never_ran_here_is_no_way_back(three):
    three.started("acme.ink", "1.2.0", ok=False)

    entry = three.entry("acme.ink")
    assert (str(entry.version), entry.enabled) == ("1.2.0", False)
    assert "no other version ever ran here" in entry.disabled_because


def test_a_security_fix_made_to_look_failing_never_brings_the_hole_back(shelf, three):
    """Attack B13."""
    three.started("acme.ink", "1.2.0")
    shelf.add("acme.ink", "1.3.0", security=True)
    shelf.say("acme.ink", min_secure_version="1.3.0")
    three.update()
    assert three.has == {"acme.ink": "1.3.0"}

    three.started("acme.ink", "1.3.0", ok=False)

    entry = three.entry("acme.ink")
    assert (str(entry.version), entry.enabled) == ("1.3.0", False)
    assert "1.3.0 is the oldest version that is safe" in entry.disabled_because
    with pytest.raises(Refused, match="has a known hole"):
        three.back("acme.ink")


def test_a_malicious_version_is_no_way_back(shelf, three):
    three.started("acme.ink", "1.2.0")
    shelf.add("acme.ink", "1.3.0").put_on("malicious", "acme.ink", "steals keys", versions=["1.2.0"])  # fmt: skip
    three.update("acme.ink")
    assert three.entry("acme.ink").enabled

    three.started("acme.ink", "1.3.0", ok=False)

    assert not three.entry("acme.ink").enabled
    with pytest.raises(Refused, match="malicious: steals keys"):
        three.back("acme.ink")


def test_a_way_back_whose_files_were_touched_is_none(three):
    three.started("acme.ink", "1.2.0")
    before = three.home.kept(id_("acme.ink"), version_("1.1.0"))
    (three.home.root / before.entry.directory / "extension.py").write_text("VERSION = 'evil'\n")

    with pytest.raises(Refused, match=r"files are no longer kept whole; `devforge install acme.ink --version 1.1.0`"):  # fmt: skip
        three.back("acme.ink")
    assert three.has == {"acme.ink": "1.2.0"}


def test_with_what_is_known_damaged_nothing_is_gone_back_to(three):
    three.back("acme.ink")
    three.started("acme.ink", "1.1.0")
    three.install(exact={"acme.ink": "1.2.0"})
    three.home.known_file.write_text("{")

    three.started("acme.ink", "1.2.0", ok=False)

    assert "known.json is damaged" in three.entry("acme.ink").disabled_because


def test_a_report_about_what_is_not_loaded_changes_nothing(three):
    assert three.started("acme.ink", "1.0.0", ok=False).done == ()
    assert three.started("acme.none", "1.0.0", ok=False).done == ()
    assert three.has == {"acme.ink": "1.2.0"}


@pytest.mark.parametrize("pinned", [False, True])
def test_what_is_called_malicious_is_disabled_even_pinned(shelf, person, pinned):
    shelf.add("acme.ink", "1.0.0").add("acme.pen", "1.0.0")
    person.install("acme.ink", "acme.pen")
    if pinned:
        person.configure("extensions:\n  acme.ink: {policy: pinned}\n")
    shelf.put_on("malicious", "acme.ink", "steals keys")

    report = person.updates.check()

    assert [c.line for c in report.recalled] == ["disable  acme.ink 1.0.0   the registry calls it malicious: steals keys"]  # fmt: skip
    assert not person.entry("acme.ink").enabled
    assert person.entry("acme.pen").enabled
    assert (person.home.root / person.entry("acme.ink").directory).is_dir()
    with pytest.raises(Refused, match="stays disabled"):
        person.updates.set_enabled(id_("acme.ink"), enabled=True)
    shelf.add("acme.ink", "1.0.1")
    with pytest.raises(BadInput, match="is pinned" if pinned else "malicious: steals keys"):
        person.install(exact={"acme.ink": "1.0.1"})


def test_who_was_condemned_in_error_is_told_of_at_the_next_check_and_enabled_by_the_person(shelf, person):  # fmt: skip
    shelf.add("acme.ink", "1.0.0").put_on("malicious", "acme.ink", "steals keys", versions=["0.9.0"])  # fmt: skip
    person.install("acme.ink")
    shelf.put_on("malicious", "acme.ink", "steals keys")
    person.updates.check()
    del shelf.listed["malicious"]["acme.ink"]
    shelf.put_on("deprecated", "acme.pen", "its author left")

    [row] = person.updates.check().rows

    assert not person.entry("acme.ink").enabled
    assert row.warnings == ("is no longer called malicious; `devforge enable acme.ink` has it loaded again",)  # fmt: skip
    person.updates.set_enabled(id_("acme.ink"), enabled=True)
    assert person.entry("acme.ink").enabled
    assert person.updates.check().rows[0].warnings == ()


def test_offline_the_last_known_list_holds(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    shelf.put_on("malicious", "acme.ink", "steals keys", versions=["1.1.0"])
    person.install("acme.ink")
    person.updates.check()
    shelf.add("acme.ink", "1.1.0")
    shelf.is_down = True
    known = person.home.known()
    person.home.write_known(
        replace(
            known,
            malicious={id_("acme.ink"): replace(known.malicious[id_("acme.ink")], versions=None)},
        )
    )

    report = person.updates.check()

    assert "no answer" in report.stale
    assert "known 2026-11-30T12:00:00Z" in report.stale
    assert not person.entry("acme.ink").enabled


def test_what_was_withdrawn_warns_and_a_pin_keeps_it(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    person.configure("extensions:\n  acme.ink: {policy: pinned}\n")
    shelf.change("acme.ink", "1.0.0", yanked={"reason": "loses notes", "replacement": "1.0.1"})
    shelf.add("acme.ink", "1.0.1")

    [row] = person.updates.check().rows
    person.update()

    assert row.warnings == ("was withdrawn: loses notes; use 1.0.1",)
    assert person.has == {"acme.ink": "1.0.0"}
    assert person.entry("acme.ink").enabled


def test_what_is_deprecated_or_removed_runs_on_and_says_so(shelf, person):
    shelf.add("acme.ink", "1.0.0").add("acme.pen", "1.0.0")
    person.install("acme.ink", "acme.pen")
    shelf.put_on("deprecated", "acme.ink", "its author left", replacement="jane.ink")
    shelf.put_on("removed", "acme.pen", "its author asked").drop("acme.pen")

    ink, pen = person.updates.check().rows

    assert ink.warnings == ("is no longer cared for: its author left; use jane.ink",)
    assert pen.warnings == ("was removed from the registry: its author asked",)
    assert all(entry.enabled for entry in person.updates.installed().values())


def test_former_versions_take_no_more_than_their_owner_lets_them(shelf, person):
    person.configure("keep_megabytes: 1")
    for number in range(5):
        shelf.add("acme.ink", f"1.{number}.0", {"extension.py": f"# {number}\n" * 100_000})
        person.update() if person.has else person.install("acme.ink")

    versions = {str(record.entry.version) for record in person.home.records()}
    assert versions == {"1.4.0", "1.3.0", "1.2.0"}
    person.configure("keep_megabytes: 0")
    person.back("acme.ink")
    assert [str(record.entry.version) for record in person.home.records()] == ["1.3.0"]
    assert len(list((person.home.root / "extensions/acme.ink").iterdir())) == 2


def test_a_version_with_a_known_hole_is_not_installed_even_by_its_number(shelf, three):
    shelf.say("acme.ink", min_secure_version="1.2.0")

    with pytest.raises(BadInput, match=r"1.1.0 has a known hole; 1.2.0 is the oldest that is safe"):
        three.install(exact={"acme.ink": "1.1.0"})
    shelf.say("acme.ink", min_secure_version="1.3.0")
    [row] = three.updates.check().rows
    assert row.warnings == ("has a known hole; 1.3.0 is the oldest version that is safe",)
    assert three.entry("acme.ink").enabled
