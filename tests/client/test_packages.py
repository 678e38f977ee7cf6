"""Packages: picked up where they broke off, from whoever has them, and only the right ones (row B15)."""

from __future__ import annotations

import hashlib
import re
import time

import pytest
from hostile import answering, head
from places import IMPATIENT, INK, Place

from devforge.adapters.web import Patience, Web
from devforge.errors import DevForgeError, Refused, Unavailable
from devforge.model.index import Pointer
from devforge.updates.packages import fetch_package

CONTENT = bytes(range(256)) * 1200
POINTER = Pointer(sha256=hashlib.sha256(CONTENT).hexdigest(), length=len(CONTENT))


def fetched(*urls, parts=None):
    web = Web(IMPATIENT)
    try:
        return fetch_package(web, urls, POINTER, name="acme.ink-1.0.0.zip", parts=parts)
    finally:
        web.close()


class Shop:
    """Serves CONTENT by ranges, `piece` bytes an answer, and notes where each one began."""

    def __init__(self, content=CONTENT, piece=1 << 30):
        self.content, self.piece, self.begins = content, piece, []

    def __call__(self, request, connection):
        asked = re.search(rb"[Rr]ange: bytes=(\d+)-", request)
        begin = int(asked[1]) if asked else 0
        self.begins.append(begin)
        rest = self.content[begin:]
        where = {"Content_Range": f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}"}
        status = "206 Partial Content" if asked else "200 OK"
        first = head(status, Content_Length=len(rest), **(where if asked else {}))
        connection.sendall(first + rest[: self.piece])


def test_what_broke_off_is_gone_on_with(tmp_path):
    shop = Shop(piece=100_000)
    with answering(shop) as url:
        assert fetched(url, parts=tmp_path) == CONTENT

    assert shop.begins == [0, 100_000, 200_000, 300_000]
    assert list(tmp_path.iterdir()) == []


def test_the_next_command_goes_on_where_this_one_ended(tmp_path):
    with answering(Shop(piece=50_000)) as url, pytest.raises(Unavailable, match="broke off"):
        fetched(url, parts=tmp_path)
    [part] = tmp_path.iterdir()
    had = part.stat().st_size
    assert had == 200_000
    shop = Shop()
    with answering(shop) as url:
        assert fetched(url, parts=tmp_path) == CONTENT

    assert shop.begins == [had]


@pytest.mark.parametrize("answer", ["whole", "elsewhere", "past-the-end"])
def test_a_server_that_knows_no_ranges_or_wrong_ones_is_understood(tmp_path, answer):
    (tmp_path / POINTER.sha256).write_bytes(CONTENT[:1000])

    def whole(request, connection):
        if b"ange: bytes" in request and answer == "elsewhere":
            connection.sendall(
                head(
                    "206 Partial Content", Content_Range="bytes 500-999/307200", Content_Length=500
                )
                + CONTENT[500:1000]
            )
        elif b"ange: bytes" in request and answer == "past-the-end":
            connection.sendall(head("416 Range Not Satisfiable", Content_Length=0))
        else:
            connection.sendall(head("200 OK", Content_Length=len(CONTENT)) + CONTENT)

    with answering(whole) as url:
        assert fetched(url, parts=tmp_path) == CONTENT


def test_a_beginning_that_was_wrong_is_thrown_away_and_fetched_again(tmp_path):
    (tmp_path / POINTER.sha256).write_bytes(b"x" * 1000)
    with answering(Shop()) as url:
        assert fetched(url, parts=tmp_path) == CONTENT


@pytest.mark.parametrize(
    "content", [CONTENT[::-1], CONTENT[:-1], CONTENT + b"x", b"", b"x" * len(CONTENT)]
)
def test_an_asset_that_was_swapped_is_refused_whatever_its_address(tmp_path, content):
    with answering(Shop(content)) as url, pytest.raises(DevForgeError) as caught:
        fetched(url, parts=tmp_path)

    assert "acme.ink-1.0.0.zip could not be fetched" in str(caught.value)
    with answering(Shop()) as url:
        assert fetched(url, parts=tmp_path) == CONTENT


def test_where_one_place_has_something_else_the_next_is_asked(tmp_path):
    with answering(Shop(CONTENT[::-1])) as bad, answering(Shop()) as good:
        assert fetched(bad, good, parts=tmp_path) == CONTENT
        assert fetched(bad, good) == CONTENT


def test_a_disk_that_holds_no_more_is_not_the_servers_fault(tmp_path):
    resource = pytest.importorskip("resource")  # Windows has none
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    with answering(Shop()) as url:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        try:
            with pytest.raises(Unavailable) as caught:
                fetched(url, parts=tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert "could not be written (File too large)" in str(caught.value)
    assert "no answer" not in str(caught.value)


def test_a_package_that_comes_byte_by_byte_is_given_up_long_before_its_length_would_allow(tmp_path):
    vast = Pointer(sha256="0" * 64, length=500_000_000)  # at the slowest pace, eight hours

    def drip(_, connection):
        connection.sendall(head("200 OK", Content_Length=vast.length))
        for _ in range(40):
            connection.sendall(b"x")
            time.sleep(0.1)

    web = Web(Patience(connect_seconds=1, idle_seconds=1, total_seconds=0.5))
    begun = time.monotonic()
    with answering(drip) as url, pytest.raises(Unavailable, match=r"too slow: \d+ bytes"):
        fetch_package(web, [url], vast, name="acme.ink-1.0.0.zip", parts=tmp_path)
    web.close()

    assert time.monotonic() - begun < 60


def test_a_part_another_program_is_fetching_is_left_to_it(tmp_path):
    from devforge.adapters.files import locked  # noqa: PLC0415 - the only test with two programs

    with locked(tmp_path / POINTER.sha256, wait_seconds=0), answering(Shop()) as url:
        assert fetched(url, parts=tmp_path) == CONTENT


def test_the_index_gives_the_package_it_signed_and_no_other(place: Place):
    index = place.open()
    [version] = index.document(INK).versions
    content = index.download(INK, version)
    [package] = (place.site / "index/targets/packages").glob("*.acme.ink-1.0.0.zip")
    assert content == package.read_bytes()

    package.write_bytes(content.replace(b"VERSION", b"VErSION", 1)[::-1])
    with pytest.raises(Refused, match="not the package the signed index names"):
        index.download(INK, version)
    package.unlink()
    with pytest.raises(Unavailable, match="404"):
        index.download(INK, version)


def test_a_mirror_has_the_package_where_its_own_place_does_not(mirrored: Place):
    mirrored.sync("east", "west")
    index = mirrored.open()
    [version] = index.document(INK).versions
    for server in (mirrored.server, mirrored.mirrors["east"]):
        server.misbehave(".zip", "error", 503)

    assert index.download(INK, version)
