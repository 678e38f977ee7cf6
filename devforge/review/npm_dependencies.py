"""Dependencies as package.json and its lock write them, at the root and in the parts below it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks.places import place_of
from devforge.model.observed import DependencyFact, SourceFile, SourceTree
from devforge.model.tables import json_table
from devforge.review.npm_overrides import of_package, of_workspace, texts
from devforge.review.script_locks import (
    Locked,
    meant,
    pnpm_spec,
    pnpm_versions,
    reachable,
    read_pnpm,
    read_yarn,
)

_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_OTHERS = ("yarn.lock", "pnpm-lock.yaml")
_SECTIONS = {
    "dependencies": False,
    "optionalDependencies": False,
    "peerDependencies": False,
    "devDependencies": True,
}
_INSIDE = "node_modules/"
_PARTS = 20  # parts with a package.json of their own that are read below the root
_DEEPEST = 3
_MOST = 10_000


def read_npm(tree: SourceTree) -> list[DependencyFact]:
    """Return what each package.json asks for, and then what only the locks name.

    A part without a lock of its own has that of the nearest directory above it, as workspaces do.
    """
    parts = {at: _part(tree, at) for at in _parts(tree)}
    sharing: dict[str | None, list[_Part]] = defaultdict(list)
    for at, part in parts.items():
        sharing[_lock_directory(tree, at)].append(part)
    found = [fact for where, those in sharing.items() for fact in _with_lock(tree, where, those)]
    return [*found, *of_workspace(tree)]


def _parts(tree: SourceTree) -> list[str]:
    """The directories with a package.json: the root, and below it parts that are no one else's."""
    below = sorted(
        path.removesuffix("package.json")
        for path in tree.files
        if path.endswith("/package.json")
        and path.count("/") <= _DEEPEST
        and place_of(path) == "source"
    )
    return ["", *below[:_PARTS]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one package.json says: what it asks for by section and name, and what it overrides."""

    at: str
    asked: Mapping[tuple[str, str], str]
    overrides: tuple[DependencyFact, ...]


def _part(tree: SourceTree, at: str) -> _Part:
    package = json_table(tree.get(f"{at}package.json"))
    asked = {
        (section, name): requirement
        for section in _SECTIONS
        for name, requirement in texts(package.get(section))
    }
    return _Part(at, asked, tuple(of_package(package, at)))


def _lock_directory(tree: SourceTree, at: str) -> str | None:
    directories = [at]
    while at:
        at = at.rstrip("/").rpartition("/")[0]
        at = f"{at}/" if at else ""
        directories.append(at)
    every = (*_LOCKS, *_OTHERS)
    return next((d for d in directories if any(f"{d}{n}" in tree.files for n in every)), None)


def _with_lock(tree: SourceTree, where: str | None, parts: list[_Part]) -> Iterator[DependencyFact]:
    """Yield what `parts` ask for as the lock in `where` pins it, and what else it holds."""
    locks, pins = ([], {}) if where is None else _locks(tree, where, parts)
    nearest = {fact.name: fact for fact in reversed(locks)}
    direct: set[tuple[str, str | None]] = set()
    for part in parts:
        for (section, name), requirement in part.asked.items():
            wanted = meant(name, requirement)
            lock = pins.get((part.at, name, requirement)) or nearest.get(wanted)
            direct |= {(wanted, lock.locked if lock else None)}
            yield DependencyFact(
                ecosystem="npm",
                name=name,
                requirement=requirement,
                source=f"{part.at}package.json: {section}",
                locked=lock.locked if lock else None,
                hashed=lock.hashed if lock else False,
                for_tests=_SECTIONS[section],
                lock=lock.lock if lock else "",
                origin=_origin(lock, wanted) if lock else "",
            )
        yield from part.overrides
    yield from (fact for fact in locks if (fact.name, fact.locked) not in direct)


def _origin(lock: DependencyFact, wanted: str) -> str:
    """What is fetched for `wanted` by a lock, where it says so, or has another package in its place."""
    instead = f"npm:{lock.name}@{lock.locked}" if lock.name != wanted else ""
    return (lock.origin or instead)[:300]


def _locks(
    tree: SourceTree, where: str, parts: list[_Part]
) -> tuple[list[DependencyFact], Mapping[tuple[str, str, str], DependencyFact]]:
    """What the locks in `where` pin, and which of it answers which part's requirement."""
    found = [one for name in _LOCKS for one in _locked(tree, f"{where}{name}")]
    if found:
        nearest = dict(reversed(found))
        asked = [(part.at, name, text) for part in parts for (_, name), text in part.asked.items()]
        return [fact for _, fact in found], {k: nearest[k[1]] for k in asked if k[1] in nearest}
    for name in _OTHERS:
        file = tree.get(f"{where}{name}")
        if file is not None and file.is_plain:
            return _of_other(file, where, parts)
    return [], {}


def _of_other(
    file: SourceFile, where: str, parts: list[_Part]
) -> tuple[list[DependencyFact], Mapping[tuple[str, str, str], DependencyFact]]:
    """The same for the locks of yarn and pnpm, which do not mark what only tests need."""
    is_pnpm = file.path.endswith("pnpm-lock.yaml")
    packages = (read_pnpm if is_pnpm else read_yarn)(file.text)
    exact: dict[tuple[str, str, str], tuple[str, str]] = {}
    roots = []
    for part in parts:
        versions = pnpm_versions(file.text, part.at.removeprefix(where)) if is_pnpm else {}
        for (section, name), requirement in part.asked.items():
            spec = pnpm_spec(name, versions[name]) if name in versions else (name, requirement)
            exact[part.at, name, requirement] = spec
            roots += [] if _SECTIONS[section] else [spec]
    needed = reachable(packages, roots)
    facts = [_fact(one, file.path, for_tests=id(one) not in needed) for one in packages]
    by_spec = {spec: fact for one, fact in zip(packages, facts, strict=True) for spec in one.asked}
    return facts, {key: by_spec[spec] for key, spec in exact.items() if spec in by_spec}


def _fact(one: Locked, file: str, *, for_tests: bool) -> DependencyFact:
    return DependencyFact(
        ecosystem="npm",
        name=one.name[:214],
        requirement=one.version[:300],
        source=file,
        locked=one.version[:64],
        hashed=one.hashed,
        for_tests=for_tests,
        direct=False,
        lock=file,
        origin=one.origin[:300],
    )


def _locked(tree: SourceTree, file: str) -> Iterator[tuple[str, DependencyFact]]:
    """Packages of npm's lock, each with the name it is imported by, those nearest to the root first."""
    lock = json_table(tree.get(file))
    packages = lock.get("packages")
    found = packages.items() if isinstance(packages, dict) else _nested(lock)
    for path, entry in sorted(found, key=lambda item: (str(item[0]).count("/"), str(item[0]))):
        if not isinstance(entry, dict) or _INSIDE not in path:
            continue
        version, resolved = entry.get("version"), entry.get("resolved")
        name = path.rpartition(_INSIDE)[2]
        yield (
            name,
            DependencyFact(
                ecosystem="npm",
                name=str(entry.get("name") or name)[:214],
                requirement=str(version or resolved or "")[:300],
                source=file,
                locked=version[:64] if isinstance(version, str) else None,
                hashed=isinstance(entry.get("integrity"), str),
                for_tests=entry.get("dev") is True,
                direct=False,
                lock=file,
                origin=str(resolved or "")[:300],
            ),
        )


def _nested(lock: dict[str, object]) -> list[tuple[str, object]]:
    """The nested `dependencies` of locks before npm 7, as paths of `packages`."""
    found: list[tuple[str, object]] = []
    waiting: list[tuple[str, object]] = [("", lock)]
    while waiting and len(found) < _MOST:
        at, entry = waiting.pop(0)
        inner = entry.get("dependencies") if isinstance(entry, dict) else None
        for name, one in inner.items() if isinstance(inner, dict) else ():
            path = f"{at}/{_INSIDE}{name}".removeprefix("/")
            found.append((path, one))
            waiting.append((path, one))
    return found
