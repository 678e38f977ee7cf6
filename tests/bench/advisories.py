"""Refreshing the copy of the OSV database, and looking an extension's packages up in it."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devforge.advisories.refresh import observe_dumps, plan_refresh
from devforge.advisories.shelf import own_shelf
from devforge.plan import apply
from tests.advisories.osv import OsvBucket, malicious, record
from tests.bench.figures import Benchmark, Figure, measure_alone

_HERE = "tests.bench.advisories"
_MALICIOUS, _VULNERABLE, _PYPI = 200_000, 6_000, 18_000
_ASKED = 500
_WORDS = [
    "alpha",
    "beta",
    "core",
    "data",
    "file",
    "git",
    "kit",
    "lib",
    "log",
    "node",
    "pack",
    "react",
    "tool",
    "util",
    "web",
]


def refreshed(folder: str) -> str:
    """Bring the copy in `folder` up to date from the dumps there; return its size."""
    root = Path(folder)
    bucket = OsvBucket()
    for ecosystem in ("npm", "PyPI"):
        bucket.dumps[ecosystem] = (root / f"{ecosystem}.dump").read_bytes()
    with own_shelf(root / "copy.git") as shelf, tempfile.TemporaryDirectory() as scratch:
        seen = observe_dumps(shelf, ["npm", "PyPI"], address=bucket.url, scratch=Path(scratch))
        plan = plan_refresh(seen, now="2026-11-24T04:17:00+00:00")
        apply(plan, lambda store: shelf.put(store.known, store.meta, keep=store.keep))
    size = sum(file.stat().st_size for file in (root / "copy.git").rglob("*") if file.is_file())
    packed = sum(map(len, bucket.dumps.values()))
    bucket.close()
    return f"{packed / 1e6:.0f} MB of dumps, {size / 1e6:.1f} MB of copy"


def looked_up(folder: str) -> str:
    """Look the packages of a large lock up."""
    names = json.loads(Path(folder, "asked.json").read_text())
    with own_shelf(Path(folder, "copy.git")) as shelf:
        return f"{len(shelf.about([('npm', name) for name in names])):,} records found"


def measure() -> list[Figure]:
    """Return the figures of a first refresh, one without news, and a review's look-up."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as folder:
        measure_alone(_HERE, written.__name__, folder)  # apart, so that its memory is not counted
        rows = {"a first refresh": refreshed, "nothing changed": refreshed, f"{_ASKED} packages looked up": looked_up}  # fmt: skip
        return [
            Figure(what, *measure_alone(_HERE, function.__name__, folder))
            for what, function in rows.items()
        ]


def written(into: str) -> None:
    """Write dumps of the databases' size and shape below `into`, and which names will be asked for."""
    folder, bucket = Path(into), OsvBucket()
    npm = list(_npm())
    bucket.put("npm", *npm)
    bucket.put("PyPI", *_pypi())
    for ecosystem, content in bucket.dumps.items():
        (folder / f"{ecosystem}.dump").write_bytes(content)
    bucket.close()
    asked = random.Random(1).sample(npm, _ASKED)
    names = [one["affected"][0]["package"]["name"] for one in asked]
    (folder / "asked.json").write_text(json.dumps(names))


def _name(number: int) -> str:
    return f"{_WORDS[number % 15]}-{_WORDS[number // 15 % 15]}-{number}"


def _npm() -> Iterator[dict[str, Any]]:
    for number in range(_MALICIOUS):
        yield malicious(number, "npm", _name(number), {"introduced": "0"})
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    for number in range(_VULNERABLE):
        yield record(
            f"GHSA-{number:04x}-aaaa-bbbb", "npm", _name(number % 4_000), {"introduced": "0"},
            {"fixed": "1.2.3"}, summary="Something is wrong with it", details="x" * 800,
            aliases=[f"CVE-2026-{number}"], severity=[{"type": "CVSS_V3", "score": vector}],
        )  # fmt: skip


def _pypi() -> Iterator[dict[str, Any]]:
    for number in range(_PYPI):
        yield record(
            f"PYSEC-{number}", "PyPI", _name(number % 5_000), {"introduced": "0"}, {"fixed": "1.2.3"},
            versions=tuple(f"1.1.{patch}" for patch in range(60)), details="y" * 500,
        )  # fmt: skip


BENCHMARK = Benchmark(
    "advisories", "Known vulnerabilities: 206,000 records of npm and 18,000 of PyPI", measure
)
