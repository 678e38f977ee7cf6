"""Extensions that have a package for each platform, on machines of several."""

from __future__ import annotations

import platform
import sys

import pytest
from updates.conftest import Person, id_

from devforge.errors import BadInput, Refused
from devforge.updates.api import Updates
from devforge.updates.apply import move
from devforge.updates.doctor import examine, mend
from devforge.updates.platforms import this_platform


@pytest.fixture
def at(shelf, clock, tmp_path):
    """Return somebody whose machine is of the platform that is named; the home is the same."""

    def person(name):
        updates = Updates(
            tmp_path / "home", index=shelf, devforge="2.0.0", clock=clock, platform=name
        )
        return Person(updates, clock)

    return person


def native(person):
    return (person.home.root / person.entry("acme.ink").directory / "native").read_text()


@pytest.mark.parametrize("name", ["linux-x64", "win32-x64", "darwin-arm64"])
def test_each_machine_gets_the_package_that_is_for_it_and_is_told_so(shelf, at, name):
    shelf.add_for("acme.ink", "1.0.0", "linux-x64", "win32-x64", "darwin-arm64")
    person = at(name)
    plan = person.updates.plan_install([id_("acme.ink")]).plan
    person.install("acme.ink")

    assert f"for {name}" in plan.changes[0].line
    assert (native(person), person.entry("acme.ink").platform) == (name, name)


def test_a_machine_without_a_package_is_told_for_which_there_are_some(shelf, at):
    shelf.add_for("acme.ink", "1.0.0", "linux-x64", "darwin-arm64")

    with pytest.raises(
        BadInput, match=r"1.0.0 has no package for win32-x64, only for darwin-arm64, linux-x64"
    ):
        at("win32-x64").install("acme.ink")
    with pytest.raises(BadInput, match=r"1.0.0 has no package for win32-x64"):
        at("win32-x64").install(exact={"acme.ink": "1.0.0"})
    assert at("win32-x64").has == {}


def test_it_gets_the_last_version_that_had_one_and_hears_of_the_newer(shelf, at):
    shelf.add("acme.ink", "1.0.0").add_for("acme.ink", "2.0.0", "linux-x64")
    person = at("win32-x64")
    plan = person.updates.plan_install([id_("acme.ink")]).plan
    person.install("acme.ink")
    after = person.plan().plan

    assert person.has == {"acme.ink": "1.0.0"}
    said = "2.0.0   has no package for win32-x64, only for linux-x64"
    assert any(said in note for note in plan.notes)
    assert any(said in note for note in after.notes)
    assert after.changes == ()


def test_whoever_is_not_named_gets_the_common_package(shelf, at):
    shelf.add_for("acme.ink", "1.0.0", "linux-x64", common=True)
    person = at("freebsd-x64")
    plan = person.updates.plan_install([id_("acme.ink")]).plan
    person.install("acme.ink")

    assert "for any platform" in plan.changes[0].line
    assert person.entry("acme.ink").platform is None


def test_a_home_carried_to_another_machine_is_noticed_and_mended(shelf, at):
    shelf.add_for("acme.ink", "1.0.0", "linux-x64", "darwin-arm64")
    at("linux-x64").install("acme.ink")
    person = at("darwin-arm64")

    def fetch(entry):
        move(person.home, shelf, entry, platform="darwin-arm64", now=person.clock())

    [trouble] = examine(person.home, platform="darwin-arm64")
    assert "its package is for linux-x64, and this is darwin-arm64" in trouble.line
    assert examine(person.home, platform="linux-x64") == []
    _, left = mend(person.home, fetch=fetch, platform="darwin-arm64")

    assert left == []
    assert (native(person), person.entry("acme.ink").platform) == ("darwin-arm64", "darwin-arm64")


def test_a_home_carried_to_a_machine_nothing_is_made_for_is_left_as_it_was(shelf, at):
    shelf.add_for("acme.ink", "1.0.0", "linux-x64")
    at("linux-x64").install("acme.ink")
    person = at("win32-x64")
    before = person.home.state()

    with pytest.raises(Refused, match="no package for win32-x64, only for linux-x64"):
        move(person.home, shelf, person.entry("acme.ink"), platform="win32-x64", now=person.clock())
    assert person.home.state() == before


def test_nobody_goes_back_to_what_was_for_another_machine(shelf, at):
    for version in ("1.0.0", "1.1.0"):
        shelf.add_for("acme.ink", version, "linux-x64", "win32-x64")
    there = at("linux-x64")
    there.install(exact={"acme.ink": "1.0.0"})
    there.update("acme.ink")
    person = at("win32-x64")

    with pytest.raises(Refused, match=r"devforge install acme.ink --version 1.0.0"):
        person.back("acme.ink")
    assert there.back("acme.ink").done


@pytest.mark.parametrize(
    ("system", "machine", "release", "name"),
    [
        ("linux", "x86_64", {"ID": "debian"}, "linux-x64"),
        ("linux", "aarch64", {"ID": "alpine"}, "alpine-arm64"),
        ("linux", "armv7l", {"ID": "x", "ID_LIKE": "alpine y"}, "alpine-armhf"),
        ("linux", "armv6l", {}, "linux-armhf"),
        ("linux", "riscv64", None, "linux-riscv64"),
        ("win32", "AMD64", None, "win32-x64"),
        ("win32", "ARM64", None, "win32-arm64"),
        ("cygwin", "x86_64", None, "win32-x64"),
        ("darwin", "arm64", None, "darwin-arm64"),
        ("freebsd14", "amd64", None, "freebsd-x64"),
    ],
)
def test_a_machine_is_called_what_extension_authors_call_it(
    monkeypatch, system, machine, release, name
):
    def os_release():
        if release is None:
            raise OSError
        return release

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "freedesktop_os_release", os_release)

    assert this_platform() == name
