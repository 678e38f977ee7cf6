"""From a start that fails in thirty homes to a version that nobody else gets: the real client, log, job and index."""

from __future__ import annotations

import pytest

from devforge.cli import main


@pytest.mark.long
def test_what_fails_in_thirty_homes_is_halted_and_the_next_update_says_so(ward, beacon, capsys):
    ward.release_version("1.3.0")
    settled = ward.settled_home("1.3.0")
    quiet = ward.settled_home("1.3.0", wanting=False)
    for person in ward.people(3, settled, name="before"):
        start(person, ok=True)
    ward.release_version("1.4.0")
    for person in ward.people(2, quiet, name="quiet"):
        update_and_start(person, ok=False)
    assert "1.4.0" not in str(beacon.lines)  # who did not ask for it says nothing
    for person in ward.people(30, settled):
        update_and_start(person, ok=False)

    code, printed = ward.check()
    assert code == 2
    assert "halt     acme.todo-tree 1.4.0   failed in 30 networks, started in 0" in printed
    assert "halted" not in ward.record("1.4.0")
    code, printed = ward.check("--apply")
    assert code == 0, printed
    assert ward.record("1.4.0").endswith("\nhalted: true\n")
    [pull] = ward.pulls()
    assert (pull["title"], bool(pull["merged_at"])) == ("Halt acme.todo-tree 1.4.0", True)
    assert "each network once, in the logs edge of the last 7 days" in pull["body"]
    told = ward.inbox()
    assert "`acme.todo-tree` 1.4.0 is halted: it failed in 30 networks and started in 0" in told
    assert "`devforge operator resume acme.todo-tree 1.4.0 --propose operator/registry`" in told

    assert ward.index()[0] == 0
    place = ["--home", str(settled), "--index", str(ward.data / "index")]
    place += ["--root", str(ward.checkout / "registry/trust/metadata/1.root.json")]
    capsys.readouterr()
    assert main(["update", "acme.todo-tree", "--devforge", "2.0.0", *place]) == 0
    assert main(["outdated", "--devforge", "2.0.0", *place]) == 0
    said = capsys.readouterr().out
    assert "1.4.0 is halted: for now nobody gets it" in said
    with ward.home(settled.name) as updates:
        [entry] = updates.installed().values()
    assert str(entry.version) == "1.3.0"
    code, printed = ward.check("--apply")
    assert (code, "0 to apply" in printed) == (0, True)


def start(person, *, ok):
    [entry] = person.installed().values()
    person.activated(entry.id, entry.version, ok=ok)
    person.check()


def update_and_start(person, *, ok):
    person.check()
    [id] = person.installed()
    assert person.apply(person.plan([id], mode="now")).done
    start(person, ok=ok)


def test_a_dry_run_changes_nothing(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    code, printed = ward.check()

    assert code == 2
    assert "1 files: 30 reports" in printed
    assert (ward.pulls(), ward.inbox()) == ([], "")
    ward.state.fetch()
    assert ward.state.files("health") == {}


def test_after_a_person_went_on_the_same_evidence_halts_nothing_and_new_does(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    assert ward.check("--apply")[0] == 0
    ward.pull()
    resume = ["operator", "resume", "acme.todo-tree", "1.4.0", "--checkout", str(ward.checkout)]
    assert main([*resume, "--apply"]) == 0
    ward.push("Go on with 1.4.0")

    for _ in range(3):
        code, printed = ward.check("--apply")
        assert code == 0, printed
        assert "halted" not in ward.record("1.4.0")
    assert "is halted" not in ward.inbox()
    ward.later(seconds=2)
    ward.said("1.4.0", "failed", range(30))
    code, printed = ward.check("--apply")
    assert (code, "halt     acme.todo-tree 1.4.0" in printed) == (0, True)
    assert ward.record("1.4.0").endswith("halted: true\n")


def test_a_run_that_is_killed_after_the_merge_is_made_up_by_the_next(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    assert ward.check("--apply")[0] == 0
    ward.forget_last_note()
    code, printed = ward.check("--apply")

    assert code == 0
    assert "note     acme.todo-tree 1.4.0   0 ok, 30 failed, halted" in printed
    assert "is halted: it failed in 30 networks" in ward.inbox()
    assert len(ward.pulls()) == 1


def test_nothing_is_kept_of_who_reported(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    assert ward.check("--apply")[0] == 0
    ward.state.fetch()
    kept = (ward.state.read("health/acme/todo-tree/1.4.0.json") or b"").decode()

    assert '"failed": 30' in kept
    assert "203." not in kept + ward.inbox() + str(ward.pulls())


def test_the_rules_of_the_default_branch_are_kept(ward):
    """What merges is the status it set on its own commit: the branch's ruleset is in force."""
    ward.release_version("1.4.0")
    ward.protect()
    ward.said("1.4.0", "failed", range(30))
    code, printed = ward.check("--apply")

    assert code == 0, printed
    assert ward.record("1.4.0").endswith("halted: true\n")


def test_the_policy_may_only_tell(ward):
    ward.rule(mode="tell")
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    assert ward.check("--apply")[0] == 0

    assert "halted" not in ward.record("1.4.0")
    told = ward.inbox()
    assert "failed in 30 networks, started in 0; health.mode is tell" in told
    assert (
        "`devforge operator halt acme.todo-tree 1.4.0 --propose operator/registry` halts it" in told
    )


def test_without_a_beacon_no_log_is_read(ward):
    ward.rule(beacon=None, logs=["none"])
    code, printed = ward.check("--apply")

    assert (code, "nothing to do" in printed) == (0, True)


def test_a_log_that_cannot_be_read_is_told_and_fails_the_run(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    (ward.logs / "access.log.1.gz").write_bytes(b"\x1f\x8b\x08 cut off")
    code, printed = ward.check("--apply")

    assert code == 1
    assert "the log edge: access.log.1.gz: is " in printed
    assert "access.log.1.gz" in ward.inbox()
    assert ward.record("1.4.0").endswith("halted: true\n")  # what is known is known


def test_silence_is_not_taken_for_health(ward):
    ward.release_version("1.4.0")
    assert ward.check("--apply")[0] == 0

    assert "not one client reported anything" in ward.inbox()


def test_a_beacon_that_the_offline_keys_have_not_signed_is_told(ward):
    ward.rule(beacon="https://elsewhere.example/health/")
    ward.release_version("1.4.0")
    assert ward.check("--apply")[0] == 0

    assert "devforge keys mirrors" in ward.inbox()


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"logs": []}, "health.logs names no log"),
        ({"logs": ["west"]}, "health.logs names west, so nothing can be counted; analytics.logs has edge"),
    ],
)  # fmt: skip
def test_a_log_that_is_not_named_is_one_sentence(ward, rules, said):
    ward.rule(**rules)
    code, printed = ward.check()

    assert code == 1
    assert said in printed


def test_a_note_that_is_not_ours_is_refused(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    ward.state.commit({"health/acme/todo-tree/1.4.0.json": b"{}"}, "Not ours")
    code, printed = ward.check("--apply")

    assert (code, "is not one of ours" in printed) == (1, True)
    assert "halted" not in ward.record("1.4.0")


def test_logs_lie_in_a_bucket_as_well(ward, s3, monkeypatch):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    ward.in_bucket(s3)
    code, printed = ward.check("--apply")

    assert code == 0, printed
    assert ward.record("1.4.0").endswith("halted: true\n")


def test_a_halt_that_is_not_merged_is_told_as_such_and_made_up_by_the_next_run(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "failed", range(30))
    ward.github.faults.add("502", method="PUT", path="/merge", times=None)
    code, printed = ward.check("--apply")

    assert code == 1, printed
    told = ward.inbox()
    assert "1.4.0 fails, and could not be halted: PUT" in told
    assert "is halted" not in told
    ward.github.faults.clear()
    assert ward.check("--apply")[0] == 0
    assert ward.record("1.4.0").endswith("halted: true\n")
    [pull] = ward.pulls()
    assert pull["merged_at"]


def test_a_run_with_nothing_to_do_costs_one_request(ward):
    ward.release_version("1.4.0")
    ward.said("1.4.0", "ok", range(30))
    assert ward.check("--apply")[0] == 0
    code, printed = ward.check("--apply")

    assert code == 0
    assert "leave    acme.todo-tree 1.4.0   failed in 0 networks, started in 30" in printed
    assert "\n1 requests" in printed
