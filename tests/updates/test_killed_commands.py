"""What changes a home without an install, killed at every step: as before or done, told truly, and finished by the next run.

Installing, updating several at once, removing and sweeping are killed in `test_stopping.py`.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import time
from datetime import timedelta

import pytest
from updates.conftest import Clock, Person
from updates.memory import Shelf
from updates.stops import count, kill_at

from devforge.cli import main
from devforge.errors import BadInput
from devforge.updates.api import Updates
from devforge.updates.apply import repair
from devforge.updates.doctor import examine, mend

LONG_AGO = 3 * 86400  # nobody works that long on one file


def someone(directory, shelf, *, hours=4):
    clock = Clock()
    clock.on(hours=hours)
    return Person(Updates(directory, index=shelf, devforge="2.0.0", clock=clock), clock)


@pytest.fixture
def used(tmp_path):
    """A home of four hours: acme.ink was updated, gone back from and updated again; acme.base is pinned."""
    shelf = Shelf().add("acme.base", "1.0.0")
    person = someone(tmp_path / "used", shelf, hours=0)
    person.configure("cooldown_hours: 0\nextensions: {acme.base: {policy: pinned}}\n")
    for version in ("1.0.0", "1.1.0"):
        shelf.add("acme.ink", version, extension_dependencies={"acme.base": "^1"})
        person.install(exact={"acme.ink": version})
        person.started("acme.ink", version)
        person.clock.on(hours=1)
    person.back("acme.ink")
    person.clock.on(hours=1)
    person.install(exact={"acme.ink": "1.1.0"})
    person.updates.check()
    return someone(person.home.root, shelf)


def copied(person, directory):
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(person.home.root, directory)
    return someone(directory, person.updates.index)


def typed(line):
    def act(person):
        with contextlib.redirect_stdout(io.StringIO()):
            assert main([*line.split(), "--home", str(person.home.root)]) == 0

    return act


ACTS = {
    "pin": typed("pin acme.ink"),
    "unpin": typed("unpin acme.base"),
    "hold": typed("hold acme.ink"),
    "setting": typed("config keep_megabytes 7"),
    "policy": typed("config policy notify --for acme.ink"),
    "disable": typed("disable acme.ink"),
    "remove": typed("remove acme.ink"),
    "rollback": lambda person: person.back("acme.ink", "1.0.0"),
    "rollback --to": lambda person: person.back_to(person.clock.now - timedelta(hours=3.5)),
    "did not start": lambda person: person.started("acme.ink", "1.1.0", ok=False),
    "called malicious": lambda person: person.updates.check(),
}


def seen(person):
    """What a person would say of a home: what it has, what is wished for, and what was done."""
    state, _ = person.home.readable()
    try:
        wishes = person.home.config()
    except BadInput:
        wishes = "cannot be read"
    has = [(str(e.id), str(e.version), e.enabled, e.disabled_by) for e in state.extensions]
    done = [(e.act, str(e.id), str(e.before), str(e.after), e.by) for e in person.home.history()]
    return has, state.skipped.keys(), wishes, done


def days_later(person):
    """Change something else, days later, and return what is still there that no whole home has."""
    root = person.home.root
    for left in root.rglob(".new-*"):
        os.utime(left, (time.time() - LONG_AGO,) * 2)
    person.updates.set_enabled("acme.base", enabled=False)
    return [*root.rglob(".new-*"), *root.glob("journal.json"), *root.glob("incoming/*")]


def killed_at_each_step(used, act, tmp_path):
    """Yield a home for each step that `act` was killed at, beside how one looks where it was not."""
    done, counted = copied(used, tmp_path / "done"), copied(used, tmp_path / "counted")
    act(done)
    looks = seen(done)
    for step in range(1, count(lambda: act(counted)) + 1):
        person = copied(used, tmp_path / "killed")
        assert kill_at(step, lambda p=person: act(p))
        yield person, looks, f"step {step}"


@pytest.mark.parametrize("name", ACTS)
def test_killed_at_every_step_of_a_change_it_is_as_before_or_done(used, tmp_path, name):
    if name == "called malicious":
        used.updates.index.put_on("malicious", "acme.ink", "it steals")
    act, before, ends = ACTS[name], seen(used), set()

    for person, done, step in killed_at_each_step(used, act, tmp_path):
        now = seen(person)
        ends.add(now == done)
        assert now in (before, done), step
        assert all(person.updates.verify(id) == () for id in person.updates.installed()), step
        assert all(trouble.is_left_over for trouble in examine(person.home)), step
        if now != done:
            act(person)
        assert seen(person) == done, step
        assert days_later(person) == [], step
        assert examine(person.home) == [], step

    assert False in ends


def half_way(used, tmp_path):
    """Yield a home for each way in which going back, killed, leaves something for the next run to settle."""
    known = set()
    for person, done, step in killed_at_each_step(used, ACTS["rollback"], tmp_path):
        home = person.home
        left = home.state_file.read_bytes(), home.history_file.read_bytes()
        if home.journal_file.exists() and left not in known:
            known.add(left)
            yield copied(person, tmp_path / "half"), done, step


def test_killed_again_while_the_next_run_settles_what_the_first_left_it_is_settled_once(
    used, tmp_path
):
    before, settled = seen(used), set()

    for half, done, step in half_way(used, tmp_path):
        now = seen(half)
        assert now in (before, done), step
        settled.add(now == done)
        for person, pinned, again in killed_at_each_step(half, ACTS["pin"], tmp_path / step):
            typed("pin acme.ink")(person)
            assert seen(person) == pinned, f"{step}, then {again}"
            assert days_later(person) == [], f"{step}, then {again}"

    assert settled == {True, False}


def damage_wishes(home):
    home.config_file.write_text("extensions: {acme.ink: {policy: pinned}}\nnonsense: 3\n")


def damage_history(home):
    home.history_file.write_text(f"rubbish\n{home.history_file.read_text()}")


def damage_files(home):
    next(home.root.glob("extensions/acme.ink/1.1.0*/extension.py")).write_text("changed")


def damage_former(home):
    next(home.root.glob("extensions/acme.ink/1.0.0*/extension.py")).write_text("changed")


def damage_record(home):
    next(home.root.glob("extensions/acme.ink/1.1.0*.json")).unlink()


def damage_list(home):
    home.state_file.write_text("[")


def lose_list_and_history(home):
    damage_list(home)
    home.history_file.unlink()


def mended(person):
    mend(person.home, fetch=lambda entry: repair(person.home, person.updates.index, entry))


@pytest.mark.parametrize("damage", [damage_wishes, damage_history, damage_files, damage_former, damage_record, damage_list, lose_list_and_history])  # fmt: skip
def test_killed_at_every_step_of_mending_it_is_as_damaged_as_before_or_mended(
    used, tmp_path, damage
):
    entries = used.updates.installed().values()
    damage(used.home)
    before, gone = seen(used), 0

    for person, done, step in killed_at_each_step(used, mended, tmp_path):
        assert seen(person) in (before, done), step
        gone += not all((person.home.root / e.directory).is_dir() for e in entries)
        mended(person)
        assert seen(person) == done, step
        assert examine(person.home) == [], step
        assert days_later(person) == [], step
        assert len([*person.home.root.glob("damaged/*")]) <= 1, step

    assert gone <= 1  # between two renames: what runs is there until what takes its place is, too
