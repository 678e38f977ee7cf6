"""A whole static review beside the tools it is made of, each started as a person would start it.

Three extensions: an ordinary one, 200 files of Python (the standard library's), 200 files of
JavaScript and TypeScript (npm's own, as the bundled Node brings it). Everything is measured in turn,
several times, from the start of the process to its end, with the memory of the whole process tree.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devforge.adapters.node import node_home
from devforge.adapters.program import find_program
from devforge.adapters.semgrep import RULES, core_program
from tests.bench.figures import Benchmark, Figure

ROUNDS = 5
_FILES = 200
_LARGEST_BYTES = 60_000
_SAMPLES = Path(__file__).parents[1] / "extensions"
_OURS = "from tests.bench.reviewing import review; import sys; review(sys.argv[1])"
_WHOLE = "all ten checks"
_SEMGREP, _CORE = "semgrep scan alone", "semgrep's core alone, as we start it"
_ONE_AFTER_ANOTHER = "bandit, ruff, semgrep one after another"


@dataclass(slots=True)
class Runs:
    """Every run of one way to do it: seconds, and the most megabytes its processes held together."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def measure() -> list[Figure]:
    """Return rows for each extension: ours, the tools alone, the tools one after another."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        rows: list[Figure] = []
        for name, make in _EXTENSIONS.items():
            directory = Path(scratch, name.partition(" ")[0])
            make(directory)
            rows += _compared(name, directory, Path(scratch))
        return rows


def review(directory: str) -> None:
    """Review `directory` without running it, as a job does; run in a process of its own."""
    from devforge.adapters.directory import read_directory  # noqa: PLC0415 - counted as start-up
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.model.submission import Submission  # noqa: PLC0415
    from devforge.review.examine import examine, observe_static  # noqa: PLC0415
    from devforge.review.source import with_manifest  # noqa: PLC0415

    policy = load_policy(None)
    tree = read_directory(Path(directory), policy.limits)
    submission = with_manifest(Submission(id=None, tree=tree, policy=policy))
    with tempfile.TemporaryDirectory(prefix="devforge-bench-review-") as scratch:
        seen = observe_static(tree, scratch=Path(scratch))
    reports = examine(seen.on(submission))
    if len(reports) != len(policy.review.checks):
        raise RuntimeError(f"{len(reports)} checks answered")


def _compared(name: str, directory: Path, scratch: Path) -> Iterator[Figure]:
    ways: dict[str, list[list[str]]] = {
        _WHOLE: [[sys.executable, "-c", _OURS, str(directory)]],
        _SEMGREP: [_semgrep()],
        _CORE: [_core(scratch)],
        "bandit alone": [_bandit()],
        "ruff alone": [_ruff()],
        _ONE_AFTER_ANOTHER: [_bandit(), _ruff(), _semgrep()],
    }
    runs = {way: Runs() for way in ways}
    for _ in range(ROUNDS):
        for way, commands in ways.items():
            where = Path(__file__).parents[2] if way == _WHOLE else directory
            _run(commands, where, runs[way])
    whole = runs[_WHOLE].seconds
    for way, run in runs.items():
        note = "" if way == _WHOLE else f"ours takes {_ratio(whole, run.seconds)} as long"
        yield Figure(f"{name}: {way}", statistics.median(run.seconds), max(run.megabytes), note)


def _ratio(ours: Iterable[float], theirs: Iterable[float]) -> str:
    """The ratio round by round: its median, and its lowest and highest."""
    ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    return f"{statistics.median(ratios):.2f} times ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def _run(commands: list[list[str]], directory: Path, runs: Runs) -> None:
    start = time.perf_counter()
    most = max(_most_megabytes(command, directory) for command in commands)
    runs.seconds.append(time.perf_counter() - start)
    runs.megabytes.append(most)


def _most_megabytes(command: list[str], directory: Path) -> float:
    process = subprocess.Popen(
        command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    watch = _Watch(process.pid)
    _, said = process.communicate(timeout=900)
    watch.stop()
    if process.returncode not in (0, 1):  # 1: the tool found something
        raise RuntimeError(f"{command[0]}: {said.decode(errors='replace')[-500:]}")
    return watch.most_bytes / (1 << 20)


class _Watch(threading.Thread):
    """Adds up what a process and all below it hold, shared pages by share, many times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most_bytes = 0
        self._pid, self._over = pid, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.02):
            self.most_bytes = max(self.most_bytes, sum(map(_held_bytes, _family(self._pid))))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _held_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def _semgrep() -> list[str]:
    quiet = ["--metrics=off", "--disable-version-check", "--quiet", "--json"]
    return [find_program("semgrep"), "scan", *quiet, "--config", str(RULES), "."]


def _core(scratch: Path) -> list[str]:
    core, link = core_program(), scratch / "osemgrep"
    if core is None:
        raise RuntimeError("this semgrep has no core of its own")
    if not link.is_symlink():
        link.symlink_to(core)
    quiet = ["--metrics=off", "--disable-version-check", "--disable-nosem", "--quiet", "--json"]
    limits = ["--max-target-bytes=0", "--timeout=30", "--timeout-threshold=1", "--max-memory=2000"]
    return [
        str(link), "scan", "--experimental", *quiet, *limits, "--no-git-ignore", "--config", str(RULES), ".",
    ]  # fmt: skip


def _bandit() -> list[str]:
    return [find_program("bandit"), "-q", "-f", "json", "--exit-zero", "-r", "."]


def _ruff() -> list[str]:
    return [find_program("ruff"), "check", "--no-cache", "--isolated", "--exit-zero", "-q", "."]


def _ordinary(directory: Path) -> None:
    shutil.copytree(_SAMPLES / "word-count", directory)


def _python(directory: Path) -> None:
    shutil.copytree(_SAMPLES / "word-count", directory)
    library = Path(sysconfig.get_path("stdlib"))
    skipped = {"test", "tests", "idle_test", "lib2to3", "site-packages", "turtledemo", "encodings"}
    _fill(directory, library, "*.py", skipped, lambda path, _: path)


def _javascript(directory: Path) -> None:
    shutil.copytree(_SAMPLES / "quick-note", directory)
    home = node_home()
    if home is None:
        raise RuntimeError("the bundled Node is not installed")
    _fill(
        directory, home / "lib/node_modules/npm", "*.js", set(),
        lambda path, number: path.with_suffix(".ts") if number % 2 else path,
    )  # fmt: skip


def _fill(
    directory: Path,
    source: Path,
    pattern: str,
    skipped: set[str],
    named: Callable[[Path, int], Path],
) -> None:
    """Copy the first 200 files of an ordinary size, under names that make no tool look away."""
    number = 0
    for path in sorted(source.rglob(pattern)):
        inner = path.relative_to(source)
        if skipped.intersection(inner.parts) or not 500 < path.stat().st_size < _LARGEST_BYTES:
            continue
        plain = Path(*(part.replace("node_modules", "packages") for part in inner.parts))
        target = directory / "library" / named(plain, number)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        number += 1
        if number == _FILES:
            return
    raise RuntimeError(f"{source} has only {number} files")


_EXTENSIONS: dict[str, Callable[[Path], None]] = {
    "ordinary": _ordinary,
    "python, 200 files": _python,
    "javascript and typescript, 200 files": _javascript,
}

BENCHMARK = Benchmark(
    name="review",
    title="Reviewing an extension, its own tests and benchmarks apart",
    measure=measure,
)
