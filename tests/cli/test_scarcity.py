"""What a machine refuses is said in a sentence and is no bug of ours: room, memory, files, an ear, a place."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from signed_index import SignedIndex

resource = pytest.importorskip("resource")

_RUN = "import sys; from devforge.cli import main; sys.exit(main())"
_TIGHT = """
import resource, sys
from devforge.cli import main
import devforge.cli.listing, devforge.updates.api, platformdirs
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000, resource.RLIM_INFINITY))
sys.exit(main())
"""


def devforge(*arguments, program=_RUN, **options):
    line = [sys.executable, "-c", program, *map(str, arguments)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environ.pop(
        "PYTHONUNBUFFERED", None
    )  # what is said waits in a buffer, as it does for most people
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(line, text=True, check=False, env=environ, **given)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_an_output_that_takes_nothing_is_said(tmp_path):
    with Path("/dev/full").open("w") as full:
        done = devforge("doctor", "--home", tmp_path, stdout=full)

    assert done.returncode == 1
    assert done.stderr == (
        "devforge: what it had to say: could not be read or written (No space left on device)\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_a_version_that_nobody_could_write_down_is_said(tmp_path):
    with Path("/dev/full").open("w") as full:
        done = devforge("--version", stdout=full)

    assert done.returncode == 1
    assert done.stderr.endswith("(No space left on device)\n")


def test_a_reader_that_left_is_told_nothing(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = devforge("doctor", "--home", tmp_path, stdout=writing)
    os.close(writing)

    assert (done.returncode, done.stderr) == (1, "")


def test_where_nobody_listens_to_errors_the_answer_stays_clean(tmp_path):
    (tmp_path / "installed.json").write_text("{")

    done = devforge("pin", "acme.ink", "--home", tmp_path, stderr=None, preexec_fn=lambda: os.close(2))  # fmt: skip

    assert (done.returncode, done.stdout) == (64, "")


def test_a_search_that_nobody_reads_ends_well(tmp_path):
    registry = SignedIndex(
        tmp_path / "index", clock=datetime.now(UTC)
    )  # a command reads the real clock
    registry.add("acme.ink", "1.0.0")
    (tmp_path / "root.json").write_bytes(registry.root)
    where = [
        "--home",
        tmp_path / "home",
        "--index",
        tmp_path / "index",
        "--root",
        tmp_path / "root.json",
    ]

    done = devforge("search", "ink", *where, stdout=None, preexec_fn=lambda: os.close(1))

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's own numbers")
def test_too_little_memory_is_said(tmp_path):
    (tmp_path / "installed.json").touch()
    os.truncate(tmp_path / "installed.json", 60_000_000)

    done = devforge("list", "--home", tmp_path, program=_TIGHT)

    assert done.returncode == 1
    assert (
        done.stderr == "devforge: there is too little memory for this; with more, the same works\n"
    )


@pytest.mark.parametrize(
    ("home", "says"),
    [
        ("", "must not be empty"),
        ("~nobody-of-this-name/x", "there is no such user"),
        ("beside", "cannot be found from here"),
    ],
)
def test_a_home_that_is_nowhere_is_said(tmp_path, home, says):
    gone = tmp_path / "gone"
    gone.mkdir()

    def leave():
        os.chdir(gone)
        gone.rmdir()

    done = devforge("list", "--home", home, preexec_fn=leave)

    assert done.returncode == 64
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()[-1]) < 200
