"""A tree written to disk stays below its directory, whatever its paths and links say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devforge.adapters.scratch import scratch_directory, write_tree
from devforge.errors import BadInput
from devforge.model.observed import Mode, SourceFile, SourceTree


def tree(*files: tuple[str, Mode, bytes]) -> SourceTree:
    return SourceTree({path: SourceFile(path, mode, content) for path, mode, content in files})


def test_files_links_and_modes_are_written(tmp_path: Path) -> None:
    into = tmp_path / "into"
    write_tree(
        tree(
            ("a/run", "executable", b"x"),
            ("a/text", "file", b"y"),
            ("link", "symlink", b"a/text"),
            ("a/up", "symlink", b"../link"),
        ),
        into,
    )

    assert (into / "a/up").read_bytes() == b"y"
    assert os.access(into / "a/run", os.X_OK)
    assert not os.access(into / "a/text", os.X_OK)


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../out", b"a/../../out", b"", b".."])
def test_links_that_lead_out_are_left_out(tmp_path: Path, target: bytes) -> None:
    into = tmp_path / "into"
    write_tree(tree(("link", "symlink", target), ("sub", "submodule", b"")), into)

    assert list(into.iterdir()) == []


@pytest.mark.parametrize("path", ["../out", "/out", "a/../../out", "a\0b", ""])
def test_paths_that_lead_out_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInput, match="cannot be written: it leads out"):
        write_tree(tree((path, "file", b"x")), tmp_path / "into")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    files = tree(("a", "symlink", b"b"), ("a/file", "file", b"x"))
    with pytest.raises(BadInput, match="'a' cannot be written"):
        write_tree(files, tmp_path / "into")
    assert list(outside.iterdir()) == []


_HOLDS = """
import subprocess, sys, time
from devforge.adapters.scratch import scratch_directory
with scratch_directory("devforge-test-") as path:
    (path / "a").write_text("x")
    writer = f"import time, pathlib\\nwhile True: pathlib.Path('{path}/b').write_text('y'); time.sleep(0.01)"
    child = subprocess.Popen([sys.executable, "-c", writer])
    print(path, child.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_program_told_to_end_leaves_neither_files_nor_programs(number: int) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDS], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    path, child = holder.stdout.readline().split()
    assert Path(path).is_dir()
    holder.send_signal(number)
    holder.communicate(timeout=20)

    assert holder.returncode == -number
    assert not Path(path).exists()
    deadline = time.monotonic() + 10
    while Path("/proc", child).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path("/proc", child).exists()


def test_a_scratch_directory_is_gone_and_signals_are_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with scratch_directory("devforge-test-") as path:
        (path / "a").write_text("x")

    assert not path.exists()
    assert signal.getsignal(signal.SIGTERM) is before
