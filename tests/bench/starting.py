"""How soon a command is there: processor time of a whole run, beside programs of the same kind.

Commands are run as a user has them: installed without extras, and compiled. The registry is a directory with one extension, so what asks it pays for keys and signatures, and for no network.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Benchmark, Table

_ROUNDS = 9
_ROOT = Path(__file__).parents[2]
ALONE = ("list", "history", "config", "pin acme.ink", "unpin acme.ink", "hold acme.ink", "disable acme.ink",
         "enable acme.ink", "verify", "rollback acme.ink", "why acme.ink", "doctor")  # fmt: skip
ASKING = ("search ink", "show acme.ink", "outdated", "update", "install acme.ink")
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
        others = {name: _cpu([*python, *line], environment) for name, line in ALTERNATIVES.items()}
        listing = others["pip list"]
        rows = [("`devforge --help`", *_figures(_cpu([*ours, "--help"], environment), listing))]
        for line in (*ALONE, *ASKING):
            seconds = _cpu([*ours, *line.split()], environment)
            rows.append((f"`devforge {line}`", *_figures(seconds, listing)))
        rows += [(f"`{name}`", *_figures(each, listing)) for name, each in others.items()]
    return Table(
        ("command", "milliseconds of processor", "of `pip list`"),
        tuple(rows),
        (
            "The best of nine runs each, in a home with one extension. The aim is 150 ms for what asks nobody. What asks the",
            "registry also imports its signatures' reader (python-tuf) and the web's (urllib3).",
        ),
    )


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


def _cpu(line: list[str], environment: dict[str, str]) -> float:
    """Return the least processor time of a few runs: what else runs here only ever adds to it."""
    return min(_once(line, environment) for _ in range(_ROUNDS))


def _once(line: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(line, env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def _figures(seconds: float, beside: float) -> tuple[str, str]:
    return f"{seconds * 1000:.0f}", f"{seconds / beside:.2f}"


BENCHMARK = Benchmark("starting", "How soon a command is there", measure)
