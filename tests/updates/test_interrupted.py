"""Stopped, out of room or not allowed to write, at the command line: what a person is told, and that nothing is lost."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

import pytest
from signed_index import SignedIndex, serve
from updates.stops import count, fail_at, kill_at
from updates.test_stopping import as_nobody

from devforge.cli import main

# What a shell starts in the background does not hear Ctrl-C, nor does what that starts: so it is told to.
PROGRAM = """import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from devforge.cli import main
sys.exit(main())"""
COMMAND = [sys.executable, "-c", PROGRAM]
STOPPED = "devforge: stopped; the same command again finishes it\n"
NOISE = random.Random(7)
LARGE = {"extension.py": "", "data.bin": NOISE.randbytes(600_000)}


@pytest.fixture
def served(tmp_path, monkeypatch):
    made = SignedIndex(tmp_path / "index", clock=datetime.now(UTC))
    (tmp_path / "root.json").write_bytes(made.root)
    with serve(made.out) as server:
        monkeypatch.setenv("DEVFORGE_INDEX", server.url)
        monkeypatch.setenv("DEVFORGE_ROOT", str(tmp_path / "root.json"))
        monkeypatch.setenv("DEVFORGE_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("DEVFORGE_VERSION", "2.0.0")
        yield made, server


@pytest.fixture
def registry(served):
    return served[0]


@pytest.fixture
def server(served):
    return served[1]


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def run(line):
    """Run a command line here; return its exit code, what it printed, and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(line.split())
    return code, out.getvalue(), err.getvalue()


def stopped_when(is_there, line):
    """Run a command line as a program, press Ctrl-C once `is_there`, and return how it ended."""
    program = subprocess.Popen(
        [*COMMAND, *line.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 30
    while not is_there() and program.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=30)
    return program.returncode, err.lstrip()  # after ^C a terminal needs a line of its own


def test_stopped_at_the_download_it_says_so_and_goes_on_where_it_was(registry, server, home):
    registry.add("acme.ink", "1.0.0", LARGE)
    server.misbehave(".zip", "slow", 0.0001)
    parts = lambda: [p for p in home.glob("trust/*/parts/*") if p.stat().st_size]  # noqa: E731

    code, err = stopped_when(parts, "install acme.ink")

    assert (code, err) == (130, STOPPED)
    assert not (home / "installed.json").exists()
    [part] = parts()
    begun = part.stat().st_size
    assert 0 < begun < 600_000
    server.behave()
    server.forget()
    assert run("install acme.ink")[0] == 0
    assert run("list")[1].split() == ["acme.ink", "1.0.0"]
    assert server.bytes < 700_000 - begun + 20_000
    assert not parts()


def test_stopped_while_it_unpacks_it_has_the_old_version_and_the_next_run_the_new(registry, home):
    registry.add("acme.ink", "1.0.0")
    assert run("install acme.ink")[0] == 0
    registry.add("acme.ink", "1.1.0", {f"d{n // 50}/{n}.py": f"{n}" for n in range(3000)})
    unpacking = lambda: [*home.glob("incoming/*/d3")]  # noqa: E731

    code, err = stopped_when(unpacking, "update --now acme.ink")

    assert (code, err) == (130, STOPPED)
    assert run("list")[1].split()[:2] == ["acme.ink", "1.0.0"]
    assert run("verify")[0] == 0
    assert run("update --now acme.ink")[0] == 0
    assert run("list")[1].split()[:2] == ["acme.ink", "1.1.0"]
    assert list(home.glob("incoming/*")) == []
    assert run("doctor")[0] == 0


def doctor():
    code, out, _ = run("doctor --json")
    said = json.loads(out)
    return code, [one["what"] for one in said["left"]], [one["what"] for one in said["left_over"]]


def test_what_a_killed_command_left_is_no_damage_and_is_said_until_it_is_tidied(registry, home):
    registry.add("acme.ink", "1.0.0", {"a.py": "a", "b.py": "b"})
    steps, told = count(lambda: run("install acme.ink")), set()
    shutil.rmtree(home, ignore_errors=True)
    for step in range(steps - 50, steps, 5):  # from what is unpacked until it is noted
        kill_at(step, lambda: run("install acme.ink"))
        code, left, over = doctor()
        said = run("doctor")[1]
        told |= {what.rpartition(": ")[2] for what in over}

        assert (code, left) == (0, []), f"step {step}"
        assert said.startswith(f"{home}: nothing is wrong\n")
        assert said.count("left over: ") == len(over)
        assert ("nothing is lost by it: the next change sees to that" in said) == bool(over)
        assert run("doctor --fix")[0] == 0
        assert doctor() == (0, [], []), f"step {step}"
        shutil.rmtree(home, ignore_errors=True)

    assert told == {
        "a command was stopped before this was whole",
        "a command was stopped in the middle of a change",
    }


@pytest.mark.long
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_each_run_says_what_could_not_be_written_and_the_next_one_goes_on(
    registry, home, code
):
    registry.add("acme.ink", "1.0.0", LARGE)
    steps = count(lambda: run("install acme.ink"))
    assert run("remove acme.ink")[0] == 0

    for step in range(1, steps, 5):
        said = fail_at(step, lambda: "{} {} {}".format(*run("install acme.ink")), code=code)

        assert said.startswith(("0 ", "1 ")), f"step {step}: {said}"
        assert "our fault" not in said
        if said.startswith("1 "):
            assert os.strerror(code) in said, f"step {step}: {said}"
            assert said.count("devforge: ") in (1, 2), f"step {step}: {said}"
        assert run("install acme.ink")[0] == 0
        assert run("verify")[0] == 0
        assert run("remove acme.ink")[0] == 0


def test_in_a_home_that_cannot_be_written_all_can_be_read_and_a_change_says_why_not(
    registry, home, tmp_path
):
    registry.add("acme.ink", "1.0.0")
    assert run("install acme.ink")[0] == 0
    registry.add("acme.ink", "1.1.0")
    for path in (tmp_path, *tmp_path.parents):
        if str(path).startswith("/tmp/pytest"):
            path.chmod(0o755)
    everything = (home, *home.rglob("*"))
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def told(line):
        return as_nobody(lambda: "{} | {} | {}".format(*run(line)))

    shown = {line: told(line) for line in ("list", "verify", "outdated", "show acme.ink")}
    refused = {line: told(line) for line in ("update --now acme.ink", "remove acme.ink", "pin acme.ink", "config cooldown_hours 3")}  # fmt: skip
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)

    assert "acme.ink" in shown["list"]
    assert all(said.startswith("0 | ") for said in shown.values()), shown
    for line, said in refused.items():
        assert said.startswith("1 | "), line
        assert "cannot be written (Permission denied)" in said, line
        assert "our fault" not in said, line
    assert run("list")[1].split() == ["acme.ink", "1.0.0"]
    assert run("update --now acme.ink")[0] == 0
