"""Which of an extension's files ship for which platform. Pure. Source: docs/decisions/platforms.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from devforge.model.observed import SourceTree
from devforge.model.patterns import FilePattern, spec_of

Name = Literal[
    "win32-x64", "win32-arm64", "linux-x64", "linux-arm64", "linux-armhf", "alpine-x64",
    "alpine-arm64", "darwin-x64", "darwin-arm64",
]  # fmt: skip
NAMES: tuple[Name, ...] = get_args(Name)
Declared = Literal[
    "win32-x64", "win32-arm64", "linux-x64", "linux-arm64", "linux-armhf", "alpine-x64",
    "alpine-arm64", "darwin-x64", "darwin-arm64", "any",
]  # fmt: skip # `any`: whoever is none of the others
Platforms = Mapping[Declared, tuple[FilePattern, ...]]
_EVERYWHERE = ("devforge.yaml", ".devforgeignore")  # what says how a package is made


def targets(platforms: Platforms) -> tuple[Name | None, ...]:
    """Return whom a version has a package for, in the order they are written: None for everybody else."""
    if not platforms:
        return (None,)
    names = [name for name in NAMES if name in platforms]
    return (None, *names) if "any" in platforms else tuple(names)


def claims(platforms: Platforms, paths: Iterable[str]) -> dict[str, tuple[Declared, ...]]:
    """Return path → the platforms that list it, for every path that one does."""
    specs = {name: spec_of(patterns) for name, patterns in platforms.items() if patterns}
    found = {
        path: tuple(name for name, spec in specs.items() if spec.match_file(path))
        for path in paths
        if path not in _EVERYWHERE
    }
    return {path: names for path, names in found.items() if names}


def cut(tree: SourceTree, platforms: Platforms) -> dict[Name | None, SourceTree]:
    """Return the source of each package: what its platform lists, and what none does."""
    if not platforms:
        return {None: tree}
    claimed = claims(platforms, tree.files)
    return {
        target: SourceTree(
            {
                path: file
                for path, file in tree.files.items()
                if path not in claimed or (target or "any") in claimed[path]
            }
        )
        for target in targets(platforms)
    }
