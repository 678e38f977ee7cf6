"""Which packages an extension's code and tests ask for, read from its files. Pure.

Only what names a package of the index is taken; options, addresses and paths in requirement files
are refused by name, because a client would obey them.
"""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from devforge.model.observed import SourceTree
from devforge.model.tables import below, toml_table
from devforge.model.unresolvable import FOR_TESTS
from devforge.review.python_dependencies import read_python

_TEST_GROUP = re.compile(r"tests?|testing|dev|develop|development", re.ASCII)
_FILE = re.compile(
    r"(?:requirements/)?(?:(?:dev|tests?)[-_.])?(?:requirements|base|main|dev|tests?)"
    r"(?:[-_.](?:dev|tests?))?\.(?:txt|in|lock)",
    re.ASCII,
)
_TEST_FILE = re.compile(r"(?<![a-z])(?:dev|tests?)(?![a-z])", re.ASCII)
# Tools that development groups list and no test imports; leaving them out saves most of the time.
_NO_TEST_NEEDS = {
    "bandit", "black", "build", "bump2version", "bumpversion", "commitizen", "flake8", "flit", "furo",
    "hatch", "ipython", "isort", "jupyter", "mkdocs", "mkdocs-material", "mypy", "nox", "pdoc", "pip",
    "pip-tools", "poetry", "pre-commit", "pylint", "pyright", "ruff", "setuptools-scm", "sphinx",
    "tox", "twine", "uv", "wheel",
}  # fmt: skip
_TOX_LINE = re.compile(
    r"(?:(?P<factors>[\w.!,{}-]+):\s+)?(?P<line>[A-Za-z][^#]*?)\s*(?:(?<=\s)#.*)?$"
)
_THIS_PYTHON = f"py{sys.version_info.major}{sys.version_info.minor}"
_ANOTHER_PYTHON = re.compile(r"(?:py(?:py)?[\d.,{}-]*)+")
_LIMIT = 200
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Requirements:
    """Lines for pip: those pinned by hash apart, because pip then wants a hash of every one."""

    hashed: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    for_tests: frozenset[str] = frozenset()  # those of both that only tests want
    refused: Mapping[str, str] = field(default_factory=dict)  # what was asked for → why it is not


def python_requirements(tree: SourceTree) -> Requirements:
    """Return what the code and the tests of `tree` need, for this interpreter and platform."""
    project = toml_table(tree.get("pyproject.toml"))
    lines = [*_files(tree), *_project(project), *_elsewhere(tree)]
    asked = {_name(line) for line, _ in lines}
    lines += ((line, True) for line in _tox(tree, asked))
    lines.sort(key=lambda line: line[1])  # what is shipped first: tests may ask for it again
    own = canonicalize_name(str(below(project, "project").get("name", "")))
    imported = _imported(tree)
    hashed: dict[str, str] = {}
    plain: dict[str, str] = {}
    refused: dict[str, str] = {}
    shipped: set[str] = set()
    for_tests: set[str] = set()
    for line, only_tests in lines:
        requirement, hashes = _split(line)
        try:
            wanted = Requirement(requirement)
        except InvalidRequirement:
            why = "is not a package of the index, by name and version"
            refused.setdefault(requirement[:80], f"{FOR_TESTS}: {why}" if only_tests else why)
            continue
        if wanted.url is not None:
            refused[wanted.name] = f"comes from {wanted.url[:120]}, not from the package index"
        elif canonicalize_name(wanted.name) != own and _is_needed(wanted, imported):
            kept, whole = hashed if hashes else plain, " ".join([str(wanted), *hashes])
            if kept.setdefault(str(wanted), whole) == whole and only_tests:
                for_tests.add(whole)
            elif not only_tests:
                shipped.add(whole)
    pinned = {canonicalize_name(Requirement(line).name) for line in hashed}
    rest = [line for line in plain if canonicalize_name(Requirement(line).name) not in pinned]
    if (count := len(hashed) + len(rest)) > _LIMIT:
        refused["all dependencies"] = f"{count} packages are listed, {_LIMIT} allowed"
        return Requirements(refused=refused)
    only = frozenset(for_tests - shipped)
    return Requirements(tuple(hashed.values()), tuple(rest), only, refused)


def _imported(tree: SourceTree) -> set[str]:
    """What the code itself asks for: a plugin of mypy imports mypy."""
    facts = (fact for fact in read_python(tree) if fact.direct and not fact.for_tests)
    return {fact.name for fact in facts if not fact.source.endswith((".txt", ".in"))}


def _is_needed(wanted: Requirement, imported: set[str]) -> bool:
    name = canonicalize_name(wanted.name)
    if name in _NO_TEST_NEEDS and name not in imported:
        return False
    return wanted.marker is None or wanted.marker.evaluate({"extra": ""})


def _files(tree: SourceTree) -> Iterator[tuple[str, bool]]:
    """Lines, and whether a file for tests alone has them."""
    seen: set[str] = set()
    paths = [p for p in tree.files if _FILE.fullmatch(p.lower()) and not p.endswith(".in")]
    for path in sorted(paths, key=lambda path: bool(_TEST_FILE.search(path.lower()))):
        only_tests = bool(_TEST_FILE.search(path.lower()))
        yield from ((line, only_tests) for line in _lines(tree, path, seen, _DEPTH))


def _lines(tree: SourceTree, path: str, seen: set[str], depth: int) -> Iterator[str]:
    """The requirements of one file, and of those it includes from inside the extension."""
    file = tree.get(path)
    if file is None or file.mode == "symlink" or path in seen or depth == 0:
        return
    seen.add(path)
    for raw in file.text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if included := re.fullmatch(r"(?:-r|--requirement)[ =]*(\S+)", line):
            yield from _lines(tree, str(PurePosixPath(path).parent / included[1]), seen, depth - 1)
        elif line.startswith(("-e", "--editable", ".")) and "://" not in line:
            continue  # the extension itself, which is there anyway
        elif (line and not line.startswith("-")) or line.startswith(("-e", "--editable")):
            yield line


def _project(project: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    table = below(project, "project")
    yield from ((line, False) for line in _strings(table.get("dependencies")))
    for name, lines in below(table, "optional-dependencies").items():
        if _TEST_GROUP.fullmatch(name):
            yield from ((line, True) for line in _strings(lines))
    groups = below(project, "dependency-groups")
    for name in groups:
        if _TEST_GROUP.fullmatch(name):
            yield from ((line, True) for line in _group(groups, name, _DEPTH))


def _elsewhere(tree: SourceTree) -> Iterator[tuple[str, bool]]:
    """What setup.py, setup.cfg and poetry's tables ask for, as the dependencies check reads them."""
    for fact in read_python(tree):
        extra = fact.source.partition("extras_require.")[2]
        if fact.source.startswith("setup.") and (not extra or _TEST_GROUP.fullmatch(extra)):
            yield fact.requirement, fact.for_tests
        elif fact.source == "pyproject.toml: tool.poetry":
            exact = f"{fact.name}=={fact.locked}"
            yield exact if fact.locked else _from_poetry(fact.requirement), fact.for_tests


def _tox(tree: SourceTree, asked: Collection[str]) -> Iterator[str]:
    """What tox installs for its tests, of its own section alone.

    Of factors, that of this Python counts; another, such as `old: thing==1`, counts only for packages
    that nothing else asks for, and the last that names one, which as a rule is the newest.
    """
    config = configparser.RawConfigParser(strict=False, allow_no_value=True)
    file = tree.get("tox.ini")
    try:
        config.read_string(file.text if file is not None and file.mode != "symlink" else "")
    except configparser.Error:
        return
    always: list[str] = []
    sometimes: dict[str, str] = {}
    for raw in (config.get("testenv", "deps", fallback="") or "").splitlines():
        found = _TOX_LINE.match(raw.strip())
        if found is None or re.search(r"[{}/\\]", line := found["line"]):
            continue
        factors = found["factors"]
        if factors is None or "!" in factors or _THIS_PYTHON in re.split(r"[,{}-]", factors):
            always.append(line)
        elif not _ANOTHER_PYTHON.fullmatch(factors):
            sometimes[_name(line)] = line
    yield from always
    known = {*asked, *map(_name, always)}
    yield from (line for name, line in sometimes.items() if name not in known)


def _name(line: str) -> str:
    """The package that a line asks for; nothing where it is no requirement."""
    try:
        return canonicalize_name(Requirement(_split(line)[0]).name)
    except InvalidRequirement:
        return ""


def _from_poetry(requirement: str) -> str:
    """`name ^1.2` as pip says it: at least 1.2, below 2; an exact version without its sign as ==."""
    name, _, versions = requirement.partition(" ")
    if match := re.fullmatch(r"[~^](\d+)(\.\d+)*", versions.strip()):
        return f"{name}>={versions.strip()[1:]},<{int(match[1]) + 1}"
    if re.fullmatch(r"\d[\w.]*", versions.strip()):
        return f"{name}=={versions.strip()}"
    return name if versions.strip() in ("", "*") else requirement


def _group(groups: Mapping[str, Any], name: str, depth: int) -> Iterator[str]:
    lines = groups.get(name)
    yield from _strings(lines)
    for line in lines if isinstance(lines, list) and depth else []:
        if isinstance(line, dict) and isinstance(line.get("include-group"), str):
            yield from _group(groups, line["include-group"], depth - 1)


def _split(line: str) -> tuple[str, list[str]]:
    """A requirement and its hashes, which pip writes after it."""
    hashes = re.findall(r"--hash=sha(?:256|384|512):[0-9a-f]+", line)
    return re.sub(r"\s+--\S+=\S+", "", line).strip(), hashes


def _strings(value: object) -> Iterable[str]:
    return [line for line in value if isinstance(line, str)] if isinstance(value, list) else []
