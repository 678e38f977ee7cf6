"""Reads the locks of Python projects: uv, poetry, pdm, PEP 751 and pipenv. Pure.

What only tests and tools need is told from what ships by following, from what the project itself
asks for, what each package of the lock depends on; a lock that does not say counts as shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from checks.dependencies.places import is_foreign
from devforge.model.observed import DependencyFact, SourceTree
from devforge.model.tables import below, json_table, toml_table

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_PIPENV = {"default": False, "develop": True}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class _Locked:
    name: str
    version: str
    hashed: bool
    needs: frozenset[str]
    origin: str  # an address, where it comes from no index, or not from the usual one


def read_locks(tree: SourceTree, shipped: Iterable[str]) -> Iterator[DependencyFact]:
    """Yield what each lock at the root pins.

    Args:
        shipped: the names that the project itself asks for to run, as PyPI folds them.
    """
    asked = set(shipped)
    for path in _LOCKS:
        packages, own = _packages(tree, path)
        needed = _reachable(packages, asked | own)
        follows = any(one.needs for one in packages)
        for one in packages:
            for_tests = follows and one.name not in needed
            yield _fact(one, path, for_tests=for_tests)
    yield from _pipenv(tree)


def _packages(tree: SourceTree, path: str) -> tuple[list[_Locked], set[str]]:
    """The packages of a lock but the project itself, and what the project needs to run."""
    document = toml_table(tree.get(path))
    packages = document.get("package") or document.get("packages")
    found: list[_Locked] = []
    own: set[str] = set()
    for package in packages if isinstance(packages, list) else ():
        if not isinstance(package, dict) or not isinstance(package.get("version"), str):
            continue
        source = package.get("source")
        table = source if isinstance(source, dict) else {}
        if "editable" in table or "virtual" in table or table.get("directory") == ".":
            own |= _needs(package.get("dependencies"))
            continue
        address = next((str(table[k]) for k in ("git", "url") if k in table), "")
        found.append(
            _Locked(
                name=canonicalize_name(str(package.get("name", "")))[:214],
                version=package["version"],
                hashed=any(package.get(k) for k in ("wheels", "sdist", "files", "hashes")),
                needs=frozenset(_needs(package.get("dependencies"))),
                origin=address or _unusual(package, table),
            )
        )
    return found, own


def _unusual(package: dict[str, object], source: dict[str, object]) -> str:
    """The first address, of the index or of a file, that is none of the usual index."""
    said = [source.get("registry"), package.get("index")]
    for key in ("sdist", "archive", "wheels", "files"):
        files = package.get(key)
        of_one = files if isinstance(files, list) else [files]
        said += [file.get("url") for file in of_one if isinstance(file, dict)]
    return next((at for at in said if isinstance(at, str) and is_foreign(at)), "")


def _needs(written: object) -> set[str]:
    """Names, from a list of tables or of requirements, or from a table by name."""
    if isinstance(written, dict):
        return {str(canonicalize_name(name)) for name in written}
    names: set[str] = set()
    for item in written if isinstance(written, list) else ():
        text = item.get("name") if isinstance(item, dict) else item
        if isinstance(text, str) and (match := _NAME.match(text)):
            names.add(canonicalize_name(match.group()))
    return names


def _reachable(packages: Iterable[_Locked], roots: set[str]) -> set[str]:
    by_name = {one.name: one for one in packages}
    waiting, seen = list(roots), set[str]()
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in seen:
            seen.add(name)
            waiting += by_name[name].needs
    return seen


def _pipenv(tree: SourceTree) -> Iterator[DependencyFact]:
    document = json_table(tree.get("Pipfile.lock"))
    for section, for_tests in _PIPENV.items():
        for name, entry in below(document, section).items():
            version = entry.get("version") if isinstance(entry, dict) else None
            if isinstance(version, str) and version.startswith("=="):
                one = _Locked(
                    canonicalize_name(name)[:214], version[2:].strip("= "),
                    bool(entry.get("hashes")), frozenset(), "",
                )  # fmt: skip
                yield _fact(one, "Pipfile.lock", for_tests=for_tests)


def _fact(one: _Locked, path: str, *, for_tests: bool) -> DependencyFact:
    return DependencyFact(
        ecosystem="PyPI", name=one.name, requirement=f"=={one.version}"[:300], source=path,
        locked=one.version[:64], hashed=one.hashed, for_tests=for_tests, direct=False,
        lock=path, origin=one.origin[:300],
    )  # fmt: skip
