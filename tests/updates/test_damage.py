"""Damage at every file of a home: a sentence, what works keeps running, nothing is lost, and it is mended."""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace

import pytest
from updates.conftest import id_, version_

from devforge.errors import BadInput, DevForgeError
from devforge.updates.apply import repair
from devforge.updates.doctor import examine, mend
from devforge.updates.home import Home

WRECKS = {
    "empty": b"", "half": None, "zeros": b"\0" * 200, "words": b"not json at all",
    "list": b"[]", "other": b'{"schema_version": 99}', "deep": b"[" * 5000,
}  # fmt: skip


@pytest.fixture
def used(shelf, person):
    """A home with a history: acme.base, and acme.ink updated, gone back from, and updated again."""
    shelf.add("acme.base", "1.0.0")
    shelf.add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1"})
    person.install("acme.ink")
    shelf.add("acme.ink", "1.1.0", extension_dependencies={"acme.base": "^1"})
    person.update()
    person.back("acme.ink")
    person.updates.check()
    return person


def wreck(path, how):
    content = path.read_bytes() if path.exists() else b"x"
    path.write_bytes(content[: len(content) // 2] if WRECKS[how] is None else WRECKS[how])


def mended(person, shelf=None):
    fetch = None
    if shelf:
        fetch = lambda entry: repair(person.home, shelf, entry)  # noqa: E731
    return mend(person.home, fetch=fetch)


@pytest.mark.parametrize("how", WRECKS)
def test_a_damaged_list_is_said_and_written_anew_as_it_was(used, how):
    before = used.home.state()
    wreck(used.home.state_file, how)

    with pytest.raises(BadInput, match=r"installed.json: damaged .*doctor --fix"):
        used.back("acme.ink", to="1.1.0")
    assert "installed.json: damaged" in used.updates.damage()
    assert tuple(used.updates.installed().values()) == before.extensions  # it keeps running
    done, left = mended(used)

    assert left == []
    assert "written anew from the history" in done[0]
    after = used.home.state()
    assert after.extensions == before.extensions
    assert {id: s.version for id, s in after.skipped.items()} == {id_("acme.ink"): version_("1.1.0")}  # fmt: skip
    assert len(list((used.home.root / "damaged").iterdir())) == 1
    used.back("acme.ink", to="1.1.0")


def test_a_lost_list_is_not_taken_for_an_empty_home(used):
    before = used.has
    used.home.state_file.unlink()

    assert used.has == before
    with pytest.raises(BadInput, match="lost, but this home was in use"):
        used.back("acme.ink", to="1.1.0")
    mended(used)

    assert used.has == before


def test_with_list_and_history_lost_what_is_malicious_stays_off(used, shelf):
    shelf.put_on("malicious", "acme.ink", "steals keys")
    used.updates.check()
    used.home.state_file.write_bytes(b"x")
    used.home.history_file.write_bytes(b"x\n")

    assert not used.entry("acme.ink").enabled
    mended(used)
    assert not used.entry("acme.ink").enabled
    assert used.entry("acme.base").enabled


def test_a_lost_list_and_a_damaged_history_still_lose_no_extension(used):
    used.home.state_file.unlink()
    wreck(used.home.history_file, "words")

    done, left = mended(used)

    assert left == []
    assert len(done) == 2
    assert used.has == {"acme.base": "1.0.0", "acme.ink": "1.1.0"}  # the newest that is here


@pytest.mark.parametrize("how", [h for h in WRECKS if h != "empty"])
def test_a_damaged_history_keeps_its_good_lines(used, how):
    good = used.home.history_file.read_bytes()
    wreck(used.home.history_file, how)
    used.home.history_file.write_bytes(good + used.home.history_file.read_bytes() + b"\n")

    assert used.updates.installed()
    assert used.home.history()[: good.count(b"\n")]
    done, left = mended(used)

    assert left == []
    if how != "half":  # half a history may be whole lines
        assert "good lines are kept" in done[0]
    assert used.home.history_file.read_bytes().startswith(good)


@pytest.mark.parametrize("how", WRECKS)
def test_what_is_known_is_learned_anew(used, how):
    wreck(used.home.known_file, how)

    report = used.updates.check()

    assert [str(row.id) for row in report.rows] == ["acme.base", "acme.ink"]
    assert examine(used.home) == []


def test_without_what_is_known_nothing_that_was_disabled_comes_on(used, shelf):
    shelf.put_on("malicious", "acme.ink", "steals keys")
    used.updates.check()
    wreck(used.home.known_file, "zeros")

    with pytest.raises(DevForgeError, match="stays disabled; known"):
        used.updates.set_enabled(id_("acme.ink"), enabled=True)
    done, left = mended(used)
    assert left == []
    assert "learns it anew" in done[0]


@pytest.mark.parametrize("text", ["policy: [", "policy: never", "pinned: true", "\tx", "- a", "cooldown_hours: -1", "extensions: {acme.ink: {policy: gone}}", "windows: [night]", "policy: notify\n---\npolicy: auto"])  # fmt: skip
def test_a_damaged_configuration_stops_updates_because_pins_may_be_in_it(used, text):
    used.configure(text)

    for work in (used.plan, lambda: used.updates.plan_rollback(id_("acme.ink"))):
        with pytest.raises(BadInput, match=r"config.yaml: 1 problem"):
            work()
    assert used.updates.installed()
    done, left = mended(used)

    assert left == []
    assert "nothing is updated unasked" in done[0]
    assert used.home.config().policy == "notify"
    assert (used.home.root / "damaged/config.yaml-1").read_text() == text


@pytest.mark.parametrize(
    "content", [b"", b"short", b"Z" * 32, b"\xff" * 32, b"0" * 33, b"x" * 10_000]
)
def test_a_damaged_name_of_its_own_is_replaced_in_one_step(used, content):
    used.home.id_file.write_bytes(content)

    assert [t.what for t in examine(used.home)] == [f"{used.home.id_file}: damaged"]
    new = used.home.install_id()

    assert new is not None
    assert len(new) == 32
    assert used.home.install_id() == new
    assert examine(used.home) == []


def test_two_clients_that_begin_at_once_have_one_name(tmp_path):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(Home(tmp_path / "home").install_id()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert list((tmp_path / "home").iterdir()) == [tmp_path / "home/install-id"]


def test_a_home_that_cannot_be_written_has_no_name_and_is_offered_what_everybody_is(shelf, person):
    shelf.add("acme.ink", "1.0.0")
    shelf.add("acme.ink", "1.1.0", rollout={"stages": [99, 100], "hours": 720})
    person.home.root.mkdir()
    person.home.id_file.mkdir()

    assert person.home.install_id() is None
    assert [c.version.version.text for c in person.updates.plan_install([id_("acme.ink")]).plan.changes] == ["1.0.0"]  # fmt: skip


@pytest.mark.parametrize("how", WRECKS)
def test_a_damaged_journal_stops_nothing(used, how):
    used.home.journal_file.write_bytes(b"x" * 100)
    wreck(used.home.journal_file, how)

    used.install(exact={"acme.ink": "1.1.0"})

    assert used.has["acme.ink"] == "1.1.0"
    assert examine(used.home) == []


@pytest.mark.parametrize("how", [*WRECKS, "gone"])
def test_a_damaged_record_of_what_is_in_use_is_fetched_again(used, shelf, how):
    path = used.home.root / f"{used.entry('acme.ink').directory}.json"
    path.unlink() if how == "gone" else wreck(path, how)

    [trouble] = examine(used.home)
    assert trouble.line == (
        "acme.ink 1.0.0: the record of its files is gone or damaged\n"
        "    → name the registry (--index), and --fix fetches it again"
    )
    _, left = mended(used, shelf)

    assert left == []
    assert used.updates.verify(id_("acme.ink")) == ()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda d: (d / "extension.py").write_text("evil"), "extension.py changed"),
        (lambda d: (d / "extension.py").unlink(), "extension.py missing"),
        (lambda d: (d / "more.py").write_text("evil"), "more.py added"),
        (lambda d: ((d / "extension.py").unlink(), (d / "extension.py").symlink_to("/etc/passwd")), "extension.py changed"),
        (shutil.rmtree, "its files are gone"),
    ],
    ids=["changed", "missing", "added", "linked", "gone"],
)  # fmt: skip
def test_touched_files_are_found_and_fetched_again(used, shelf, harm, says):
    harm(used.home.root / used.entry("acme.ink").directory)

    [trouble] = examine(used.home)
    assert says in trouble.what
    done, left = mended(used, shelf)

    assert left == []
    assert "fetched again" in done[0]
    assert used.updates.verify(id_("acme.ink")) == ()


def test_what_the_registry_no_longer_has_is_left_as_it_is_and_said(used, shelf):
    (used.home.root / used.entry("acme.ink").directory / "extension.py").write_text("mine")
    shelf.drop("acme.ink", "1.0.0")

    done, left = mended(used, shelf)

    assert "not mended: acme.ink 1.0.0: this registry does not have it any more" in done[0]
    assert len(left) == 1
    assert used.has["acme.ink"] == "1.0.0"


def test_what_python_leaves_beside_code_is_no_difference(used):
    cache = used.home.root / used.entry("acme.ink").directory / "__pycache__"
    cache.mkdir()
    (cache / "extension.cpython-311.pyc").write_bytes(b"x")

    assert used.updates.verify(id_("acme.ink")) == ()


def test_a_former_version_that_is_not_whole_is_deleted_and_nothing_else(used):
    former = used.home.kept(id_("acme.ink"), version_("1.1.0")).entry.directory
    (used.home.root / former / "extension.py").write_text("evil")

    done, left = mended(used)

    assert left == []
    assert "a former version is not whole" in done[0]
    assert not (used.home.root / former).exists()
    assert used.has == {"acme.base": "1.0.0", "acme.ink": "1.0.0"}


@pytest.mark.parametrize("name", ["installed.json", "history.jsonl", "journal.json", "config.yaml", "known.json", "install-id", "lock"])  # fmt: skip
def test_a_directory_where_a_file_should_be_is_moved_aside(used, name):
    before = used.has
    path = used.home.root / name
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "inside").write_text("kept")

    if name != "install-id":  # without a name of its own it is only offered less
        with pytest.raises(DevForgeError, match=name.replace(".", r"\.")):
            used.back("acme.ink", to="1.1.0")
    _, left = mended(used)

    assert left == []
    assert used.has == before
    assert (used.home.root / f"damaged/{name}-1/inside").read_text() == "kept"


def pipe(path):
    os.mkfifo(path)


def circle(path):
    path.symlink_to(path.name)


def device(path):
    path.symlink_to("/dev/zero")


def gone_away(path):
    path.symlink_to("/nowhere/at/all")


def vast(path):
    path.write_bytes(b"")
    os.truncate(path, 20 << 30)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("oddity", [pipe, circle, device, gone_away, vast])
@pytest.mark.parametrize("name", ["installed.json", "history.jsonl", "journal.json", "config.yaml", "known.json", "install-id", "health.json"])  # fmt: skip
def test_what_is_no_file_is_neither_waited_for_nor_read_without_end(used, name, oddity):
    before = used.has
    path = used.home.root / name
    path.unlink(missing_ok=True)
    oddity(path)

    assert {str(id): str(entry.version) for id, entry in used.updates.installed().items()} == before
    if name not in ("install-id", "health.json"):
        with pytest.raises(DevForgeError, match=name.replace(".", r"\.")):
            used.back("acme.ink", to="1.1.0")
    _, left = mended(used)

    assert left == []
    assert used.has == before
    if name == "config.yaml":  # pins may have been in it
        assert used.home.config().policy == "notify"


def test_wishes_kept_elsewhere_are_changed_there_and_missed_while_they_are_away(used, tmp_path):
    elsewhere = tmp_path / "dotfiles/config.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text("metered: true\n")
    used.home.config_file.unlink(missing_ok=True)
    used.home.config_file.symlink_to(elsewhere)

    used.home.write_config(replace(used.home.config(), cooldown_hours=5))

    assert used.home.config_file.is_symlink()
    assert "cooldown_hours: 5" in elsewhere.read_text()
    elsewhere.rename(elsewhere.with_name("away"))
    with pytest.raises(DevForgeError, match=r"config\.yaml: is a link to what is not there"):
        used.home.config()


def test_what_a_kill_left_half_written_is_swept_away_later(used):
    half, folder, ahead = (used.home.root / f".new-{name}" for name in ("half", "folder", "ahead"))
    half.write_bytes(b"half")
    ahead.write_bytes(b"of a clock that was wrong")
    folder.mkdir()
    (used.home.root / "extensions/acme.ink/.new-record").write_bytes(b"half")
    assert examine(used.home) == []  # no damage
    used.back("acme.ink", to="1.1.0")
    assert half.exists()  # somebody may be writing it
    os.utime(half, (0, 0))
    os.utime(folder, (0, 0))
    os.utime(ahead, (2**32, 2**32))
    used.back("acme.ink", to="1.0.0")

    assert list(used.home.root.rglob(".new-*")) == []


@pytest.mark.parametrize("name", ["extensions", "incoming"])
def test_a_file_where_a_directory_should_be_is_moved_aside(shelf, person, name):
    shelf.add("acme.ink", "1.0.0")
    person.home.root.mkdir()
    (person.home.root / name).write_text("in the way")

    done, left = mended(person)

    assert left == []
    assert "moved aside" in done[0]
    person.install("acme.ink")
    assert person.has == {"acme.ink": "1.0.0"}


def test_what_an_extension_lacks_is_said(used):
    state = used.home.state()
    left = tuple(e for e in state.extensions if str(e.id) != "acme.base")
    with used.home.changing():
        used.home.switch(state, replace(state, extensions=left), [])

    [trouble] = examine(used.home)

    assert trouble.line == (
        "acme.ink 1.0.0: needs acme.base ^1, and it is not installed\n    → devforge install acme.base"
    )


def test_a_record_that_speaks_of_another_version_is_not_believed(used):
    entry = used.entry("acme.ink")
    path = used.home.root / f"{entry.directory}.json"
    record = json.loads(path.read_text())
    record["entry"]["version"] = "9.0.0"
    path.write_text(json.dumps(record))

    assert used.home.record(entry.directory) is None


def test_a_home_in_order_has_nothing_to_mend(used):
    assert examine(used.home) == []
    assert mended(used) == ([], [])
