"""What something else can start of a package: its entry, and what packaging files declare. Pure.

Where a Python project declares it is left out: a move from setup.py to pyproject.toml is nothing new.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from devforge.model.observed import SourceFile
from devforge.model.python_source import parse_python
from devforge.model.submission import Submission
from devforge.model.tables import below, ini_section, json_table, toml_table

_MOST = 500
_SCRIPTS = {"console_scripts": "scripts", "gui_scripts": "gui-scripts"}  # pyproject.toml's names


def entry_points_of(submission: Submission) -> tuple[str, ...]:
    """Return the manifest's entry, and what package.json and Python's packaging files declare."""
    tree, manifest = submission.tree, submission.manifest
    project = below(toml_table(tree.get("pyproject.toml")), "project")
    found = {
        *([manifest.entry] if manifest else []),
        *_of_npm(json_table(tree.get("package.json"))),
        *_of_project(project),
        *_of_setup_cfg(tree.get("setup.cfg")),
        *_of_setup_py(tree.get("setup.py")),
    }
    return tuple(sorted(one[:300] for one in found))[:_MOST]


def _of_npm(package: dict[str, Any]) -> Iterator[str]:
    for key in ("main", "browser", "module"):
        if isinstance(package.get(key), str):
            yield f"package.json {key}: {package[key]}"
    programs = package.get("bin")
    if isinstance(programs, str):
        yield f"package.json bin: {programs}"
    elif isinstance(programs, dict):
        yield from (f"package.json bin {name}: {path}" for name, path in programs.items())


def _of_project(project: dict[str, Any]) -> Iterator[str]:
    for table in ("scripts", "gui-scripts"):
        yield from _told(table, below(project, table).items())
    groups = below(project, "entry-points")
    for group in groups:
        yield from _told(group, below(groups, group).items())


def _of_setup_cfg(file: SourceFile | None) -> Iterator[str]:
    for group, lines in (ini_section(file, "options.entry_points") or {}).items():
        yield from _told(group, map(_pair, lines.splitlines()))


def _of_setup_py(file: SourceFile | None) -> Iterator[str]:
    """A literal table given as `entry_points=`, and nothing cleverer."""
    module = parse_python(file.content) if file else None
    for node in ast.walk(module) if module else ():
        if not isinstance(node, ast.keyword) or node.arg != "entry_points":
            continue
        table = node.value if isinstance(node.value, ast.Dict) else ast.Dict([], [])
        for key, lines in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant):
                yield from _told(str(key.value), map(_pair, _texts(lines)))


def _texts(value: ast.expr) -> list[str]:
    items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    held = [item.value for item in items if isinstance(item, ast.Constant)]
    return [line for text in held if isinstance(text, str) for line in text.splitlines()]


def _pair(line: str) -> tuple[str, str]:
    name, _, target = line.partition("=")
    return name.strip(), target.strip()


def _told(group: str, pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    for name, target in pairs:
        if target:
            yield f"{_SCRIPTS.get(group, group)} {name}: {target}"
