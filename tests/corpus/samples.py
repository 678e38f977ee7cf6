"""The corpus: small packages of our own making, hostile ones and ones that only look so.

`hostile/<group>/<name>.yaml` and `harmless/<group>/<name>.yaml` hold one sample each:

    about: what it does, in a line             (required)
    language: python | javascript | typescript (required)
    files: {path: text or {base64: …}}         (required) as tests/examples writes them: `<U+202E>` is that
                                               character, `<ghp>` a token of that shape, `null` no such file
    outright: true | false                     hostile only, required: plain at a glance, or sly
    lost: why                                  hostile only: we miss it, and say so in the figures
    manifest: {…}                              what differs from a good manifest
    facts: {catalogue: …}                      as in tests/examples

Whatever a good extension has is added where the sample lacks it: manifest, README, licence, a test, and an
entry. A hostile sample declares every power, as an attacker would, so that none is caught for a missing
permission; a harmless one declares its own under `manifest`, as an honest author does. Nothing here works:
hosts end in `.example` or `.invalid`, payloads are texts that say what they would have been.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from checks.vendored import recognise
from devforge.model.submission import Submission
from tests.checks.example_trees import submission_of

Kind = Literal["hostile", "harmless"]
GROUPS = (
    "token-theft", "wallet-theft", "download-and-run", "obfuscation", "invisible-text",
    "install-hooks", "persistence", "crypto-mining", "dependency-confusion", "typosquat", "secrets",
    "archive-tricks", "prototype-pollution", "unsafe-deserialisation", "slow-pattern",
    "path-traversal", "hidden-channel", "reverse-shell", "destruction", "watches-user",
)  # fmt: skip
_HERE = Path(__file__).parent
_KEYS = {"about", "language", "files", "outright", "lost", "manifest", "facts"}
_EVERY_POWER = [
    "network:*", "process", "filesystem:read", "filesystem:write", "clipboard", "secrets", "native",
    "telemetry",
]  # fmt: skip
_ENTRIES = {
    "python": ("sample.py", '"""Counts."""\n\n\ndef activate(context):\n    """Register."""\n'),
    "javascript": ("index.js", "export function activate(context) {}\n"),
    "typescript": ("index.ts", "export function activate(context: unknown): void {}\n"),
}
_TESTS = {
    "python": ("tests/test_it.py", "def test_it():\n    assert 1 + 1 == 2\n"),
    "javascript": (
        "tests/it.test.js",
        """import test from 'node:test';
import assert from 'node:assert';

test('it', () => assert.equal(1 + 1, 2));
""",
    ),
}


@dataclass(frozen=True, eq=False)  # one of each, so that answers can be kept by it
class Sample:
    """One package of the corpus, with nothing observed by tools yet."""

    kind: Kind
    group: str
    name: str
    about: str
    outright: bool
    lost: str  # why we miss it; empty where we must not
    language: str
    submission: Submission

    @property
    def id(self) -> str:
        return f"{self.kind}/{self.group}/{self.name}"


@cache
def samples() -> tuple[Sample, ...]:
    """Return the whole corpus, in order of kind, group and name."""
    return tuple(_sample(path) for path in sorted(_HERE.glob("h*/*/*.yaml")))


def _sample(path: Path) -> Sample:
    raw = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    kind, group = path.parts[-3:-1]
    assert kind in ("hostile", "harmless"), path
    assert group in GROUPS, f"{path}: there is no group {group}"
    assert set(raw) <= _KEYS, f"{path}: {sorted(set(raw) - _KEYS)} mean nothing here"
    assert ("outright" in raw) == (kind == "hostile"), f"{path}: `outright` says how hostile it is"
    return Sample(
        kind=kind,
        group=group,
        name=path.stem,
        about=raw["about"],
        outright=raw.get("outright", False),
        lost=raw.get("lost", ""),
        language=raw["language"],
        submission=_submission(raw, hostile=kind == "hostile"),
    )


def _submission(raw: dict[str, Any], *, hostile: bool) -> Submission:
    entry, code = _ENTRIES[raw["language"]]
    test, asserts = _TESTS["python" if raw["language"] == "python" else "javascript"]
    manifest = {
        "language": raw["language"],
        "entry": entry,
        "permissions": _EVERY_POWER if hostile else [],
    } | raw.get("manifest", {})
    files = {"sample.py": None, entry: code, test: asserts} | raw["files"]
    made = submission_of({"manifest": manifest, "files": files, "facts": raw.get("facts", {})})
    return replace(made, vendored=recognise(made.tree))  # compared with what was published: never
