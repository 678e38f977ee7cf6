"""How soon a command is there: processor time of a whole run, beside programs of the same kind.

Commands are run as a user has them: installed without extras, and compiled. The registry is a directory with one extension, so what asks it pays for keys and signatures, and for no network.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Benchmark, Table

_ROUNDS = 15
_ROOT = Path(__file__).parents[2]
ALONE = ("list", "history", "config", "pin acme.ink", "unpin acme.ink", "hold acme.ink", "disable acme.ink",
         "enable acme.ink", "verify", "rollback acme.ink", "doctor")  # fmt: skip
ASKING = ("search ink", "show acme.ink", "why acme.ink", "outdated", "update", "install acme.ink")
ALTERNATIVES = {
    "python, doing nothing": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "pip --version": ["-m", "pip", "--version"],
    "pip list": ["-m", "pip", "list", "--disable-pip-version-check"],
}


def measure() -> Table:
    """Return a row for each of a user's commands, and for what else they may know."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        python = _installed(Path(scratch, "program"))
        ours = [*python, str(Path(python[0]).with_name("devforge"))]
        environment = _a_home(Path(scratch), ours)
        lines = {
            f"devforge {line}": [*ours, *line.split()] for line in ("--help", *ALONE, *ASKING)
        } | {name: [*python, *line] for name, line in ALTERNATIVES.items()}
        rounds = [
            {name: _once(line, environment) for name, line in lines.items()} for _ in range(_ROUNDS)
        ]
    return Table(
        ("command", "least ms of processor", "median", "of `pip list`"),
        tuple(_row(name, rounds) for name in lines),
        (
            f"Of {_ROUNDS} rounds, in each of which every command ran once, in a home with one extension. The aim is 150 ms.",
            "What asks the registry also imports its signatures' reader (python-tuf) and the web's (urllib3).",
        ),
    )


def _row(name: str, rounds: list[dict[str, float]]) -> tuple[str, str, str, str]:
    took = [seconds[name] * 1000 for seconds in rounds]
    beside = statistics.median(seconds[name] / seconds["pip list"] for seconds in rounds)
    return f"`{name}`", f"{min(took):.0f}", f"{statistics.median(took):.0f}", f"{beside:.2f}"


def _installed(directory: Path) -> list[str]:
    """Install what a user installs, at the versions of our lock; return its Python."""
    uv, python = str(Path(sys.executable).with_name("uv")), str(directory / "bin/python")
    subprocess.run([uv, "venv", "-q", "--seed", str(directory)], check=True, timeout=120)
    install = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python]
    lock = _ROOT / "requirements/dev.lock"
    subprocess.run([*install, "-c", str(lock), str(_ROOT)], check=True, timeout=300)
    return [python]


def _a_home(scratch: Path, ours: list[str]) -> dict[str, str]:
    """Install one extension, and return the environment that names its home and registry."""
    sys.path.insert(0, str(_ROOT / "tests"))
    from signed_index import SignedIndex  # noqa: PLC0415 - it lies beside, not in a package

    registry = SignedIndex(scratch / "index", clock=datetime.now(UTC))
    registry.add("acme.ink", "1.0.0")
    (scratch / "root.json").write_bytes(registry.root)
    told = {"INDEX": scratch / "index", "ROOT": scratch / "root.json", "HOME": scratch / "home"}
    named = {f"DEVFORGE_{name}": str(path) for name, path in told.items()}
    environment = os.environ | named
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles a program at each start
    subprocess.run([*ours, "install", "acme.ink"], env=environment, check=True, capture_output=True)
    return environment


def _once(line: list[str], environment: dict[str, str]) -> float:
    """Return the processor time of one run, its own and the system's for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(line, env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


BENCHMARK = Benchmark("starting", "How soon a command is there", measure)
