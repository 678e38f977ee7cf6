"""Which files ship for which platform, and whether that is what their author meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from checks.manifest.native import runs_on
from checks.places import shipped
from checks.protocol import Rule
from devforge.model.manifest import FILE, Manifest
from devforge.model.patterns import spec_of
from devforge.model.platforms import Declared, Name, claims, targets
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

EMPTY = Rule(
    "platform-without-files",
    "A platform's patterns name files",
    "block",
    "Where none of a platform's patterns matches a file, its package lacks exactly what it was made for, "
    "and fails in front of its users.",
)
ENTRY = Rule(
    "platform-without-entry",
    "Every platform's package has the entry",
    "block",
    "Dev Forge starts every package by the same entry; a package without it cannot be made.",
)
PATTERN = Rule(
    "platform-pattern",
    "Every pattern of a platform matches a file",
    "warn",
    "A pattern that matches nothing is a directory that was renamed, or a build that was not committed.",
)
BINARY = Rule(
    "platform-binary",
    "Compiled files ship where they run",
    "warn",
    "A library for one system is of no use on another: it is missing where it should be, or everybody "
    "downloads it for nothing.",
)
SHARED = Rule(
    "platform-shared-file",
    "Files that several platforms list",
    "info",
    "A universal binary of macOS is meant to be in two packages; a pattern that is too wide is not.",
)
RULES = (EMPTY, ENTRY, PATTERN, BINARY, SHARED)
_SHOWN = 20


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is odd in `platforms`, then which compiled files are not where they run."""
    manifest = submission.manifest
    if manifest is None:
        return
    paths = [file.path for file in shipped(submission.tree)]
    claimed = claims(manifest.platforms, paths)
    for name, patterns in manifest.platforms.items():
        yield from _patterns(name, patterns, paths)
    yield from _entry(manifest, claimed)
    yield from _shared(claimed)
    yield from _binaries(submission, claimed)


def _patterns(name: Declared, patterns: tuple[str, ...], paths: list[str]) -> Iterator[Finding]:
    at = f"{FILE}: platforms.{name}"
    idle = [p for p in patterns if not any(spec_of((p,)).match_file(path) for path in paths)]
    if patterns and len(idle) == len(patterns):
        yield EMPTY.finding(
            at=at,
            problem=f"none of its patterns matches a packaged file: {', '.join(idle[:5])}",
            remedy="commit what was built for it, correct the patterns, or take the platform out",
        )
        return
    for pattern in idle[:_SHOWN]:
        yield PATTERN.finding(
            at=at,
            problem=f"{pattern} matches no packaged file",
            remedy="commit the files, or take the pattern out; look into .devforgeignore too",
        )


def _entry(manifest: Manifest, claimed: Mapping[str, tuple[Declared, ...]]) -> Iterator[Finding]:
    has = claimed.get(manifest.entry)
    lacking = [t or "any" for t in targets(manifest.platforms) if has and (t or "any") not in has]
    if lacking:
        yield ENTRY.finding(
            at=f"{FILE}: platforms",
            problem=f"{manifest.entry}, the entry, is not in the package for {', '.join(lacking)}",
            remedy="let no pattern match the entry: it loads what its platform has",
        )


def _shared(claimed: Mapping[str, tuple[Declared, ...]]) -> Iterator[Finding]:
    shared = sorted(path for path, names in claimed.items() if len(names) > 1)
    for path in shared[:_SHOWN]:
        yield SHARED.finding(
            at=path,
            problem=f"is in the packages for {', '.join(claimed[path])}, which all list it",
            remedy="nothing, if it runs on all of them; else narrow a pattern",
        )


def _binaries(
    submission: Submission, claimed: Mapping[str, tuple[Declared, ...]]
) -> Iterator[Finding]:
    compiled = ((f.path, runs_on(f.content)) for f in shipped(submission.tree) if f.is_plain)
    found = (_binary(path, runs, claimed.get(path, ())) for path, runs in compiled if runs)
    yield from islice((one for one in found if one), _SHOWN)


def _binary(path: str, runs: tuple[Name, ...], has: tuple[Declared, ...]) -> Finding | None:
    wrong = [name for name in has if name not in runs and name != "any"]
    if has and not wrong:
        return None
    ships = ", ".join(wrong) or "every platform"
    return BINARY.finding(
        at=path,
        problem=f"was compiled for {' or '.join(runs)} and ships for {ships}",
        remedy=f"list it in devforge.yaml under platforms.{runs[0]}, and nowhere else",
        severity="warn" if wrong else "info",
    )
