"""What a project that is there already says of itself, in the files its own tools read. Pure; nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.places import place_of
from devforge.model.observed import SourceTree
from devforge.model.python_source import assigned, parse_python
from devforge.model.tables import below, ini_section, json_table, toml_table

_PYTHON_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_DEEPEST = 2  # src/package/_version.py
_WORDS = ("name", "version", "description", "license")
_DYNAMIC_VERSION = re.compile(
    r"^__version__\s*(?::\s*\w+\s*)?=\s*[\"']([^\"'\n]{1,64})[\"']", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Project:
    """Its words as they stand there, unchecked; `files` are those that said something."""

    name: str | None = None
    title: str | None = None
    version: str | None = None
    description: str | None = None
    license: str | None = None
    main: str | None = None
    icon: str | None = None
    keywords: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def read_script_project(tree: SourceTree) -> Project:
    """Return what package.json says, for JavaScript and TypeScript."""
    table = json_table(tree.get("package.json"))
    return Project(
        name=(_text(table.get("name")) or "").rpartition("/")[2] or None,
        title=_text(table.get("displayName")),
        version=_text(table.get("version")),
        description=_text(table.get("description")),
        license=_text(table.get("license")),
        main=_text(table.get("main")),
        icon=_text(table.get("icon")),
        keywords=_texts(table.get("keywords")),
        categories=_texts(table.get("categories")),
        files=("package.json",) if table else (),
    )


def read_python_project(tree: SourceTree) -> Project:
    """Return what pyproject.toml, setup.cfg and setup.py say: of each thing, the first that does."""
    said: dict[str, Any] = {}
    files = []
    for file, table in zip(_PYTHON_FILES, _python_tables(tree), strict=True):
        new = {key: value for key, value in table.items() if value and key not in said}
        said |= new
        files += [file] if new else []
    if "version" not in said and (found := _version_in_source(tree)):
        file, said["version"] = found
        files.append(file)
    keywords = said.pop("keywords", ())
    return Project(**said, keywords=keywords, files=tuple(files))


def _python_tables(tree: SourceTree) -> Iterator[Mapping[str, Any]]:
    document = toml_table(tree.get("pyproject.toml"))
    poetry = below(below(document, "tool"), "poetry")
    yield _words(poetry) | _words(below(document, "project"))
    yield _words(ini_section(tree.get("setup.cfg"), "metadata") or {})
    yield _words(_setup_py(tree))


def _words(table: Mapping[str, Any]) -> dict[str, Any]:
    licence = table.get("license")
    spelt = {**table, "license": licence.get("text") if isinstance(licence, dict) else licence}
    words: dict[str, Any] = {word: text for word in _WORDS if (text := _text(spelt.get(word)))}
    keywords = table.get("keywords")
    listed = re.split(r"[,\n]", keywords) if isinstance(keywords, str) else keywords
    return words | ({"keywords": found} if (found := _texts(listed)) else {})


def _setup_py(tree: SourceTree) -> Mapping[str, Any]:
    """Literals given to `setup(…)` by name, also where a variable holds them; nothing cleverer."""
    file = tree.get("setup.py")
    module = parse_python(file.content) if file else None
    held = assigned(module) if module else {}
    calls = (
        node
        for node in ast.walk(module or ast.Module([], []))
        if isinstance(node, ast.Call) and _is_setup(node.func)
    )
    given = [keyword for call in calls for keyword in call.keywords if keyword.arg]
    values = {
        keyword.arg: held.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
        for keyword in given
    }  # fmt: skip
    return {str(name): found for name, node in values.items() if (found := _literal(node))}


def _is_setup(function: ast.expr) -> bool:
    return getattr(function, "id", getattr(function, "attr", "")) == "setup"


def _literal(node: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(node) if node else None
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None


def _version_in_source(tree: SourceTree) -> tuple[str, str] | None:
    """`__version__`, where the build reads it from: the shallowest file that says it."""
    for path in sorted(tree.files, key=lambda path: (path.count("/"), path)):
        ours = path.endswith(".py") and path.count("/") <= _DEEPEST and place_of(path) == "source"
        file = tree.files[path]
        if ours and file.is_plain and (found := _DYNAMIC_VERSION.search(file.text[:100_000])):
            return path, found[1]
    return None


def _text(value: object) -> str | None:
    return (" ".join(value.split()) or None) if isinstance(value, str) else None


def _texts(values: object) -> tuple[str, ...]:
    given = values if isinstance(values, list | tuple) else ()
    return tuple(text for value in given if (text := _text(value)))
