"""dumb-pypi, which writes a static package index: the alternative to ours, over as many files.

Of every version it is told what our documents say too and it can list: the hash, what runs it, by
whom and when it was published.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Figure, put_aside, size_of

_ROOT = Path(__file__).parents[2]
_TOOLS = _ROOT / ".cache/bench"
_NAME = "dumb-pypi 1.15.0"


class DumbPypi:
    """Its index of so many packages with so many versions each, in a directory of its own."""

    def __init__(self, scratch: Path, packages: int, versions: int) -> None:
        self._listed, self._longer = scratch / "list", scratch / "longer"
        self._out = scratch / "simple"
        with self._listed.open(
            "w"
        ) as listed:  # not held: who is started counts it as its own memory
            for number in range(packages):
                listed.writelines(_line(number, f"1.{v}.0", month=v + 5) for v in range(versions))
        shutil.copyfile(self._listed, self._longer)
        with self._longer.open("a") as longer:
            longer.write(_line(4711, "2.0.0", month=11))
        self._command = [
            str(_installed()), "--packages-url", "https://example.com/", "--output-dir", str(self._out),
            "--no-generate-timestamp", "--no-per-release-json",
        ]  # fmt: skip

    def whole(self) -> Figure:
        """Write everything into an empty directory."""
        put_aside(self._out)
        return self._timed("whole", "--package-list-json", str(self._listed))

    def one_more(self) -> Figure:
        """Write one version more."""
        before = ("--previous-package-list-json", str(self._listed))
        return self._timed("one version more", "--package-list-json", str(self._longer), *before)

    def size(self) -> str:
        """How much it wrote."""
        return size_of(self._out)

    def _timed(self, what: str, *arguments: str) -> Figure:
        quiet = subprocess.DEVNULL
        start = time.perf_counter()
        process = subprocess.Popen([*self._command, *arguments], stdout=quiet, stderr=quiet)
        _, status, usage = os.wait4(process.pid, 0)  # this child's own peak, not the largest so far
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{_NAME} ended with {process.returncode}")
        return Figure(f"{_NAME}, {what}", seconds, usage.ru_maxrss / 1024)


def _line(number: int, version: str, *, month: int) -> str:
    name = f"ext_{number}-{version}.zip"
    said = {
        "filename": name,
        "hash": f"sha256={hashlib.sha256(name.encode()).hexdigest()}",
        "requires_python": ">=2.0.0,<4",
        "uploaded_by": f"Developer {number // 4}",
        "upload_timestamp": int(datetime(2026, month, 20, 10, tzinfo=UTC).timestamp()),
    }
    return f"{json.dumps(said)}\n"


def _installed() -> Path:
    """The program in an environment of its own, made once from a lock with hashes."""
    program = _TOOLS / "bin/dumb-pypi"
    if not program.exists():
        uv = [str(Path(sys.executable).with_name("uv"))]
        subprocess.run([*uv, "venv", "-q", "--clear", str(_TOOLS)], check=True, timeout=120)
        lock = _ROOT / "requirements/bench.lock"
        install = [*uv, "pip", "install", "-q", "--require-hashes", "-r", str(lock)]
        install += ["--python", str(_TOOLS / "bin/python")]
        subprocess.run(install, check=True, timeout=300)
    return program
