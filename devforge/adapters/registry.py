"""The whole registry, read from a directory or from a Git tree. Writes nothing but its cache."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from pathlib import Path

from devforge.adapters.git import Objects
from devforge.adapters.policy import load_policy
from devforge.adapters.registry_cache import RegistryCache
from devforge.adapters.registry_directory import read_file, read_files, walk
from devforge.adapters.registry_tree import RegistryTree
from devforge.errors import BadInput
from devforge.model.assembly import assemble
from devforge.model.collector import collector_paused
from devforge.model.layout import ADVISORIES, DEVELOPERS, EXTENSIONS, POLICY, ROOT, Location, divide
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.reading import RECORD_BYTES, BadRecord, read_record
from devforge.model.registry import Registry
from devforge.model.units import Unit, read_unit


def read_registry(directory: Path) -> Registry:
    """Return the registry in `directory`, or in its `registry/`. Links are refused, not followed.

    Raises:
        BadInput: there is no such directory.
    """
    root = records_root(directory)
    if not root.is_dir():
        raise BadInput(f"{directory} is not a directory: name the one that holds {ROOT}/")
    located, problems = divide(walk(root))
    policy = _policy(
        read_file(root / POLICY, f"{ROOT}/{POLICY}", limit_bytes=RECORD_BYTES), problems
    )
    limit = policy.limits.record_bytes
    with collector_paused():
        units = [
            read_unit(location, read_files(root, paths, limit_bytes=limit), limit_bytes=limit)
            for location, paths in located.items()
        ]
        return assemble(policy, units, problems)


def records_root(directory: Path) -> Path:
    """Return where the records lie: `directory` itself, or its `registry/`."""
    return directory / ROOT if (directory / ROOT).is_dir() else directory


def read_registry_tree(objects: Objects, treeish: str, cache: Path | None = None) -> Registry:
    """Return the registry in the tree `treeish`, reading only what `cache` does not have yet.

    The cache is a file that may be lost or damaged at any time: what it lacks is read from Git.

    Raises:
        BadInput: `treeish` leads nowhere, or its tree has no `registry/`.
    """
    with collector_paused():
        return _read_tree(RegistryTree(objects, treeish), cache)


def read_registry_part(objects: Objects, treeish: str, ids: Collection[ExtensionId]) -> Registry:
    """Return the policy, all advisories, and of the rest only the extensions `ids` and their developers.

    Costs what is asked for, however large the registry is. Its problems are those of what was read.
    """
    developers = sorted({f"{DEVELOPERS}/{id.developer}.yaml" for id in ids})
    folders = sorted(f"{EXTENSIONS}/{id.path}" for id in ids)
    tree = RegistryTree(objects, treeish, ADVISORIES, *developers, *folders)
    problems: list[Problem] = []
    policy = _policy(tree.read(POLICY, limit_bytes=RECORD_BYTES), problems)
    located, misplaced = divide(tree.paths)
    units = _changed(
        tree, RegistryCache.load(None, limit_bytes=0), located, policy.limits.record_bytes
    )
    return assemble(policy, units, [*problems, *misplaced])


def _read_tree(tree: RegistryTree, cache: Path | None) -> Registry:
    problems: list[Problem] = []
    policy = _policy(tree.read(POLICY, limit_bytes=RECORD_BYTES), problems)
    limit = policy.limits.record_bytes
    kept = RegistryCache.load(cache, limit_bytes=limit)
    if (known := kept.whole(tree.oid)) is not None:
        return assemble(policy, known.units, [*problems, *known.problems])
    located, misplaced = divide(tree.paths)
    units = _changed(tree, kept, located, limit)
    if cache is not None:
        RegistryCache.save(cache, tree.oid, units, misplaced, limit_bytes=limit)
    return assemble(policy, units, [*problems, *misplaced])


def _changed(
    tree: RegistryTree, kept: RegistryCache, located: dict[Location, list[str]], limit: int
) -> list[Unit]:
    """Return all units in their order: from the cache where the object ids are those it knows."""
    oids = {location: tree.oid_of(location.unit) for location in located}
    known = {location: kept.unit(location.unit, oid) for location, oid in oids.items()}
    wanted = [path for location, paths in located.items() if not known[location] for path in paths]
    contents = tree.contents(wanted, limit_bytes=limit)
    return [
        known[location]
        or read_unit(
            location, dict(islice(contents, len(paths))), oid=oids[location], limit_bytes=limit
        )
        for location, paths in located.items()
    ]


def _policy(found: bytes | Problem, problems: list[Problem]) -> Policy:
    """Return the registry's own policy, or with a problem the one this package came with."""
    if isinstance(found, bytes):
        try:
            return read_record(found, Policy, file=f"{ROOT}/{POLICY}")
        except BadRecord as error:
            problems.extend(error.problems)
    else:
        problems.append(found)
    return load_policy(None)
