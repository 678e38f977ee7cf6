"""Writing the index of 10,000 extensions of 5 versions: whole, again, and one version more.

The alternative is dumb-pypi, which writes a static package index of the same 50,000 files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from devforge.adapters.policy import load_policy
from devforge.model.index import ExtensionDocument
from devforge.model.policy import Policy
from devforge.publish.index import build_index, update_index
from tests.bench.figures import Benchmark, Figure, measure_alone

EXTENSIONS, VERSIONS = 10_000, 5
_ROOT = Path(__file__).parents[2]
_TOOLS = _ROOT / ".cache/bench"


def measure() -> list[Figure]:
    """Return a row for every way of writing, ours and the alternative's."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        out, documents = Path(scratch, "index"), Path(scratch, "documents")
        _write_documents(documents)
        rows = [
            _ours("write_whole", "whole, into an empty directory", documents, out),
            _ours("write_whole", "whole, nothing changed", documents, out),
            _ours("write_one", "one version more", documents, out),
        ]
        return [*rows, *_alternative(Path(scratch))]


def write_whole(documents: str, out: str) -> str:
    """Write everything; return how much that was."""
    start = time.perf_counter()
    lines = Path(documents).read_bytes().splitlines()
    found = [ExtensionDocument.model_validate_json(line) for line in lines]
    reading = time.perf_counter() - start
    report = build_index(found, Path(out), _policy())
    written = f"{len(report.written):,} files written" if report.written else "nothing written"
    return f"{written}; {_size(Path(out))}; {reading:.1f} s of it read the documents"


def write_one(documents: str, out: str) -> str:
    """Write one version more of one extension."""
    line = Path(documents).read_bytes().splitlines()[4711]
    document = ExtensionDocument.model_validate_json(line)
    newest = document.versions[0]
    newer = newest.model_copy(update={"version": type(newest.version).parse("2.0.0")})
    changed = document.model_copy(update={"versions": (newer, *document.versions)})
    report = update_index([changed], Path(out), _policy())
    written = sum((Path(out) / path).stat().st_size for path in report.written)
    return f"{len(report.written)} files, {written / 1000:.0f} kB written"


def _policy() -> Policy:
    policy = load_policy(None)
    publishing = policy.publishing.model_copy(update={"bins": 256})
    return policy.model_copy(update={"publishing": publishing})


def _write_documents(path: Path) -> None:
    with path.open("wb") as file:
        for number in range(EXTENSIONS):
            file.write(json.dumps(_document(number)).encode() + b"\n")


def _document(number: int) -> dict[str, object]:
    id = f"dev{number // 4}.ext-{number}"
    return {
        "id": id,
        "display_name": f"Extension {number}",
        "description": f"Does the {number}th useful thing for people who write software all day.",
        "license": "MIT",
        "language": "python",
        "categories": ["productivity"],
        "keywords": ["useful", f"thing-{number % 97}"],
        "developer": f"Developer {number // 4}",
        "repository": f"https://github.com/dev{number // 4}/ext-{number}",
        "versions": [_version(id, minor) for minor in reversed(range(VERSIONS))],
    }


def _version(id: str, minor: int) -> dict[str, object]:
    name = f"{id}-1.{minor}.0"
    base = f"https://github.com/operator/registry/releases/download/{id}-v1.{minor}.0"
    digest = f"{abs(hash((id, minor))):064x}"[:64]
    files = {
        kind: {"name": f"{name}{end}", "url": f"{base}/{name}{end}", "sha256": digest, "length": 20_000}
        for kind, end in (("package", ".zip"), ("sbom", ".cdx.json"), ("review", ".review.json"))
    }  # fmt: skip
    return {
        "version": f"1.{minor}.0",
        "engines": ">=2.0.0 <4",
        "permissions": ["filesystem:read"],
        "commit": digest[-40:],
        "tree_sha256": digest,
        "published": "2026-11-20T10:00:00Z",
        **files,
    }


def _ours(function: str, what: str, documents: Path, out: Path) -> Figure:
    seconds, megabytes, note = measure_alone(__name__, function, str(documents), str(out))
    return Figure(what, seconds, megabytes, note)


def _alternative(scratch: Path) -> Iterator[Figure]:
    """dumb-pypi over the same number of files, whole and with one more."""
    listed, longer, out = scratch / "list", scratch / "longer", scratch / "simple"
    lines = [
        json.dumps({"filename": f"ext_{number}-1.{minor}.0.zip", "hash": f"sha256={'0' * 64}"})
        for number in range(EXTENSIONS)
        for minor in range(VERSIONS)
    ]
    listed.write_text("\n".join(lines) + "\n")
    one = json.dumps({"filename": "ext_4711-2.0.0.zip", "hash": f"sha256={'0' * 64}"})
    longer.write_text("\n".join([*lines, one]) + "\n")
    program = _installed()
    common = [str(program), "--packages-url", "https://example.com/", "--output-dir", str(out)]
    common += ["--no-generate-timestamp", "--no-per-release-json"]
    whole = [*common, "--package-list-json", str(listed)]
    more = [
        *common,
        "--package-list-json",
        str(longer),
        "--previous-package-list-json",
        str(listed),
    ]
    yield _timed(whole, "dumb-pypi 1.15.0, whole", out)
    yield _timed(more, "dumb-pypi 1.15.0, one version more", out)


def _timed(command: list[str], what: str, out: Path) -> Figure:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)  # this child's own peak, not the largest so far
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Figure(what, seconds, usage.ru_maxrss / 1024, f"the alternative; {_size(out)}")


def _installed() -> Path:
    """The alternative in an environment of its own, made once from a lock with hashes."""
    program = _TOOLS / "bin/dumb-pypi"
    if not program.exists():
        uv = [str(Path(sys.executable).with_name("uv"))]
        subprocess.run([*uv, "venv", "-q", "--clear", str(_TOOLS)], check=True, timeout=120)
        lock = _ROOT / "requirements/bench.lock"
        install = [*uv, "pip", "install", "-q", "--require-hashes", "-r", str(lock)]
        install += ["--python", str(_TOOLS / "bin/python")]
        subprocess.run(install, check=True, timeout=300)
    return program


def _size(directory: Path) -> str:
    files = [path for path in directory.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in files)
    return f"{len(files):,} files, {total / 1_000_000:.1f} MB in all"


BENCHMARK = Benchmark(
    name="index",
    title=f"Writing the index of {EXTENSIONS:,} extensions with {VERSIONS} versions each",
    measure=measure,
)
