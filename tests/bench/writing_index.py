"""Writing the signed index of 10,000 extensions of 5 versions: whole, again, and one version more.

The alternative is dumb-pypi, which writes a static package index of the same 50,000 files.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from devforge.adapters.policy import load_policy
from devforge.model.fields import from_json
from devforge.model.index import ExtensionDocument
from devforge.model.policy import Policy
from devforge.publish.ceremony import Holders, config_of, initialise
from devforge.publish.index import build_index, update_index
from devforge.publish.resign import resign
from devforge.publish.revision import Signing
from devforge.publish.trust import read_trust
from tests.bench.dumb_pypi import DumbPypi
from tests.bench.figures import Benchmark, Figure, measure_alone, put_aside, scratch, size_of

EXTENSIONS, VERSIONS = 10_000, 5
MANY = 100_000
ROUNDS = 5
_RELEASES = "https://github.com/operator/registry/releases/download/{tag}/{file}"
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def measure() -> list[Figure]:
    """Return a row for every way of writing, ours and the alternative's."""
    with scratch() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        _write_inputs(few, EXTENSIONS)
        alternative = DumbPypi(Path(folder), EXTENSIONS, VERSIONS)
        rounds = [_round(few, alternative) for _ in range(ROUNDS)]
        ours = min((ours for ours, *_ in rounds), key=_seconds)
        theirs = min((theirs for _, theirs, _ in rounds), key=_seconds)
        ours = replace(
            ours, note=f"{ours.note}; {size_of(few / 'index')}; aim: under 5 s and 25 MB"
        )
        again = _ours("write_whole", "whole, nothing changed", few)
        one, other = _ours("write_one", "one version more", few), alternative.one_more()
        slower = f"the alternative; {other.seconds / one.seconds:.0f} times as long"
        compared = f"the alternative; {alternative.size()}; {_compared(rounds)}"
        _write_inputs(many, MANY)
        return [
            ours, again, one, *_many(many),
            replace(theirs, note=compared), replace(other, note=slower),
        ]  # fmt: skip


def _round(few: Path, alternative: DumbPypi) -> tuple[Figure, Figure, float]:
    """Both write everything into an empty directory, one after the other.

    The last is how much more the alternative computed, the start of both programs included.
    """
    put_aside(few / "index")
    begun = _computed()
    ours = _ours("write_whole", "whole, into an empty directory", few)
    between = _computed()
    theirs = alternative.whole()
    return ours, theirs, (_computed() - between) / (between - begun)


def _computed() -> float:
    """The processor's seconds of every program that was started from here and has ended."""
    times = os.times()
    return times.children_user + times.children_system


def _compared(rounds: list[tuple[Figure, Figure, float]]) -> str:
    """How much longer the alternative took, in each of the rounds."""
    clock = [theirs.seconds / ours.seconds for ours, theirs, _ in rounds]
    computed = [ratio for *_, ratio in rounds]
    return (
        f"in {len(rounds)} rounds in turn {min(clock):.1f} to {max(clock):.1f} times as long as ours, "
        f"and with both programs' start {min(computed):.1f} to {max(computed):.1f} times the processor's time"
    )


def _many(folder: Path) -> list[Figure]:
    rows = [
        _ours("write_whole", f"{MANY:,} extensions, whole", folder),
        _ours("write_one", f"{MANY:,} extensions, one version more", folder),
        _ours("renew", f"{MANY:,} extensions, every signature renewed", folder),
    ]
    whole, one, renewed = rows
    return [
        replace(whole, note=f"{whole.note}; {size_of(folder / 'index')}"),
        replace(one, note=f"{one.note}; aim: under 1 s and 10 files"),
        replace(renewed, note=f"{renewed.note}, once in ten days"),
    ]


def _seconds(figure: Figure) -> float:
    return figure.seconds


def write_whole(folder: str) -> str:
    """Write everything, reading the documents included; return how many files that were."""
    with Path(folder, "documents").open("rb") as lines:
        read = (from_json(ExtensionDocument, line) for line in lines)
        report = build_index(read, Path(folder, "index"), _policy(), _signing(folder))
    return f"{len(report.written):,} files written" if report.written else "nothing written"


def write_one(folder: str) -> str:
    """Write one version more of one extension."""
    with Path(folder, "documents").open("rb") as lines:
        [line] = islice(lines, 4711, 4712)
    document = from_json(ExtensionDocument, line)
    newest = document.versions[0]
    newer = replace(newest, version=type(newest.version).parse("2.0.0"))
    changed = replace(document, versions=(newer, *document.versions))
    out = Path(folder, "index")
    report = update_index([changed], out, _policy(), _signing(folder))
    written = sum((out / path).stat().st_size for path in report.written)
    return f"{len(report.written)} files, {written / 1000:.0f} kB written"


def renew(folder: str) -> str:
    """Renew every signature, as once in ten days."""
    by = replace(_signing(folder), now=_NOW + timedelta(days=12))
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


def _write_inputs(folder: Path, extensions: int) -> None:
    folder.mkdir()
    _write_documents(folder / "documents", extensions)
    _write_trust(folder / "trust")


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


BENCHMARK = Benchmark(
    name="index",
    title=f"Writing the signed index of {EXTENSIONS:,} extensions with {VERSIONS} versions each",
    measure=measure,
)
