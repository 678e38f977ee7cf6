"""What the client remembers may be damaged, absent, read-only, or shared: nothing is lost by it."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from places import IMPATIENT, INK, NOW, PEN, Place, versions

from devforge.errors import Refused, Unavailable

FILES = (
    "state.json",
    "metadata/root.json",
    "metadata/root_history/1.root.json",
    "metadata/timestamp.json",
    "metadata/snapshot.json",
    "metadata/targets.json",
    "metadata/extensions.json",
    "metadata/e-*.json",
    "documents/*",
)


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


DAMAGE = {
    "truncated": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "flipped": flip,
    "zeros": lambda content: bytes(len(content)),
    "nested": lambda content: b"[" * 100_000,
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("name", FILES)
def test_a_pipe_where_a_file_should_be_is_not_waited_for(place: Place, name):
    place.open().document(INK)
    for path in place.memory.glob(name):
        path.unlink()
        os.mkfifo(path)

    assert versions(place.open()) == ["1.0.0"]


def test_a_file_without_measure_is_not_read(place: Place):
    place.open().document(INK)
    for path in [*place.memory.glob("metadata/*.json"), *place.memory.glob("documents/*")]:
        os.truncate(path, 2**40)
    place.registry.add("acme.ink", "1.1.0")

    assert versions(place.open()) == ["1.1.0", "1.0.0"]


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_damage_anywhere_is_said_where_it_matters_and_mended(place: Place, name, damage):
    place.open().document(INK)
    before = {p: p.read_bytes() for p in place.memory.rglob("*") if p.is_file()}
    for path in place.memory.glob(name):
        path.write_bytes(damage(path.read_bytes()))

    index = place.open()

    assert versions(index) == ["1.0.0"]
    if name not in (
        "metadata/root.json",
        "metadata/root_history/1.root.json",
    ):  # nothing reads them
        assert "was damaged" in str(index.freshness.sentence())
    mended = place.open()
    assert versions(mended) == ["1.0.0"]
    assert mended.freshness.sentence() is None
    assert {p for p in before if p.name != "state.json" and p.read_bytes() != before[p]} <= {
        place.memory / "metadata/root.json", place.memory / "metadata/root_history/1.root.json",
    }  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_missing_is_fetched_again(place: Place, name):
    place.open().document(INK)
    for path in place.memory.glob(name):
        path.unlink()

    assert versions(place.open()) == ["1.0.0"]


def test_a_damaged_document_is_not_shown_offline(place: Place):
    place.open().document(INK)
    for path in place.memory.glob("documents/*"):
        path.write_bytes(flip(path.read_bytes()))

    with pytest.raises(Unavailable, match="was not looked at before"):
        place.open(offline=True).document(INK)


def test_a_home_that_cannot_be_written_costs_the_memory_alone(place: Place):
    index = place.open(home=Path("/proc/nowhere"))

    assert versions(index) == ["1.0.0"]
    assert index.download(INK, index.document(INK).versions[0])
    assert "cannot be written" in str(index.freshness.sentence())
    assert index.changed([INK], index.generation).documents == {}


_FULL = """
import resource, signal, sys
from pathlib import Path
from devforge.errors import DevForgeError
from devforge.updates.opening import open_index
from places import INK, versions
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    with open_index(sys.argv[1], home=Path(sys.argv[2]), root=Path(sys.argv[3])) as index:
        print(versions(index), index.freshness.sentence())
except DevForgeError as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.parametrize("room", [0, 100, 300, 500])
def test_a_full_disk_is_said_and_leaves_what_was_there(place: Place, room):
    place.open().document(INK)
    place.registry.add("acme.ink", "1.1.0")
    before = {p: p.read_bytes() for p in place.memory.rglob("*") if p.is_file()}

    arguments = [place.url, str(place.home), str(place.root), str(room)]
    done = subprocess.run(
        [sys.executable, "-c", _FULL, *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "written" in done.stdout
    assert "File too large" in done.stdout
    after = {p: p.read_bytes() for p in place.memory.rglob("*") if p.is_file()}
    assert {p.name for p in after if ".new-" in p.name} == set()
    changed = {p.name for p in before if after.get(p) != before[p]}
    assert changed <= {"state.json", "root.json"}
    assert versions(place.open()) == ["1.1.0", "1.0.0"]


_ASKED = """
import sys
from pathlib import Path
from devforge.updates.opening import open_index
from places import INK
open_index(sys.argv[1], home=Path(sys.argv[2]), root=Path(sys.argv[3])).document(INK)
"""


def test_what_a_killed_client_worked_in_is_in_the_home_and_swept(place: Place, tmp_path):
    (temporary := tmp_path / "temporary").mkdir()
    place.server.misbehave("timestamp.json", "stall", 5)
    child = subprocess.Popen(
        [sys.executable, "-c", _ASKED, place.url, str(place.home), str(place.root)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(temporary)},
    )
    while not any("timestamp.json" in path for path in place.server.paths):
        assert child.poll() is None
        time.sleep(0.01)
    child.kill()
    child.wait()
    place.server.behave()
    [worked_in], half = (
        place.memory.glob(".new-*"),
        place.memory / "metadata/root_history/.new-half",
    )
    half.write_bytes(b"half a root")
    assert list(temporary.iterdir()) == []

    with place.open() as index:
        index.document(INK)
    assert [worked_in.exists(), half.exists()] == [True, True]  # somebody may be at work there
    for path in (worked_in, half):
        os.utime(path, (0, 0))
    with place.open() as index:
        index.document(PEN)
    assert [*place.memory.rglob(".new-*")] == []


def _ask(location: str, home: Path, root: Path, times: int) -> None:
    from devforge.updates.opening import open_index  # noqa: PLC0415 - another process

    for _ in range(times):
        with open_index(location, home=home, root=root, patience=IMPATIENT) as index:
            assert index.document(INK) is not None
            assert index.document(PEN) is not None
            assert index.changed([INK]).documents[INK] is not None


def test_several_clients_at_once_disturb_nobody(place: Place):
    context = multiprocessing.get_context("spawn")
    clients = [
        context.Process(target=_ask, args=(place.url, place.home, place.root, 3)) for _ in range(3)
    ]
    for client in clients:
        client.start()
    for number in range(4):
        place.registry.add("acme.ink", f"1.{number + 1}.0")
    for client in clients:
        client.join(120)

    assert [client.exitcode for client in clients] == [0, 0, 0]
    index = place.open()
    assert versions(index)[0] == "1.4.0"
    assert index.freshness.sentence() is None


def test_a_failed_question_makes_nothing_look_fresher(place: Place):
    place.open().changed([INK])
    verified = place.open().freshness.verified
    later = NOW + timedelta(hours=5)
    place.server.misbehave("", "error", 500)

    failed = place.open(clock=lambda: later)
    failed.changed([INK], 1)
    assert failed.freshness.verified == verified
    assert failed.freshness.is_offline
    place.server.behave()
    place.server.misbehave("timestamp.json", "wrong")
    with pytest.raises(Refused):
        place.open(clock=lambda: later).changed([INK], 1)
    assert place.open(offline=True).freshness.verified == verified


def test_unchanged_is_asked_for_only_with_the_verified_body_at_hand(place: Place):
    with place.open() as index:
        generation = index.changed([INK]).generation
    place.server.forget()
    with place.open() as index:
        index.changed([INK], generation)
    assert [r.status for r in place.server.requests] == [404, 304]

    for damage in (lambda p: p.write_bytes(flip(p.read_bytes())), lambda p: p.unlink()):
        damage(place.memory / "metadata/timestamp.json")
        place.server.forget()
        with place.open() as index:
            index.changed([INK], generation)
        assert [r.status for r in place.server.requests] == [404, 200]


def test_whoever_says_unchanged_is_believed_for_a_day(place: Place):
    with place.open() as index:
        generation = index.changed([INK]).generation
    place.server.forget()

    place.open(clock=lambda: NOW + timedelta(hours=25)).changed([INK], generation)

    assert [r.status for r in place.server.requests] == [404, 200]


@pytest.mark.parametrize("year", [1970, 2000, 2020])
def test_a_clock_in_the_past_is_said_before_anything_is_believed(place: Place, year):
    past = NOW.replace(year=year)
    place.open().document(INK)

    for home in (place.home, place.home / "other"):
        with pytest.raises(Refused, match=rf"clock says {year}-\d\d-\d\d.*Set the clock"):
            place.open(home=home, clock=lambda: past).document(INK)


def test_a_clock_that_went_back_past_what_was_seen_is_said(place: Place):
    place.open().document(INK)

    with pytest.raises(Refused, match="the registry has signed on"):
        place.open(clock=lambda: NOW - timedelta(days=20)).changed([INK], 1)


def test_a_clock_in_the_future_is_said_and_what_is_known_stays_readable(place: Place):
    future = NOW.replace(year=2100, day=1)
    place.open().document(INK)

    index = place.open(clock=lambda: future)

    assert versions(index) == ["1.0.0"]
    assert "clock (2100-" in str(index.freshness.sentence())
    assert versions(place.open()) == ["1.0.0"]
    with pytest.raises(Refused, match="2100-"):
        place.open(home=place.home / "other", clock=lambda: future).document(INK)


def test_offline_nobody_is_asked_and_it_is_said_how_old_the_answer_is(place: Place):
    place.open().document(INK)
    place.server.forget()

    index = place.open(offline=True, clock=lambda: NOW + timedelta(hours=3))

    assert versions(index) == ["1.0.0"]
    assert re.search(r"what the registry said [23] hours ago", index.freshness.sentence())
    with pytest.raises(Unavailable, match=r"acme\.pen\.json was not looked at before"):
        index.document(PEN)
    with pytest.raises(Unavailable, match="offline, and a package has to be fetched"):
        index.download(INK, index.document(INK).versions[0])
    with pytest.raises(Unavailable, match="offline"):
        place.open(offline=True, home=place.home / "other").changed([INK])
    assert place.server.requests == []
