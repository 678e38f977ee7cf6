"""Dependencies as package.json and its lock write them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from devforge.model.observed import DependencyFact, SourceTree

LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_SECTIONS = {
    "dependencies": False,
    "optionalDependencies": False,
    "peerDependencies": False,
    "devDependencies": True,
}
_INSIDE = "node_modules/"


def read_npm(tree: SourceTree) -> list[DependencyFact]:
    """Return what package.json at the root asks for, then what only its lock names."""
    locks = [entry for name in LOCKS for entry in _locked(tree, name)]
    pinned = {fact.name: fact for fact in reversed(locks)}
    declared = []
    for section, for_tests in _SECTIONS.items():
        for name, requirement in _texts(_object(tree, "package.json").get(section)):
            lock = pinned.get(name)
            declared.append(
                DependencyFact(
                    ecosystem="npm",
                    name=name,
                    requirement=requirement,
                    source=f"package.json: {section}",
                    locked=lock.locked if lock else None,
                    hashed=lock.hashed if lock else False,
                    for_tests=for_tests,
                )
            )
    declared += _overrides(tree)
    direct = {fact.name for fact in declared}
    return [*declared, *(fact for fact in locks if fact.name not in direct)]


def _overrides(tree: SourceTree) -> Iterator[DependencyFact]:
    """What package.json puts in the place of others' dependencies, if it is no plain version."""
    package = _object(tree, "package.json")
    pnpm = package.get("pnpm")
    sections = {
        "overrides": package.get("overrides"),
        "resolutions": package.get("resolutions"),
        "pnpm.overrides": pnpm.get("overrides") if isinstance(pnpm, dict) else None,
    }
    for section, wanted in sections.items():
        for name, requirement in _texts(wanted):
            if not re.match(r"[\d^~<>=*$v ]", requirement):
                yield DependencyFact(
                    ecosystem="npm",
                    name=re.sub(r"(?<=.)@.*", "", name.rpartition("/")[2])
                    if not name.startswith("@")
                    else name,
                    requirement=requirement,
                    source=f"package.json: {section}",
                )


def _locked(tree: SourceTree, file: str) -> Iterator[DependencyFact]:
    """Packages of a lock of version 2 or 3, those nearest to the root first."""
    packages = _object(tree, file).get("packages")
    found = packages.items() if isinstance(packages, dict) else ()
    for path, entry in sorted(found, key=lambda item: (str(item[0]).count("/"), str(item[0]))):
        if not isinstance(entry, dict) or _INSIDE not in path:
            continue
        version, resolved = entry.get("version"), entry.get("resolved")
        yield DependencyFact(
            ecosystem="npm",
            name=str(entry.get("name") or path.rpartition(_INSIDE)[2])[:214],
            requirement=str(resolved or version or "")[:300],
            source=file,
            locked=version[:64] if isinstance(version, str) else None,
            hashed=isinstance(entry.get("integrity"), str),
            for_tests=entry.get("dev") is True,
            direct=False,
        )


def _object(tree: SourceTree, path: str) -> dict[str, object]:
    file = tree.get(path)
    if file is None:
        return {}
    try:
        value = json.loads(file.content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _texts(section: object) -> Iterator[tuple[str, str]]:
    if isinstance(section, dict):
        for name, requirement in section.items():
            if isinstance(requirement, str):
                yield name[:214], requirement[:300]
