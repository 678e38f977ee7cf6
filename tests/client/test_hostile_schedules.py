"""A registry that misbehaves at every request, each time otherwise, alone and beside a mirror that does not."""

from __future__ import annotations

import gzip
import io
import random
import shutil
import socket
import struct
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hostile import answering, head
from signed_index import SignedIndex, serve, small_config

from devforge.cli import main
from devforge.model.index import Mirror
from devforge.updates.home import Home
from devforge.updates.verify import differences

NOW = datetime.now(UTC).replace(microsecond=0)
DATA = {"data.bin": random.Random(3).randbytes(40_000)}
BOMB = gzip.compress(bytes(32 << 20))
OTHER_DAYS = ("expired", "yesterday")
LINES = ("search ink", "show acme.ink", "install acme.ink", "outdated", "update", "update --now acme.ink", "verify", "changes acme.ink")  # fmt: skip


def whole(body, **headers):
    return head("200 OK", **({"Content_Length": len(body)} | headers)) + body


FAULTS = {
    "broken off": lambda body, _: whole(body[: len(body) // 2], Content_Length=len(body)),
    "one byte": lambda body, n: whole(body[: n % len(body)] + b"~" + body[n % len(body) + 1 :]),
    "longer": lambda body, n: whole(body + b" " * (n % 4_000_000)),
    "shorter": lambda body, _: whole(body, Content_Length=max(0, len(body) - 7)),
    "bomb": lambda *_: whole(BOMB, Content_Encoding="gzip"),
    "packed wrongly": lambda body, _: whole(gzip.compress(body)[:-3], Content_Encoding="gzip"),
    "chunks": lambda body, _: head("200 OK", Transfer_Encoding="chunked") + b"5\r\n" + body + b"\r\nZ\r\n",
    "plain http": lambda *_: head("302 Found", Location="http://example.invalid/", Content_Length=0),
    "circle": lambda _, n: head("302 Found", Location=f"?{n}", Content_Length=0),
    "other part": lambda body, n: head("206 Partial Content", Content_Range=f"bytes {n}-{n + 9}/{n + 10}", Content_Length=len(body)) + body,
    "unchanged": lambda *_: head("304 Not Modified", ETag='"x"'),
    "busy": lambda *_: head("429 Too Many Requests", Retry_After=99_999_999, Content_Length=0),
    "away": lambda *_: head("503 Service Unavailable", Retry_After=99_999_999, Content_Length=0),
    "gone": lambda *_: head("404 Not Found", Content_Length=0),
    "a page": lambda *_: whole(b"<html>\x1b[31mPlease log in</html>"),
    "nothing": lambda *_: whole(b""),
    "no http": lambda *_: b"\x16\x03\x01\x02\x00\x01\x1b[2Jhello\r\n\r\n",
    "many heads": lambda *_: b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 3000 + b"\r\n",
    "closed": lambda *_: b"",
}  # fmt: skip


class Schedule:
    """Draws, for each request, how it is answered; `seed` None answers well."""

    def __init__(self, days: Path) -> None:
        self.days, self.drawn = days, []
        self.seed(None)

    def seed(self, seed: int | None, share: float = 0.6) -> None:
        self.drawn.clear()
        self._random, self._share = (random.Random(seed) if seed is not None else None), share

    def __call__(self, request: bytes, connection: socket.socket) -> None:
        path, draw = request.split()[1].decode().lstrip("/").partition("?")[0], self._random
        kind = "well"
        if draw and draw.random() < self._share:
            kind = draw.choice([*FAULTS, *OTHER_DAYS, "reset"])
        self.drawn.append(kind)
        file = self.days / (kind if kind in OTHER_DAYS else "today") / path
        body = file.read_bytes() if file.is_file() else b"no such file"
        if kind in FAULTS:
            connection.sendall(FAULTS[kind](body, draw.randrange(10**7)))
        elif not file.is_file():
            connection.sendall(head("404 Not Found", Content_Length=0))
        elif kind == "reset":
            connection.sendall(whole(body[: len(body) // 2], Content_Length=len(body)))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            connection.sendall(whole(body))


@pytest.fixture(params=["alone", "beside a good one"])
def schedule(request, tmp_path, monkeypatch):
    """The hostile server's schedule; whether a good mirror is beside it; a home that is a version behind."""
    days = tmp_path / "days"
    days.mkdir()
    made = Schedule(days)
    made.is_alone, made.home = request.param == "alone", tmp_path / "home"
    with answering(made) as bad, serve(days / "today") as good:
        mirrors = () if made.is_alone else (Mirror(url=bad, region="a"), Mirror(url=good.url))
        _publish(tmp_path, small_config(mirrors=mirrors))
        for name, value in {
            "INDEX": bad, "ROOT": tmp_path / "root.json", "HOME": made.home, "VERSION": "2.0.0", "REGION": "a",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DEVFORGE_{name}", str(value))
        assert run("install acme.ink --version 1.0.0")[0] == 0
        shutil.copytree(made.home, tmp_path / "before")
        yield made


def _publish(tmp_path, config):
    registry = SignedIndex(tmp_path / "index", config=config, clock=NOW - timedelta(days=40))
    days, pen = tmp_path / "days", {"extension_dependencies": {"acme.pen": "^1"}}
    registry.add("acme.pen", "1.0.0")
    registry.add("acme.ink", "1.0.0", DATA, **pen)
    for day, age, version in (("expired", 40, "1.0.1"), ("yesterday", 1, "1.0.2"), ("today", 0, "1.1.0")):  # fmt: skip
        registry.clock = NOW - timedelta(days=age)
        registry.add("acme.ink", version, DATA, **pen)
        shutil.copytree(registry.out, days / day)
    (tmp_path / "root.json").write_bytes(registry.root)


def run(line):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(line.split())
    return code, out.getvalue() + err.getvalue()


def state_of(home):
    """What is installed; every file of it is as its record says."""
    held = Home(home)
    for entry in held.installed().values():
        assert not differences(held.root / entry.directory, held.record(entry.directory))
    return {str(id): str(entry.version) for id, entry in held.installed().items()}


OLD = {"acme.ink": "1.0.0", "acme.pen": "1.0.0"}
NEW = OLD | {"acme.ink": "1.1.0"}


def test_however_it_answers_each_run_ends_well_or_says_why_and_the_next_one_succeeds(
    schedule, tmp_path
):
    for seed in range(24):
        line = LINES[seed % len(LINES)]
        shutil.rmtree(schedule.home)
        shutil.copytree(tmp_path / "before", schedule.home)
        schedule.seed(seed, share=(0.4, 0.7, 1.0)[seed % 3])

        code, said = run(line)

        told = f"{seed}, {line}: {schedule.drawn}: {said}"
        assert code in (0, 1), told
        assert code == 0 or (schedule.is_alone and said.strip()), told
        assert all(text.isprintable() for text in said.splitlines()), told
        assert "our fault" not in said, told
        assert state_of(schedule.home) in (OLD, NEW), told
        assert list(schedule.home.glob("incoming/*")) + list(schedule.home.glob(".new-*")) == []
        schedule.seed(None)
        after, said = run(line)
        assert after == 0, f"after {told}\n{said}"
        assert run("doctor")[0] == 0, told


def test_who_knows_nothing_yet_is_told_so(schedule, tmp_path):
    shutil.rmtree(schedule.home)
    shutil.rmtree(tmp_path / "days/today")

    code, said = run("outdated")

    assert code == 1
    assert said.rstrip().endswith("timestamp.json: 404; nothing was learned of it before")
