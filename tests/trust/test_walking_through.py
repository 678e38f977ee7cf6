"""One person at the keys, as the operator's guide tells it: what they read when they slip."""

from __future__ import annotations

import pytest


def test_while_the_first_ceremony_is_under_way_the_status_says_so(office):
    keys = [word for name in ("a-1", "a-2", "a-3") for word in ("--key", office.key(name))]
    assert "no ceremony was held yet" in office.here("status")[1]
    online = office.key("online-1", "--online")
    office.does("init", *keys, "--online", online, "--repository", "operator/registry")

    said = office.here("status")[1]

    assert "the first ceremony is not over, so no index can be signed yet" in said
    assert "with one of a-1, a-2, a-3" in said


def test_when_a_key_is_lost_those_are_asked_for_whose_signature_is_enough(office):
    office.begin()
    fresh = office.key("usb-c")

    said = office.does("rotate", "usb-a", fresh)

    assert "next: devforge keys sign KEY.key.json --apply    with one of paper, usb-b\n" in said
    said = office.sign("usb-b", "paper")
    assert "next: commit registry/" in said
    assert "nothing is due" in office.here("status")[1]


def test_signing_twice_says_that_it_was_signed_and_a_refusal_is_told_once(office):
    office.begin()
    office.does("renew")
    office.sign("usb-a")

    assert "usb-a has signed all that is pending already" in office.sign("usb-a")
    code, said = office.here("renew", "--apply")
    assert (code, said.count("wait for signatures")) == (1, 1)


@pytest.mark.parametrize("url", ["http://eu.example/", "http://127.0.0.1.example/", "eu.example"])
def test_a_mirror_in_the_clear_is_none(office, url):
    office.begin()

    code, said = office.here("mirrors", "--add", url, "--apply")

    assert code == 64
    assert "is no address of a mirror: it begins with https://" in said


def test_the_private_half_in_place_of_the_reference_is_told_apart(office):
    office.begin()
    office.does("renew")

    code, said = office.here("sign", str(office.keys / "usb-a.pem"), "--apply")

    assert code == 64
    assert "usb-a.pem is the key itself; name usb-a.key.json beside it" in said


def test_half_a_file_that_waits_for_signatures_is_told_with_the_way_out(office):
    office.begin()
    office.does("renew")
    path = next((office.trust / "pending/metadata").glob("*.targets.json"))
    path.write_bytes(path.read_bytes()[:100])

    code, said = office.here("status")

    assert code == 64
    assert "is no metadata" in said
    assert "give the change up by deleting registry/trust/pending" in said
