"""Dependencies as Python projects write them. Pure; setup.py is read, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from devforge.model.observed import DependencyFact, SourceTree
from devforge.model.python_source import assigned, parse_python
from devforge.model.tables import below, ini_section, toml_table
from devforge.review.python_locks import read_locks

_REQUIREMENTS = re.compile(
    r"(?:requirements/)?[\w.-]*(?:requirements|constraints|base|main|dev|test)[\w.-]*\.(?:txt|in)"
)
_FOR_TESTS = re.compile(r"test|dev|doc|lint|typing|ci\b|bench|coverage", re.IGNORECASE)
_URL = re.compile(r"(?:git|hg|svn|bzr)\+|https?://|file:|\.{0,2}/|[A-Za-z]:\\", re.IGNORECASE)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_HASH = re.compile(r"\s--hash=\S+")


def read_python(tree: SourceTree) -> list[DependencyFact]:
    """Return what the root's Python files ask for, then what only a lock names."""
    declared = [
        *_requirement_files(tree),
        *_pyproject(tree),
        *_setup_cfg(tree),
        *_setup_py(tree),
        *_pipfile(tree),
    ]
    shipped = {fact.name for fact in declared if not fact.for_tests}
    # Of several versions of one, that which comes from elsewhere is what is told of.
    pins = sorted(read_locks(tree, shipped), key=lambda fact: bool(fact.origin))
    locked = {fact.name: fact for fact in pins}
    known = [_pinned(fact, locked) for fact in declared]
    direct = {fact.name for fact in known}
    return [*known, *(fact for name, fact in locked.items() if name not in direct)]


def _requirement_files(tree: SourceTree) -> Iterator[DependencyFact]:
    for path, file in tree.files.items():
        if file.mode == "symlink" or not _REQUIREMENTS.fullmatch(path):
            continue
        text = file.text.replace("\\\n", " ")
        for line in text.split("\n")[:5000]:
            bare = re.split(r"(?:^|\s)#(?!egg)", line, maxsplit=1)[0].strip()
            hashed = bool(_HASH.search(bare))
            bare = _HASH.sub("", bare).removeprefix("-e ").removeprefix("--editable ").strip()
            if bare and not bare.startswith("-"):
                for_tests = path != "requirements.txt" and bool(_FOR_TESTS.search(path))
                yield from _facts([bare], path, for_tests=for_tests, hashed=hashed)


def _pyproject(tree: SourceTree) -> Iterator[DependencyFact]:
    document = toml_table(tree.get("pyproject.toml"))
    project = below(document, "project")
    yield from _facts(_list(project.get("dependencies")), "pyproject.toml: project.dependencies")
    extras = {"optional-dependencies": project, "dependency-groups": document}
    for name, table in extras.items():
        groups = below(table, name)
        for group, wanted in groups.items():
            where = f"pyproject.toml: {name}.{group}"
            yield from _facts(_list(wanted), where, for_tests=True)
    uv = below(below(document, "tool"), "uv")
    sources = below(uv, "sources")
    for name in sources:
        source = below(sources, name)
        address = source.get("git") or source.get("url")
        if isinstance(address, str):
            yield _fact(name, f"{name} @ {address}", "pyproject.toml: tool.uv.sources")
    poetry = below(below(document, "tool"), "poetry")
    yield from _tables(
        below(poetry, "dependencies"), "pyproject.toml: tool.poetry", for_tests=False
    )
    yield from _tables(
        below(poetry, "dev-dependencies"), "pyproject.toml: tool.poetry", for_tests=True
    )
    for inner in below(poetry, "group").values():
        if isinstance(inner, dict):
            yield from _tables(
                below(inner, "dependencies"), "pyproject.toml: tool.poetry", for_tests=True
            )


def _tables(
    section: dict[str, object], source: str, *, for_tests: bool
) -> Iterator[DependencyFact]:
    """Requirements as poetry and pipenv write them: name → a version, or a table."""
    for name, wanted in section.items():
        if name.lower() == "python":
            continue
        table = wanted if isinstance(wanted, dict) else {"version": wanted}
        place = table.get("git") or table.get("url") or table.get("path")
        requirement = f"{name} @ {place}" if place else f"{name} {table.get('version', '')}"
        yield _fact(name, requirement, source, for_tests=for_tests)


def _pipfile(tree: SourceTree) -> Iterator[DependencyFact]:
    document = toml_table(tree.get("Pipfile"))
    yield from _tables(below(document, "packages"), "Pipfile: packages", for_tests=False)
    yield from _tables(below(document, "dev-packages"), "Pipfile: dev-packages", for_tests=True)


def _setup_cfg(tree: SourceTree) -> Iterator[DependencyFact]:
    file = tree.get("setup.cfg")
    wanted = (ini_section(file, "options") or {}).get("install_requires", "")
    yield from _facts(wanted.splitlines(), "setup.cfg: install_requires")
    for extra, lines in (ini_section(file, "options.extras_require") or {}).items():
        where = f"setup.cfg: extras_require.{extra}"
        yield from _facts(lines.splitlines(), where, for_tests=True)


def _setup_py(tree: SourceTree) -> Iterator[DependencyFact]:
    """Literal lists given as `install_requires=` and `extras_require=`, and nothing cleverer."""
    file = tree.get("setup.py")
    module = parse_python(file.content) if file else None
    if module is None:
        return
    named = assigned(module)
    for node in ast.walk(module):
        if not isinstance(node, ast.keyword):
            continue
        value = named.get(node.value.id) if isinstance(node.value, ast.Name) else node.value
        if node.arg == "install_requires":
            yield from _facts(_literals(value), "setup.py: install_requires")
        elif node.arg == "extras_require" and isinstance(value, ast.Dict):
            for key, lines in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant):
                    where = f"setup.py: extras_require.{str(key.value)[:60]}"
                    yield from _facts(_literals(lines), where, for_tests=True)


def _literals(value: ast.expr | None) -> list[str]:
    items = value.elts if isinstance(value, ast.List | ast.Tuple) else []
    return _list([item.value for item in items if isinstance(item, ast.Constant)])


def _facts(
    lines: Iterable[str], source: str, *, for_tests: bool = False, hashed: bool = False
) -> Iterator[DependencyFact]:
    for line in lines:
        text = line.strip()
        if not text:
            continue
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            egg = _EGG.search(text)
            if egg or _URL.match(text):
                name = egg[1] if egg else text.rstrip("/").replace("\\", "/").rpartition("/")[2]
                yield _fact(name, text, source, for_tests=for_tests, hashed=hashed)
            continue
        exact = [s.version for s in wanted.specifier if s.operator in ("==", "===")]
        locked = exact[0] if len(exact) == 1 and "*" not in exact[0] else None
        requirement = f"{wanted.name} @ {wanted.url}" if wanted.url else text
        yield _fact(
            wanted.name, requirement, source, for_tests=for_tests, hashed=hashed, locked=locked
        )


def _fact(
    name: str,
    requirement: str,
    source: str,
    *,
    for_tests: bool = False,
    hashed: bool = False,
    locked: str | None = None,
    direct: bool = True,
) -> DependencyFact:
    return DependencyFact(
        ecosystem="PyPI",
        name=canonicalize_name(name)[:214],
        requirement=requirement[:300],
        source=source,
        locked=locked,
        hashed=hashed,
        for_tests=for_tests,
        direct=direct,
    )


def _pinned(fact: DependencyFact, locked: dict[str, DependencyFact]) -> DependencyFact:
    lock = locked.get(fact.name)
    if lock is None:
        return fact
    version = {} if fact.locked else {"locked": lock.locked, "hashed": lock.hashed}
    return fact.model_copy(update={**version, "lock": lock.lock, "origin": lock.origin})


def _list(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
