"""Writing the signed index of 10,000 extensions of 5 versions: whole, again, and one version more.

The alternative is dumb-pypi, which writes a static package index of the same 50,000 files.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from devforge.adapters.policy import load_policy
from devforge.model.collector import collector_paused
from devforge.model.index import ExtensionDocument
from devforge.model.policy import Policy
from devforge.publish.ceremony import Holders, config_of, initialise
from devforge.publish.index import build_index, update_index
from devforge.publish.resign import resign
from devforge.publish.revision import Signing
from devforge.publish.trust import read_trust
from tests.bench.figures import Benchmark, Figure, measure_alone

EXTENSIONS, VERSIONS = 10_000, 5
MANY = 100_000
_ROOT = Path(__file__).parents[2]
_TOOLS = _ROOT / ".cache/bench"
_RELEASES = "https://github.com/operator/registry/releases/download/{tag}/{file}"
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def measure() -> list[Figure]:
    """Return a row for every way of writing, ours and the alternative's."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        few, many = Path(scratch, "few"), Path(scratch, "many")
        for folder, extensions in ((few, EXTENSIONS), (many, MANY)):
            folder.mkdir()
            _write_documents(folder / "documents", extensions)
            _write_trust(folder / "trust")
        rows = [
            _ours("write_whole", "whole, into an empty directory", few),
            _ours("write_whole", "whole, nothing changed", few),
            _ours("write_one", "one version more", few),
            _ours("write_whole", f"{MANY:,} extensions, whole", many),
            _ours("write_one", f"{MANY:,} extensions, one version more", many),
            _ours("renew", f"{MANY:,} extensions, every signature renewed", many),
        ]
        shutil.rmtree(many)
        return [*rows, *_alternative(Path(scratch))]


def write_whole(folder: str) -> str:
    """Write everything, reading the documents included; return how much that was."""
    start = time.perf_counter()
    with Path(folder, "documents").open("rb") as lines, collector_paused():
        found = [ExtensionDocument.model_validate_json(line) for line in lines]
    reading = time.perf_counter() - start
    report = build_index(found, Path(folder, "index"), _policy(), _signing(folder))
    written = f"{len(report.written):,} files written" if report.written else "nothing written"
    return f"{written}; {_size(Path(folder, 'index'))}; {reading:.1f} s of it read the documents"


def write_one(folder: str) -> str:
    """Write one version more of one extension."""
    with Path(folder, "documents").open("rb") as lines:
        [line] = islice(lines, 4711, 4712)
    document = ExtensionDocument.model_validate_json(line)
    newest = document.versions[0]
    newer = newest.model_copy(update={"version": type(newest.version).parse("2.0.0")})
    changed = document.model_copy(update={"versions": (newer, *document.versions)})
    out = Path(folder, "index")
    report = update_index([changed], out, _policy(), _signing(folder))
    written = sum((out / path).stat().st_size for path in report.written)
    return f"{len(report.written)} files, {written / 1000:.0f} kB written"


def renew(folder: str) -> str:
    """Renew every signature, as once in ten days."""
    by = dataclasses.replace(_signing(folder), now=_NOW + timedelta(days=12))
    freshness = resign(Path(folder, "index"), _policy(), by)
    return f"{len(freshness.written)} files"


def _policy() -> Policy:
    return _POLICY


_POLICY = load_policy(None)  # not the index's work: it is read before the clock starts


def _signer(number: int) -> CryptoSigner:
    """A key made for this."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def _signing(folder: str) -> Signing:
    """What signs, as a job reads it."""
    return Signing(read_trust(Path(folder, "trust")), _signer(2), _NOW)


def _write_trust(folder: Path) -> None:
    root, targets, online = map(_signer, range(3))
    holders = Holders([root.public_key], [targets.public_key], online.public_key, 1, 1)
    initialise(
        folder, config_of("Bench", _RELEASES), holders,
        root_signers=[root], targets_signers=[targets], now=_NOW,
    )  # fmt: skip


def _write_documents(path: Path, extensions: int) -> None:
    with path.open("wb") as file:
        for number in range(extensions):
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
    digest = hashlib.sha256(name.encode()).hexdigest()
    listed: dict[str, object] = {
        "version": f"1.{minor}.0",
        "engines": ">=2.0.0 <4",
        "permissions": ["filesystem:read"],
        "package": {"sha256": digest, "length": 20_000},
        "published": f"2026-{minor + 5:02d}-20T10:00:00Z",
    }
    if minor == VERSIONS - 1:
        listed["rollout"] = {"stages": [10, 50, 100], "hours": 24}
    return listed


def _ours(function: str, what: str, folder: Path) -> Figure:
    seconds, megabytes, note = measure_alone(__name__, function, str(folder))
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
    title=f"Writing the signed index of {EXTENSIONS:,} extensions with {VERSIONS} versions each",
    measure=measure,
)
