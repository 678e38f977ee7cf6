"""The one reader of strangers' archives: what it refuses, and that it says which entry and why."""

from __future__ import annotations

import io
import stat
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.adapters.archive import ArchiveLimits, read_zip
from devforge.adapters.members import ArchiveMember, write_members
from devforge.errors import BadInput, Unavailable


def archive(*entries, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of (name or ZipInfo, content) pairs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in entries:
            file.writestr(name, content)
    return buffer.getvalue()


def entry(name, kind):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    return info


def test_plain_files_come_out_as_they_went_in():
    runnable = zipfile.ZipInfo("bin/run")
    runnable.external_attr = (stat.S_IFREG | 0o755) << 16

    members = read_zip(archive(("a.txt", "one"), (runnable, "two")), name="p.zip")

    assert members == [
        ArchiveMember("a.txt", False, b"one"),
        ArchiveMember("bin/run", True, b"two"),
    ]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["../evil"], ".. part"),
        (["a/../../evil"], ".. part"),
        (["/etc/passwd"], "absolute"),
        (["C:/evil"], "absolute"),
        (["a\\..\\evil"], "backslash"),
        (["a//b"], "empty"),
        (["a\nb"], "control character"),
        (["con"], "Windows"),
        (["lib/NUL.txt"], "Windows"),
        (["lib/COM1.ext"], "Windows"),
        (["com\u00b9.py"], "Windows"),
        (["CONIN$"], "Windows"),
        (["nul .txt"], "Windows"),
        (["Aux/a.py"], "Windows"),
        (["trailing. "], "Windows"),
        (["trailing./a.py"], "Windows"),
        (["blank /a.py"], "Windows"),
        (["lib/a.py:stream"], "Windows"),
        (["lib/a.py::$DATA"], "Windows"),
        (["c:evil"], "absolute"),
        (["//server/share/evil"], "absolute"),
        (["\\\\?\\C:\\evil"], "backslash"),
        (["Lib/a.py", "lib/b.py"], "one name on some disks"),
        (["caf\u00e9/a.py", "cafe\u0301/b.py"], "one name on some disks"),
        (["Lib/", "lib/b.py"], "one name on some disks"),
        (["A", "a/b"], "below an entry that is a file"),
        (["a:stream"], "absolute"),
        (["x" * 300], "longer"),
        (["Readme", "README"], "one name on some disks"),
        (["caf\u00e9", "cafe\u0301"], "one name on some disks"),
        (["a", "a/b"], "below an entry that is a file"),
    ],
)  # fmt: skip
def test_a_name_that_could_land_elsewhere_is_refused(names, why):
    with pytest.raises(BadInput, match=why) as caught:
        read_zip(archive(*((name, "x") for name in names)), name="p.zip")

    assert str(caught.value).startswith("p.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused():
    with pytest.raises(BadInput, match="one name"):
        read_zip(archive(("a", "1"), ("a", "2")), name="p.zip")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind):
    with pytest.raises(BadInput, match="link or a device"):
        read_zip(archive((entry("a", kind), "/etc/passwd")), name="p.zip")


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = archive(("zeros", b"\0" * (60 << 20)))

    assert len(bomb) < 100_000
    with pytest.raises(BadInput, match="too much for"):
        read_zip(bomb, name="p.zip")


def test_an_entry_longer_than_it_claims_is_refused():
    content = bytearray(archive(("a", b"\0" * 5000)))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")

    with pytest.raises(BadInput):
        read_zip(bytes(content), name="p.zip")


def test_two_readers_never_see_two_archives():
    content = bytearray(archive(("good.txt", "x"), compression=zipfile.ZIP_STORED))
    content[content.index(b"good.txt")] = ord("f")  # the local header's name, not the directory's

    with pytest.raises(BadInput, match=r"header|differ"):
        read_zip(bytes(content), name="p.zip")


def test_an_entry_that_is_packed_in_two_ways_is_refused():
    content = bytearray(archive(("good.txt", "x"), compression=zipfile.ZIP_STORED))
    content[8] = zipfile.ZIP_DEFLATED  # the local header's method; readers differ in which they ask

    with pytest.raises(BadInput, match="two different headers"):
        read_zip(bytes(content), name="p.zip")


def test_overlapping_entries_are_refused():
    content = bytearray(archive(("a", "x" * 50), ("b", "x" * 50), compression=zipfile.ZIP_STORED))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = (0).to_bytes(4, "little")

    with pytest.raises(BadInput, match="overlap"):
        read_zip(bytes(content), name="p.zip")


def test_too_many_entries_are_refused():
    many = archive(*((f"{n}", "") for n in range(20)))

    with pytest.raises(BadInput, match="20 entries, at most 10"):
        read_zip(many, name="p.zip", limits=ArchiveLimits(files=10))


def with_hidden(content, hidden, at):
    """`content` with something between its parts, and a directory that says so."""
    end = len(content) - 22
    start = int.from_bytes(content[end + 16 : end + 20], "little")
    directory = bytearray(content[start:])
    if at == 0:
        directory[42:46] = len(hidden).to_bytes(4, "little")
    moved = start + len(hidden)
    directory[-6:-2] = moved.to_bytes(4, "little")
    where = 0 if at == 0 else start
    return content[:where] + hidden + content[where:start] + bytes(directory)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: archive(("evil", "x")) + whole,
        lambda whole: whole + archive(("evil", "x")),
        lambda whole: b"#!/bin/sh\n" + whole,
        lambda whole: whole + b" ",
        lambda whole: whole[:-2] + len(whole).to_bytes(2, "little") + whole,
        lambda whole: with_hidden(whole, archive(("evil", "x"))[:35], 0),
        lambda whole: with_hidden(whole, archive(("evil", "x"))[:35], 1),
    ],
    ids=["two", "another two", "a script before", "after", "in the comment", "inside", "inside, at the end"],
)  # fmt: skip
def test_nothing_hides_in_an_archive_from_who_reads_it_from_the_other_end(change):
    whole = archive(("good.txt", "x"), compression=zipfile.ZIP_STORED)

    assert read_zip(whole, name="p.zip")
    with pytest.raises(BadInput, match=r"hides|its end|does not end"):
        read_zip(change(whole), name="p.zip")


def test_an_entry_that_has_a_second_name_for_other_readers_is_refused():
    named_twice = zipfile.ZipInfo("good.txt")
    unicode_path = b"\1" + zlib.crc32(b"good.txt").to_bytes(4, "little") + b"evil.txt"
    named_twice.extra = b"up" + len(unicode_path).to_bytes(2, "little") + unicode_path

    with pytest.raises(BadInput, match=r"second name|foreign separator"):
        read_zip(archive((named_twice, "x")), name="p.zip")


def test_a_directory_of_twenty_thousand_entries_is_refused_before_it_is_read():
    content = archive(("a", "x"))
    end = len(content) - 22
    entry_bytes = content[int.from_bytes(content[end + 16 : end + 20], "little") : end]
    many = 20_000 * entry_bytes
    tail = bytearray(content[end:])
    tail[12:16] = len(many).to_bytes(4, "little")
    swollen = content[: end - len(entry_bytes)] + many + bytes(tail)

    tracemalloc.start()
    with pytest.raises(BadInput, match="20000 entries, at most 10000"):
        read_zip(swollen, name="p.zip")
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 1_000_000


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_bad_input_and_nothing_else(content):
    with pytest.raises(BadInput):
        read_zip(content, name="p.zip")


@given(st.integers(0, 200), st.integers(0, 255))
def test_one_flipped_byte_never_surprises(position, value):
    content = bytearray(archive(("dir/a.txt", "hello hello hello"), ("b.txt", "x" * 40)))
    content[position % len(content)] = value

    try:
        members = read_zip(bytes(content), name="p.zip")
    except BadInput:
        return
    assert all(".." not in member.path for member in members)


def test_writing_into_a_place_that_exists_is_refused(tmp_path):
    with pytest.raises(Unavailable, match="exists"):
        write_members([], tmp_path)
