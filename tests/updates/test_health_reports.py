"""What a home tells of versions that start, or do not: nothing, unless its owner wants it, and then once."""

from __future__ import annotations

import time

import pytest
from beacons import beaconing
from updates.conftest import id_

from devforge import __version__
from devforge.cli import main
from devforge.updates.beacon import is_beacon

ON = "health_reports: true\n"


@pytest.fixture
def beacon(shelf, tmp_path):
    with beaconing(tmp_path / "access.log") as running:
        shelf.beacon = running.url
        yield running


@pytest.fixture
def wanting(person, shelf, beacon):
    """Somebody who switched it on, with a version that ran and a newer one just installed."""
    shelf.add("acme.ink", "1.0.0")
    person.configure(ON)
    person.install("acme.ink")
    person.started("acme.ink", "1.0.0")
    check(person)
    beacon.asked.clear()
    shelf.add("acme.ink", "1.1.0")
    person.update()
    return person


@pytest.fixture
def typed(person, capsys):
    """Return `typed(*words)`: what a command says of this home."""

    def say(*words):
        main([*words, "--home", str(person.home.root)])
        return "".join(capsys.readouterr())

    return say


def check(person):
    """Look for updates, and be done with it, as a command is."""
    person.updates.check()
    person.updates.close()


def test_nobody_is_told_anything_unless_it_is_switched_on(person, shelf, beacon):
    shelf.add("acme.ink", "1.0.0")
    person.install("acme.ink")
    person.started("acme.ink", "1.0.0")
    shelf.add("acme.ink", "1.1.0")
    person.update()
    person.started("acme.ink", "1.1.0", ok=False)
    check(person)

    assert beacon.asked == []
    assert not person.home.health_file.exists()


def test_a_failure_is_told_with_an_id_a_version_and_a_word_and_nothing_else(wanting, beacon):
    wanting.started("acme.ink", "1.1.0", ok=False)
    assert beacon.asked == []  # a start waits for no network
    check(wanting)

    [(line, headers)] = beacon.asked
    assert line == "GET /health/acme.ink/1.1.0/failed HTTP/1.1"
    assert headers.pop("User-Agent") == f"devforge/{__version__}"
    assert headers.keys() <= {"Host", "Accept-Encoding", "Connection"}
    assert wanting.home.install_id() not in str(beacon.asked)


def test_each_is_told_once_whatever_is_started_checked_or_installed_again(wanting, shelf, beacon):
    for _ in range(3):
        wanting.started("acme.ink", "1.1.0")
        check(wanting)
    wanting.started("acme.ink", "1.1.0", ok=False)
    check(wanting)
    wanting.install(exact={"acme.ink": "1.1.0"})
    wanting.started("acme.ink", "1.1.0")
    wanting.started("acme.ink", "1.1.0", ok=False)
    check(wanting)

    assert [line.split()[1] for line in beacon.lines] == [
        "/health/acme.ink/1.1.0/ok",
        "/health/acme.ink/1.1.0/failed",
    ]


def test_what_cannot_be_told_today_is_told_when_the_registry_answers_again(wanting, shelf, beacon):
    wanting.started("acme.ink", "1.1.0", ok=False)
    shelf.is_down = True
    check(wanting)
    assert beacon.asked == []
    shelf.is_down = False
    check(wanting)

    assert len(beacon.asked) == 1


def test_an_answer_that_was_lost_is_not_asked_for_again(wanting, beacon):
    beacon.answer = "stall"
    wanting.started("acme.ink", "1.1.0", ok=False)
    begun = time.monotonic()
    report = wanting.updates.check()
    answered = time.monotonic() - begun
    wanting.updates.close()
    ended = time.monotonic() - begun
    beacon.answer = None
    check(wanting)

    assert not report.stale
    assert answered < 1  # the answer does not wait for it,
    assert ended < 4  # and the end of the command two seconds at the most
    assert len(beacon.asked) == 1


def test_a_redirect_is_not_followed(wanting, beacon, tmp_path):
    with beaconing(tmp_path / "elsewhere.log") as elsewhere:
        beacon.answer, beacon.elsewhere = "redirect", elsewhere.url
        wanting.started("acme.ink", "1.1.0", ok=False)
        check(wanting)

    assert (len(beacon.asked), elsewhere.asked) == (1, [])


def test_a_beacon_that_is_away_is_no_trouble(wanting, shelf):
    shelf.beacon = "http://127.0.0.1:9/health/"
    wanting.started("acme.ink", "1.1.0", ok=False)
    assert not wanting.updates.check().stale
    wanting.updates.close()

    [told] = [word for word in wanting.home.reports().words if word.result == "failed"]
    assert told.state == "sent"


def test_where_the_registry_names_no_beacon_nothing_is_said(wanting, shelf, beacon):
    shelf.beacon = None
    wanting.started("acme.ink", "1.1.0", ok=False)
    check(wanting)

    assert beacon.asked == []


@pytest.mark.parametrize(
    "base",
    [None, "", "http://evil.example/", "ftp://x.example/", "https://x.example/?q=", "https://[x/",
     "https://me@x.example/", "https://x.example/#a", "file:///etc/"],
)  # fmt: skip
def test_a_beacon_that_is_no_plain_safe_address_is_none(base):
    assert not is_beacon(base)


def test_what_is_a_week_old_is_not_told(wanting, beacon, clock):
    wanting.started("acme.ink", "1.1.0", ok=False)
    clock.on(days=8)
    check(wanting)

    assert beacon.asked == []


@pytest.mark.parametrize("content", ["{", '{"words": [{"id": "x"}]}', "[]"])
def test_a_damaged_memory_tells_nothing_stops_nothing_and_is_mended(
    wanting, beacon, typed, content
):
    wanting.home.health_file.write_text(content)
    assert wanting.started("acme.ink", "1.1.0", ok=False).done
    check(wanting)
    assert beacon.asked == []

    assert "health.json: damaged" in typed("doctor")
    typed("doctor", "--fix")
    assert wanting.home.reports().words == ()


def test_wishes_that_cannot_be_read_mean_no(wanting, beacon):
    wanting.configure("health_reports: yes please\n")
    wanting.started("acme.ink", "1.1.0")

    assert [str(word.version) for word in wanting.home.reports().words] == ["1.0.0"]


def test_config_and_doctor_say_whether_it_is_on(typed):
    assert "health_reports     off" in typed("config")
    assert "health reports are off" in typed("doctor")
    assert "health_reports     on" in typed("config", "health_reports", "on")
    assert "health reports are on" in typed("doctor")
    assert '"health_reports": true' in typed("doctor", "--json")
    assert "health_reports 'maybe': there are on, off and default" in typed(
        "config", "health_reports", "maybe"
    )
    assert typed("config", "health_reports", "default").split() == ["health_reports", "off"]


def test_a_version_that_is_not_the_one_installed_is_not_told_of(wanting, beacon):
    wanting.started("acme.ink", "9.9.9", ok=False)
    wanting.started("acme.pen", "1.0.0", ok=False)
    check(wanting)

    assert beacon.asked == []
    assert id_("acme.ink") in wanting.updates.installed()
