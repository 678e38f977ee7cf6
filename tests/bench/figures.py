"""What a benchmark says: rows of a table, measured in a process of their own."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 6 << 30


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was done, how long it took, the most memory it held."""

    what: str
    seconds: float
    megabytes: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of other figures than time and memory, and what is to be said below it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A titled table; `measure` may take minutes."""

    name: str
    title: str
    measure: Callable[[], list[Figure] | Table]


def measure_alone(module: str, function: str, *arguments: str) -> tuple[float, float, str]:
    """Call `module.function(*arguments)` in a new process; return seconds, megabytes, its answer.

    The clock starts when the module has been imported: start-up is the same for everybody.
    """
    program = "import sys; from tests.bench.figures import run_alone; run_alone(*sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, module, function, *arguments],
        check=True, capture_output=True, timeout=900,
    )  # fmt: skip
    seconds, megabytes, answer = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes, answer


def run_alone(module: str, function: str, *arguments: str) -> None:
    """Run inside the new process of `measure_alone`."""
    imported = __import__(module, fromlist=[function])
    start = time.perf_counter()
    answer = getattr(imported, function)(*arguments)
    seconds = time.perf_counter() - start
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([seconds, kilobytes / 1024, str(answer)]))


def size_of(directory: Path) -> str:
    """Say how much was written, when the clock stands still: looking takes its time."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in files)
    return f"{len(files):,} files, {total / 1_000_000:.1f} MB in all"


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a directory for many files, in memory where there is room for them.

    For minutes after files were removed ext4 takes up to ten times as long to make new ones, whoever
    removed them: a test run before this, or the benchmark before.
    """
    is_roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    return tempfile.TemporaryDirectory(prefix="devforge-bench-", dir=_MEMORY if is_roomy else None)


def put_aside(directory: Path) -> None:
    """Have nothing lie at `directory`, and remove nothing: that would slow down what comes next."""
    if directory.exists():
        directory.rename(tempfile.mkdtemp(prefix="before-", dir=directory.parent))


def machine() -> str:
    """Name this machine and the day, without which a figure means nothing."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{os.cpu_count()} cores of {platform.machine()}, {memory:.0f} GB, "
        f"{platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}, {day}"
    )


def render(benchmark: Benchmark, figures: list[Figure] | Table) -> str:
    """Return a benchmark's section of docs/benchmarks.md."""
    lines = [f"## {benchmark.title}", "", f"`make bench ONLY={benchmark.name}` on {machine()}.", ""]
    if isinstance(figures, Table):
        rows = [figures.head, ("---", *("---:",) * (len(figures.head) - 1)), *figures.rows]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([*lines, "", *figures.notes, ""])
    lines += ["| what | seconds | memory | |", "|---|---:|---:|---|"]
    lines += [
        f"| {figure.what} | {figure.seconds:.2f} | {figure.megabytes:.0f} MB | {figure.note} |"
        for figure in figures
    ]
    return "\n".join([*lines, ""])
