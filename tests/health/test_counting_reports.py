"""What of an access log counts as a report: our client's words about what is out, one voice for each network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.analytics.logs.line import LogLine
from devforge.health.tally import Count, network_of
from devforge.model.health import Tally
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OUT = NOW - timedelta(days=2)
KEY = ExtensionId.parse("acme.ink"), Version.parse("1.4.0")


def find(id, version):
    return KEY if (id, version) == ("acme.ink", "1.4.0") else None


def line(word="failed", *, address="198.51.100.7", **fields):
    values = {
        "when": NOW - timedelta(hours=1), "address": address, "method": "GET",
        "path": f"/health/acme.ink/1.4.0/{word}", "query": "", "status": 204, "bytes": 0,
        "agent": "devforge/0.1.0", "first_byte": 0, "from_cache": None,
    }  # fmt: skip
    return LogLine(**(values | fields))


def count(*lines):
    made = Count("/health/", find, NOW - timedelta(days=8), NOW)
    made.add(lines)
    return made


def of(made, since=OUT):
    return made.of(KEY, published=OUT, since=since)


def total(*lines, since=OUT):
    return of(count(*lines), since).total


def test_networks_are_counted_and_not_requests():
    many = [line(address=f"198.51.{n % 3}.{n}") for n in range(200)]

    assert total(*many) == Tally(failed=3)
    assert of(count(*many)).hits == 200


def test_a_whole_block_of_one_owner_is_one_voice():
    assert total(*(line(address=f"2001:db8:7:{n:x}::{n:x}") for n in range(500))) == Tally(failed=1)
    assert total(*(line(address=f"203.0.113.{n}") for n in range(256))) == Tally(failed=1)


def test_a_network_in_which_both_happened_has_said_both():
    assert total(line("ok"), line("failed"), line("ok")) == Tally(ok=1, failed=1)


def test_lines_that_come_twice_count_once():
    lines = [line(address=f"198.51.{n}.1") for n in range(20)]

    assert total(*lines, *lines) == total(*lines) == Tally(failed=20)


@pytest.mark.parametrize(
    "fields",
    [
        {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, {"agent": ""}, {"agent": "curl/8.5.0"},
        {"agent": "devforge/0.1.0 (x)"}, {"method": "HEAD"}, {"method": "POST"}, {"query": "a=1"},
    ],
)  # fmt: skip
def test_what_no_client_of_ours_sends_is_kept_apart(fields):
    counted = count(line(**fields))

    assert (of(counted).total, counted.others) == (Tally(), 1)


@pytest.mark.parametrize(
    "path",
    ["acme.ink/9.9.9/failed", "evil.made-up/1.0.0/failed", "acme.ink/1.4.0/failed/", "acme.ink/1.4.0/FAILED",
     "acme.ink/1.4.0/", "../acme.ink/1.4.0/failed", "acme.ink/1.4.0/../1.4.0/failed", "acme.ink//1.4.0/failed",
     "acme.ink/1.4.0/failed\n", "acme.ink/1.4.0\x00/failed", "acme.ink/1.4.0/ok|failed", "a" * 5000, "",
     "acme.ink/1.4.0/failed`rm -rf /`", "<script>/1.4.0/failed", "acme.ink/v1.4.0/failed"],
)  # fmt: skip
def test_a_path_that_is_not_to_the_letter_what_we_ask_for_counts_for_nothing(path):
    counted = count(line(path=f"/health/{path}"))

    assert (counted.versions, counted.counted, counted.strangers) == (0, 0, 1)


@pytest.mark.parametrize("when", [OUT - timedelta(seconds=1), NOW + timedelta(seconds=1), NOW - timedelta(days=9)])  # fmt: skip
def test_nobody_reports_before_a_version_is_out_nor_from_the_future(when):
    assert total(line(when=when)) == Tally()


def test_what_was_said_before_a_person_went_on_does_not_count_again():
    early, late = line(when=NOW - timedelta(hours=9)), line(when=NOW - timedelta(hours=1))
    went_on = NOW - timedelta(hours=5)

    assert total(early, since=went_on) == Tally()
    assert total(early, late, since=went_on) == Tally(failed=1)
    assert of(count(early, late), went_on).hits == 1


def test_a_flood_about_everything_there_is_leaves_what_fails_most_in_sight():
    made = Count(
        "/health/", lambda id, version: (ExtensionId.parse(id), Version.parse(version)), OUT, NOW
    )
    made.add(line("ok", path=f"/health/acme.e{n}/1.0.0/ok") for n in range(300))
    made.add(line(address=f"198.51.{n}.1") for n in range(5))

    assert made.versions == 301
    assert made.loudest(10)[0] == KEY


@pytest.mark.parametrize(
    "address", ["", "-", "unknown", "1.2.3", "evil.example", "1.2.3.4, 5.6.7.8"]
)
def test_a_line_without_an_address_is_nobodys_voice(address):
    assert count(line(address=address)).counted == 0


def test_each_day_is_counted_for_itself():
    days = [line(when=NOW - timedelta(days=n)) for n in (0, 0, 1)]

    assert of(count(*days)).days == {
        "2026-11-29": Tally(failed=1),
        "2026-11-30": Tally(failed=1),
    }
    assert total(*days) == Tally(failed=1)


def test_an_address_written_in_two_ways_is_one():
    assert network_of("::ffff:198.51.100.7") == network_of("198.51.100.200")
    assert (
        network_of("2001:db8::1") == network_of("2001:DB8:0:ffff::2") != network_of("2001:db9::1")
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_stranger_writes_is_counted_or_left(path, address):
    counted = count(line(path=f"/health/{path}", address=address))

    assert counted.counted + counted.strangers == 1
    assert counted.versions in (0, 1)
