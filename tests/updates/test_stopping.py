"""Whoever stops a change, and whenever: what is installed is the old or the new, whole."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from updates.conftest import Clock, Person, id_, version_
from updates.memory import Shelf
from updates.stops import count, fail_at, kill_at

from devforge.errors import DevForgeError, Refused, Unavailable
from devforge.updates.api import Updates
from devforge.updates.doctor import examine
from devforge.updates.home import Home

FILES = {"extension.py": "VERSION = 'new'\n", "data/big.txt": "x" * 5000}


def someone(directory, shelf):
    clock = Clock()
    return Person(Updates(directory, index=shelf, devforge="2.0.0", clock=clock), clock)


@pytest.fixture
def two(tmp_path):
    """A home with two extensions that need one another's major version, and newer versions of both."""
    shelf = Shelf()
    shelf.add("acme.base", "1.0.0").add("acme.ink", "1.0.0", extension_dependencies={"acme.base": "^1"})  # fmt: skip
    person = someone(tmp_path / "home", shelf)
    person.install("acme.ink")
    shelf.add("acme.base", "2.0.0", FILES)
    shelf.add("acme.ink", "2.0.0", FILES, extension_dependencies={"acme.base": "^2"})
    person.updates.check()
    return person


def copied(person, directory):
    shutil.copytree(person.home.root, directory)
    return someone(directory, person.updates.index)


def is_whole(person):
    """Whether every installed file is as it was installed, and the versions go together."""
    installed = person.updates.installed()
    return all(person.updates.verify(id) == () for id in installed) and all(
        range_.admits(installed[needed].version)
        for entry in installed.values()
        for needed, range_ in entry.extension_dependencies.items()
    )


OLD = {"acme.base": "1.0.0", "acme.ink": "1.0.0"}
NEW = {"acme.base": "2.0.0", "acme.ink": "2.0.0"}


def update(person):
    person.updates.apply(person.updates.plan(mode="person"))


@pytest.mark.long
@pytest.mark.parametrize("torn", [False, True], ids=["killed", "torn"])
def test_killed_at_every_step_of_an_update_it_is_the_old_or_the_new(two, tmp_path, torn):
    other = copied(two, tmp_path / "counted")
    steps = count(lambda: update(other))
    assert steps > 40
    seen = set()
    for step in range(1, steps + 1):
        person = copied(two, tmp_path / f"{step}")
        assert kill_at(step, lambda p=person: update(p), torn=torn)
        after = someone(person.home.root, two.updates.index)

        assert after.has in (OLD, NEW), f"step {step}"
        assert is_whole(after), f"step {step}"
        seen.add(after.has == NEW)
        assert all(trouble.is_left_over for trouble in examine(after.home)), f"step {step}"
        update(after)  # the next command finishes what was begun, or begins anew
        assert after.has == NEW
        assert is_whole(after)
        with after.home.changing():
            pass
        assert [e.after.text for e in after.updates.history() if e.act == "update"] == ["2.0.0"] * 2
        assert examine(after.home) == []
        assert not list((after.home.root / "incoming").glob("*"))
        for name in OLD:  # the way back is there whatever happened before
            assert after.home.kept(id_(name), version_("1.0.0")) is not None
    assert seen == {True, False}


@pytest.mark.long
def test_killed_at_every_step_of_a_first_install_there_is_nothing_or_all(two, tmp_path):
    shelf = two.updates.index

    def install(directory):
        someone(directory, shelf).install("acme.ink")

    steps = count(lambda: install(tmp_path / "counted"))
    for step in range(1, steps + 1):
        directory = tmp_path / f"{step}"
        kill_at(step, lambda d=directory: install(d))
        after = someone(directory, shelf)

        assert after.has in ({}, NEW), f"step {step}"
        assert is_whole(after)
        install(directory)
        assert after.has == NEW
        assert len(after.updates.history()) == 2
        with after.home.changing():
            pass
        assert examine(after.home) == []


@pytest.mark.long
def test_killed_at_every_step_of_a_removal_and_a_sweep_it_is_the_old_or_the_new(two, tmp_path):
    update(two)
    two.configure("keep_megabytes: 0")

    def remove(person):
        person.updates.apply(person.updates.plan_remove([id_("acme.ink"), id_("acme.base")]))

    other = copied(two, tmp_path / "counted")
    steps = count(lambda: remove(other))
    assert steps > 20
    for step in range(1, steps + 1):
        person = copied(two, tmp_path / f"{step}")
        kill_at(step, lambda p=person: remove(p))
        after = someone(person.home.root, two.updates.index)

        assert after.has in (NEW, {}), f"step {step}"
        assert is_whole(after)
        if after.has:
            remove(after)
        with after.home.changing():
            after.home.sweep()
        assert after.home.records() == []
        assert examine(after.home) == []
        assert list(after.home.root.glob("extensions/*/*")) == []


@pytest.mark.long
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
def test_a_disk_that_fails_at_any_step_gives_a_sentence_and_the_old_or_the_new(two, tmp_path, code):
    other = copied(two, tmp_path / "counted")
    steps = count(lambda: update(other))

    def work(person):
        try:
            update(person)
        except DevForgeError as error:
            return f"said {error}"
        return "done"

    for step in range(1, steps + 1, 1 if code == errno.ENOSPC else 5):
        person = copied(two, tmp_path / f"{step}")
        said = fail_at(step, lambda p=person: work(p), code=code)
        after = someone(person.home.root, two.updates.index)

        assert said == "done" or said.startswith("said "), f"step {step}: {said}"
        assert after.has in (OLD, NEW), f"step {step}"
        assert is_whole(after), f"step {step}"
        assert after.has == NEW or said != "done"
        update(after)
        assert after.has == NEW
        with after.home.changing():
            pass
        assert examine(after.home) == []


_SMALL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
from pathlib import Path
from updates.test_stopping import someone, Shelf
shelf = Shelf().add("acme.ink", "1.0.0", {"big.txt": "x" * 100_000})
try:
    someone(Path(sys.argv[1]), shelf).install("acme.ink")
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


def test_a_real_limit_on_the_size_of_files_is_said_and_leaves_nothing(tmp_path):
    here = Path(__file__).parents[1]

    done = subprocess.run(
        [sys.executable, "-c", _SMALL, str(tmp_path / "home"), "50000"],
        capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"PYTHONPATH": f"{here}{os.pathsep}{here.parent}"},
    )  # fmt: skip

    assert done.stdout.startswith("Unavailable: "), done
    assert "File too large" in done.stdout
    assert Home(tmp_path / "home").installed() == {}


def test_of_two_clients_at_once_one_is_refused_and_says_so(two):
    with two.home.changing():
        with pytest.raises(Refused, match="another devforge command is changing it; try again"):
            update(two)
        assert two.has == OLD
    update(two)
    assert two.has == NEW


def test_many_clients_at_once_leave_one_whole_home(two):
    said = []

    def work():
        person = someone(two.home.root, two.updates.index)
        try:
            update(person)
            said.append("done")
        except Refused as error:
            said.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert two.has == NEW
    assert is_whole(two)
    assert "done" in said
    assert all(s == "done" or "try again" in s or "run this again" in s for s in said)
    assert len([e for e in two.updates.history() if e.act == "update"]) == 2


def test_a_killed_clients_lock_dies_with_it(two):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with two.home.changing():
            os.write(writing, b"x")
            signal.pause()
    os.read(reading, 1)
    with pytest.raises(Refused):
        update(two)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)

    update(two)

    assert two.has == NEW


def test_a_home_that_is_a_file_is_said(tmp_path):
    (tmp_path / "home").write_text("")
    shelf = Shelf().add("acme.ink", "1.0.0")

    with pytest.raises(Unavailable, match=r"home"):
        someone(tmp_path / "home", shelf).install("acme.ink")


def test_a_home_behind_a_link_works_and_stays_behind_it(two, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(two.home.root)

    update(someone(link, two.updates.index))

    assert link.is_symlink()
    assert two.has == NEW


def test_names_that_differ_in_case_alone_get_directories_of_their_own(tmp_path):
    shelf = Shelf().add("acme.ink", "1.0.0-RC").add("acme.ink", "1.0.0-rc", {"extension.py": "2"})
    person = someone(tmp_path / "home", shelf)
    person.install(exact={"acme.ink": "1.0.0-RC"})
    one = person.entry("acme.ink").directory
    person.install(exact={"acme.ink": "1.0.0-rc"})

    assert one.casefold() != person.entry("acme.ink").directory.casefold()
    person.back("acme.ink")
    assert person.has == {"acme.ink": "1.0.0-RC"}


def test_a_deep_home_and_long_names_are_no_trouble(tmp_path):
    deep = tmp_path.joinpath(*["d" * 100] * 8)
    name = f"{'d' * 39}.{'e' * 64}"
    shelf = Shelf().add(name, "1.0.0", {f"{'f' * 200}/{'g' * 30}.py": "1"})
    person = someone(deep, shelf)

    person.install(name)

    assert is_whole(person)
    assert person.has == {name: "1.0.0"}


def as_nobody(work):
    """Run `work` in a child without the rights of root; return what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing"
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            said = work()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def test_a_home_that_cannot_be_written_is_read_and_what_would_change_it_says_so(two, tmp_path):
    for path in (tmp_path, *tmp_path.parents):
        if str(path).startswith("/tmp/pytest"):
            path.chmod(0o755)
    for path in (two.home.root, *two.home.root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)

    def look():
        person = someone(two.home.root, two.updates.index)
        report = person.updates.check()
        return f"{person.has} {[str(row.offered) for row in report.rows]} {is_whole(person)}"

    assert as_nobody(look) == f"{OLD} ['2.0.0', '2.0.0'] True"
    said = as_nobody(lambda: str(update(someone(two.home.root, two.updates.index))))
    assert said == f"Unavailable: {two.home.root}/lock: cannot be written (Permission denied)"
    assert "cannot be written" in as_nobody(lambda: examine(two.home)[0].what)
    for path in (two.home.root, *two.home.root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
