"""Webhooks, posted for real to a receiver on loopback: signed, once, and nowhere they should not go."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from announcing.receivers import receiving

from devforge.adapters.webhooks import Hook, Poster, Unsure, is_public
from devforge.errors import Refused, Unavailable


@pytest.fixture
def receiver(tmp_path):
    with receiving(tmp_path) as running:
        yield running


def post(receiver, *, url=None, kind="generic", permits=lambda _: True):
    hook = Hook("team", kind, url or receiver.url(), "a secret of theirs")
    Poster(permits, receiver.trust).post(hook, {"a": "ä"}, delivery="d-1", timestamp=1_790_000_000)


def test_a_generic_receiver_can_tell_that_it_is_ours_and_which_one_it_is(receiver):
    post(receiver)

    [(path, headers, body)] = receiver.got
    wanted = hmac.new(b"a secret of theirs", b"1790000000." + body, hashlib.sha256).hexdigest()
    assert path == "/hook/secret-part"
    assert headers["X-DevForge-Signature-256"] == f"sha256={wanted}"
    assert (headers["X-DevForge-Timestamp"], headers["X-DevForge-Delivery"]) == (
        "1790000000",
        "d-1",
    )
    assert headers["Host"] == f"localhost:{receiver.port}"
    assert body == '{"a": "ä"}'.encode()


def test_the_receiver_that_the_guide_shows_takes_ours_and_no_other(receiver):
    guide = (Path(__file__).parents[2] / "docs/operator.md").read_text()
    [shown] = re.findall(r"```python\n(.*?def is_ours.*?)```", guide, re.DOTALL)
    given: dict[str, Any] = {}
    exec(shown, given)
    hook, now = Hook("team", "generic", receiver.url(), "a secret of theirs"), int(time.time())
    for when in (now, now - 3600):
        Poster(lambda _: True, receiver.trust).post(hook, {"a": "ä"}, delivery="d", timestamp=when)
    [(_, headers, body), (_, old, _)] = receiver.got

    assert given["is_ours"](headers, body, "a secret of theirs")
    assert not given["is_ours"](headers, body + b" ", "a secret of theirs")
    assert not given["is_ours"](headers, body, "another secret")
    assert not given["is_ours"](old, body, "a secret of theirs")


def test_a_chat_is_told_nothing_it_does_not_need(receiver):
    post(receiver, kind="discord")

    assert not [name for name in receiver.got[0][1] if name.startswith("X-DevForge")]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, Unavailable), (503, Unavailable), (429, Unavailable), (400, Refused), (404, Refused), (0, Unsure)],
)  # fmt: skip
def test_each_answer_says_who_has_to_act(receiver, status, kind):
    receiver.answers = [status]
    with pytest.raises(kind) as error:
        post(receiver)

    assert type(error.value) is kind
    assert "secret-part" not in str(error.value)


def test_a_redirect_is_not_followed(receiver):
    receiver.answers, receiver.location = [307, 204], receiver.url(path="/elsewhere")
    with pytest.raises(Refused, match="redirects are not followed"):
        post(receiver)

    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
     "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
     "2002:7f00:1::", "2002:a9fe:a9fe::", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::7f00:1", "::a9fe:a9fe",
     "fec0::1", "2001:db8::1", "2001::7f00:1", "::", "192.0.2.1", "198.18.0.1", "240.0.0.1"],
)  # fmt: skip
def test_no_address_inside_a_network_is_public(address):
    assert not is_public(ip_address(address))


def test_addresses_of_the_whole_internet_are_public():
    assert all(
        is_public(ip_address(a))
        for a in (
            "93.184.215.14",
            "2606:2800:21f:cb07::1",
            "64:ff9b::5db8:d70e",
            "::ffff:93.184.215.14",
        )
    )


@pytest.mark.parametrize(
    "url",
    ["http://localhost/x", "https://user:word@localhost/", "https://[::1]/", "file:///etc/passwd",
     "https:///x", "https://localhost:port/", "https://a b/", "https://\u0430.example/"],
)  # fmt: skip
def test_only_https_to_a_plain_host_is_posted_to(receiver, url):
    with pytest.raises(Refused, match="address"):
        post(receiver, url=url)

    assert receiver.got == []


def test_a_host_of_this_machine_is_refused_by_default_whatever_its_name_says(receiver):
    for host in ("localhost", "127.0.0.1"):
        with pytest.raises(Refused, match="not on the public internet"):
            post(receiver, url=receiver.url(host), permits=is_public)

    assert receiver.got == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(receiver, monkeypatch):
    both = [(2, 1, 6, "", (a, 443)) for a in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Refused, match="not on the public internet"):
        post(receiver, permits=is_public)


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind(receiver, monkeypatch):
    asked = []
    real = socket.getaddrinfo

    def resolve(host, *rest, **more):
        asked.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    post(receiver)

    assert asked.count("localhost") == 1


def test_a_certificate_for_another_name_is_refused(tmp_path):
    with receiving(tmp_path, name="other.example") as receiver, pytest.raises(Refused, match="certificate"):  # fmt: skip
        post(receiver)


def test_a_receiver_that_is_away_is_tried_again(receiver):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        away = f"https://localhost:{held.getsockname()[1]}/"
    with pytest.raises(Unavailable) as error:
        post(receiver, url=away)

    assert type(error.value) is Unavailable
