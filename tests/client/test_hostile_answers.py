"""Answers that never end, come byte by byte, lead in circles or unpack to gigabytes (row B4), and
answers that say "as before" when there is no before (row B19)."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import pytest
from announcing.receivers import receiving
from hostile import answering, head
from tuf.api.exceptions import DownloadHTTPError, DownloadLengthMismatchError

from devforge.adapters.web import Patience, Web
from devforge.errors import DevForgeError, Refused, Unavailable
from devforge.updates.fetcher import Fetcher, Remembered

LIMIT = 16 * 1024
QUICK = Patience(connect_seconds=1, idle_seconds=0.4, total_seconds=1.2)


def fetched(url: str, *, limit: int = LIMIT, remembered: Remembered | None = None) -> bytes:
    web = Web(QUICK)
    try:
        return Fetcher(web, remembered).download_bytes(url, limit)
    finally:
        web.close()


LONG = 20.0  # what the far side would go on for; even a busy machine notices sooner that it is left


def forever(piece: bytes, pause: float = 0.0) -> Callable[..., None]:
    def answer(_, connection):
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            connection.sendall(piece)
            time.sleep(pause)

    return answer


def silent(_, connection):
    """Say nothing until the other side goes."""
    connection.settimeout(LONG)
    connection.recv(1)


def after(first: bytes, then: Callable[..., None]) -> Callable[..., None]:
    def answer(request, connection):
        connection.sendall(first)
        then(request, connection)

    return answer


def test_a_body_without_end_is_left_as_soon_as_it_is_too_long():
    begun = time.monotonic()
    with answering(after(head("200 OK"), forever(b"x" * 65536))) as url:
        with pytest.raises(DownloadLengthMismatchError):
            fetched(url)
        assert time.monotonic() - begun < LONG / 2


def test_a_body_that_claims_ten_gigabytes_costs_no_more_than_the_limit():
    with (
        answering(after(head("200 OK", Content_Length=10**10), forever(b"x" * 65536))) as url,
        pytest.raises(DownloadLengthMismatchError),
    ):
        fetched(url)


@pytest.mark.parametrize(
    "answer",
    [
        forever(b"H", pause=0.1),
        after(b"HTTP/1.1 200 OK\r\n", forever(b"X-More: yes\r\n", pause=0.1)),
        after(head("200 OK", Content_Length=9999), forever(b"x", pause=0.1)),
        after(head("200 OK"), forever(b"x", pause=0.1)),
        after(head("200 OK", Transfer_Encoding="chunked"), forever(b"1\r\nx\r\n", pause=0.1)),
        after(head("200 OK"), silent),
        silent,
    ],
    ids=["status", "headers", "body", "open-end", "chunked", "silent-body", "silent"],
)
def test_whoever_is_slow_is_left_after_the_time_we_have(answer):
    begun = time.monotonic()
    with answering(answer) as url:
        with pytest.raises(Unavailable) as caught:
            fetched(url)
        assert time.monotonic() - begun < LONG / 2
    assert url in str(caught.value)


@pytest.mark.parametrize("hops", [1, 5])
def test_a_few_redirects_are_followed(hops):
    def answer(request, connection):
        left = int(request.split()[1].strip(b"/") or hops)
        if left > 1:
            connection.sendall(head("302 Found", Location=f"/{left - 1}", Content_Length=0))
        elif left == 1:
            connection.sendall(head("302 Found", Location="/0", Content_Length=0))
        else:
            connection.sendall(head("200 OK", Content_Length=2) + b"ok")

    with answering(answer) as url:
        assert fetched(f"{url}{hops}") == b"ok"


@pytest.mark.parametrize(
    "where", ["https://a\x1b[2Jb/", "https://example.invalid/" + "a" * 9000, "https://\xe9/", "//["]
)
def test_a_redirect_to_what_is_no_address_is_refused_and_said_in_plain_letters(where):
    answer = f"HTTP/1.1 302 Found\r\nLocation: {where}\r\n\r\n".encode("latin-1")
    with (
        answering(lambda _, connection: connection.sendall(answer)) as url,
        pytest.raises(Refused, match="redirects to what is not an address") as caught,
    ):
        fetched(url)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "answer",
    [
        b"\x1b]0;owned\x07\x1b[2J\r\n\r\n",
        b"HTTP/1.1 \x1b[31mred\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
        b"\0" * 5000,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: \x1b[31m\r\n\r\n{}",
        b"HTTP/1.1 404 No\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    ],
    ids=["title", "status", "tls", "nul", "coding", "length"],
)
def test_nothing_a_server_says_rings_bells_or_colours_a_terminal(answer):
    with (
        answering(lambda _, connection: connection.sendall(answer)) as url,
        pytest.raises((DevForgeError, DownloadHTTPError)) as caught,
    ):
        fetched(url)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["x" * 20_000, "\xe9", "\x1b[2J"])
def test_a_name_that_no_server_would_take_back_is_not_kept(name):
    answer = f'HTTP/1.1 200 OK\r\nETag: "{name}"\r\nContent-Length: 2\r\n\r\n{{}}'.encode("latin-1")
    web = Web(QUICK)
    fetcher = Fetcher(web)
    with answering(lambda _, connection: connection.sendall(answer)) as url:
        assert fetcher.download_bytes(url, LIMIT) == b"{}"
    web.close()

    assert fetcher.named == {url: (None, None)}


def test_many_slow_answers_are_one_slow_server():
    def slowly(_, connection):
        connection.sendall(head("200 OK", Content_Length=2) + b"{")
        time.sleep(0.3)
        connection.sendall(b"}")

    web = Web(QUICK)
    fetcher = Fetcher(web, wait_seconds=1)
    said, asked = "", 0
    with answering(slowly) as url:
        while not said and (asked := asked + 1) < 20:
            try:
                fetcher.download_bytes(url, LIMIT)
            except Unavailable as error:
                said = str(error)
    web.close()

    assert "too slow" in said
    assert asked < 5


def test_redirects_without_end_are_refused():
    with (
        answering(
            lambda _, c: c.sendall(head("302 Found", Location="/again", Content_Length=0))
        ) as url,
        pytest.raises(Refused, match="more than 5 redirects"),
    ):
        fetched(url)


@pytest.mark.parametrize(
    "where",
    ["http://example.invalid/x", "ftp://example.invalid/x", "file:///etc/passwd", "http://[::1/"],
)
def test_a_redirect_to_somewhere_less_safe_is_refused(where):
    with (
        answering(
            lambda _, c: c.sendall(head("302 Found", Location=where, Content_Length=0))
        ) as url,
        pytest.raises(Refused, match=r"only https is followed|not an address"),
    ):
        fetched(url)


def test_from_https_nothing_leads_back_to_plain_http_even_on_this_machine():
    from devforge.adapters.web_addresses import redirected  # noqa: PLC0415 - TLS needs no server to be tested

    with pytest.raises(Refused, match="less safe"):
        redirected("https://registry.example/a", "http://127.0.0.1/a")
    assert redirected("https://registry.example/a", "//b.example/c") == "https://b.example/c"


def test_what_is_packed_is_unpacked_no_further_than_the_limit():
    bomb = gzip.compress(b"\0" * (64 << 20))
    packed = head("200 OK", Content_Encoding="gzip", Content_Length=len(bomb)) + bomb

    with (
        answering(lambda _, c: c.sendall(packed)) as url,
        pytest.raises(DownloadLengthMismatchError),
    ):
        fetched(url)


def test_no_piece_of_what_is_unpacked_is_larger_than_a_piece_of_the_plain():
    bomb = gzip.compress(b"\0" * (64 << 20))
    packed = head("200 OK", Content_Encoding="gzip", Content_Length=len(bomb)) + bomb
    with answering(lambda _, c: c.sendall(packed)) as url:
        web = Web(Patience(total_seconds=60))
        with web.get(url) as answer:
            pieces = [len(piece) for piece in answer.chunks()]
        web.close()

    assert sum(pieces) == 64 << 20
    assert max(pieces) <= 64 * 1024


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(b"hello")[:-6], "gzip"),
        (gzip.compress(b"hello") + b"and more", "gzip"),
        (b"not packed at all", "gzip"),
        (zlib.compress(b"hello"), "deflate"),
        (b"\x00", "br"),
        (gzip.compress(gzip.compress(b"hello")), "gzip, gzip"),
    ],
    ids=["broken-off", "trailing", "not-packed", "deflate", "br", "twice"],
)
def test_what_is_packed_wrongly_or_unasked_is_not_taken(body, coding):
    packed = head("200 OK", Content_Encoding=coding, Content_Length=len(body)) + body
    with answering(lambda _, c: c.sendall(packed)) as url, pytest.raises(DevForgeError):
        fetched(url)


def test_a_body_that_breaks_off_is_not_a_body():
    with (
        answering(lambda _, c: c.sendall(head("200 OK", Content_Length=10) + b"half")) as url,
        pytest.raises(Unavailable),
    ):
        fetched(url)


def test_unchanged_is_no_answer_where_there_is_nothing_to_compare_with():
    with (
        answering(lambda _, c: c.sendall(head("304 Not Modified", ETag='"a"'))) as url,
        pytest.raises(Refused, match="nothing was there to compare"),
    ):
        fetched(url)


def test_unchanged_counts_only_for_the_version_that_was_asked_about():
    with answering(lambda _, c: c.sendall(head("304 Not Modified", ETag='"b"'))) as url:
        with pytest.raises(Refused, match="another version"):
            fetched(url, remembered=Remembered(url, b"body", etag='"a"'))
        assert fetched(url, remembered=Remembered(url, b"body", etag='"b"')) == b"body"


def test_unchanged_counts_only_for_the_address_it_was_remembered_by():
    with (
        answering(lambda _, c: c.sendall(head("304 Not Modified", ETag='"a"'))) as url,
        pytest.raises(Refused, match="nothing was there to compare"),
    ):
        fetched(url + "other", remembered=Remembered(url, b"body", etag='"a"'))


@pytest.mark.parametrize("url", ["http://example.invalid/x", "ftp://example.invalid/", "https://"])
def test_only_https_is_asked_at_all(url):
    with pytest.raises(Refused, match="only https"):
        fetched(url)


def test_nobody_there_is_said_in_one_sentence():
    with pytest.raises(
        Unavailable, match=r"GET http://127.0.0.1:9/x: no answer \(Connection refused\)"
    ):
        fetched("http://127.0.0.1:9/x")


@pytest.mark.parametrize("answer", [silent, after(head("200 OK"), silent)], ids=["head", "body"])
def test_why_nobody_answers_is_not_what_went_wrong_before(answer, tmp_path):
    with answering(answer) as url:
        try:
            (tmp_path / "not kept here").read_bytes()
        except OSError:  # so it is asked for, as everything is that is not at hand
            with pytest.raises(Unavailable, match="timed out"):
                fetched(url)


@pytest.mark.parametrize("said", [b"\x16\x03\x01hello\r\n\r\n", head("200 OK", Transfer_Encoding="chunked") + b"ZZ\r\n"])  # fmt: skip
def test_what_is_no_answer_of_a_web_server_is_called_so(said):
    with (
        answering(lambda _, c: c.sendall(said)) as url,
        pytest.raises(Unavailable, match=f"GET {url}: what answers does not speak HTTP"),
    ):
        fetched(url)


def test_a_certificate_that_nobody_vouches_for_is_said(tmp_path):
    with (
        receiving(tmp_path) as stranger,
        pytest.raises(Unavailable, match=r"its certificate is not to be trusted \(self-signed"),
    ):
        fetched(stranger.url())
