"""Reading 10,000 extensions of 5 versions each: cold, unchanged, and with one change."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import yaml

from devforge.adapters.git import Objects
from devforge.adapters.registry import read_registry, read_registry_tree
from devforge.model.policy import Policy
from devforge.model.records import Developer, Extension, VersionRecord
from tests.bench.figures import Benchmark, Figure, measure_alone
from tests.bench.registry_maker import change_one, make_repository

EXTENSIONS, VERSIONS = 10_000, 5


def measure() -> list[Figure]:
    """Return a row for every way of reading the same records."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        repository, cache = Path(scratch, "registry.git"), Path(scratch, "cache")
        make_repository(repository, EXTENSIONS, VERSIONS)
        checkout = _checked_out(repository, Path(scratch, "checkout"))
        rows = [
            _row("read_tree", "from Git, cold", "aim: under 10", repository, cache),
            _row("read_tree", "from Git, nothing changed", "aim: under 1", repository, cache),
        ]
        change_one(repository, 4711)
        rows += [
            _row("read_tree", "from Git, one extension changed", "", repository, cache),
            _row("read_directory", "from a directory", "", checkout),
            _row("read_plainly", "PyYAML's C loader and pydantic", "the alternative", checkout),
            _row("read_slowly", "yaml.safe_load and pydantic", "the alternative", checkout),
        ]
        return rows


def read_tree(repository: str, cache: str) -> int:
    """Read the registry on main, with a cache."""
    objects = Objects(Path(repository), "https://github.com")
    return len(read_registry_tree(objects, "main", Path(cache)).extensions)


def read_directory(directory: str) -> int:
    """Read the registry in a plain directory."""
    return len(read_registry(Path(directory)).extensions)


def read_plainly(directory: str) -> int:
    """Read the same files as anybody would, with nothing said about what is wrong."""
    return _read_with(yaml.CSafeLoader, Path(directory))


def read_slowly(directory: str) -> int:
    """The same by PyYAML's default, which is written in Python."""
    return _read_with(yaml.SafeLoader, Path(directory))


def _read_with(loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader], directory: Path) -> int:
    read = {}
    for path in sorted((directory / "registry").rglob("*.yaml")):
        kind = _KINDS.get(path.parent.name) or _KINDS.get(path.name, Extension)
        read[path] = kind.model_validate(yaml.load(path.read_bytes(), loader))
    return sum(isinstance(record, Extension) for record in read.values())


_KINDS = {"versions": VersionRecord, "developers": Developer, "policy.yaml": Policy}


def _row(function: str, what: str, note: str, *arguments: Path) -> Figure:
    seconds, megabytes, found = measure_alone(__name__, function, *map(str, arguments))
    if found != str(EXTENSIONS):
        raise RuntimeError(f"{function} found {found} extensions, not {EXTENSIONS}")
    return Figure(what, seconds, megabytes, note)


def _checked_out(repository: Path, directory: Path) -> Path:
    command = ["git", "clone", "-q", "--depth=1", f"file://{repository}", str(directory)]
    subprocess.run(command, check=True, timeout=300)
    return directory


BENCHMARK = Benchmark(
    name="registry",
    title=f"Reading a registry of {EXTENSIONS:,} extensions with {VERSIONS} versions each",
    measure=measure,
)
