"""What a project's installation would say of it: its name, version and entry points. Pure.

Source: the Python Packaging User Guide, "Entry points specification" and "Core metadata". A set-up
program is read, never run: literal values count, and nothing cleverer.
"""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devforge.model.observed import SourceTree
from devforge.model.python_source import parse_python
from devforge.model.tables import below, toml_table

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_VERSION = re.compile(r"[\w.+!-]{1,50}")


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution: `entry_points` is group → lines `name = module:object`."""

    name: str
    version: str = "0"
    entry_points: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def directory(self) -> str:
        """What the directory of its metadata is called."""
        return f"{re.sub(r'[-_.]+', '_', self.name)}-{self.version}.dist-info"

    def files(self) -> dict[str, str]:
        """Its metadata: name of the file → text."""
        points = [
            text for group, lines in self.entry_points.items() for text in (f"[{group}]", *lines)
        ]
        return {
            "METADATA": f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n",
            "entry_points.txt": "\n".join(points) + "\n",
        }


def installed_project(tree: SourceTree) -> Installed | None:
    """Return what pyproject.toml says, else setup.cfg and setup.py; None where none names it."""
    project = below(toml_table(tree.get("pyproject.toml")), "project")
    if "name" in project:
        groups = {"console_scripts": project.get("scripts"), **below(project, "entry-points")}
        points = {
            group: tuple(f"{key} = {value}" for key, value in below(groups, group).items())
            for group in groups
        }
        return _installed(project.get("name"), project.get("version"), points)
    settings, program = _setup_cfg(tree), _setup_py(tree)
    name = program.get("name") or settings.get("name")
    version = program.get("version") or settings.get("version")
    points = {**settings.get("entry_points", {}), **_points(program.get("entry_points"))}
    return _installed(name, version, points)


def _installed(
    name: object, version: object, points: Mapping[str, tuple[str, ...]]
) -> Installed | None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    known = isinstance(version, str) and _VERSION.fullmatch(version)
    return Installed(name, str(version) if known else "0", points)


def _setup_cfg(tree: SourceTree) -> dict[str, Any]:
    file = tree.get("setup.cfg")
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    try:
        parser.read_string(file.text if file else "")
    except configparser.Error:
        return {}
    groups = "options.entry_points"
    points = dict(parser.items(groups)) if parser.has_section(groups) else {}
    return {
        "name": parser.get("metadata", "name", fallback=""),
        "version": parser.get("metadata", "version", fallback=""),
        "entry_points": {group: _lines(text) for group, text in points.items()},
    }


def _setup_py(tree: SourceTree) -> dict[str, Any]:
    """The literal values that are given to `setup(…)`, or to names given to it."""
    file = tree.get("setup.py")
    module = parse_python(file.content) if file else None
    if module is None:
        return {}
    named = {
        target.id: node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, Any] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg in ("name", "version", "entry_points"):
            value = named.get(node.value.id) if isinstance(node.value, ast.Name) else node.value
            try:
                found.setdefault(node.arg, ast.literal_eval(value) if value else None)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
    return found


def _points(said: object) -> dict[str, tuple[str, ...]]:
    """Entry points as setup.py writes them: a table of groups, or a text with headings."""
    if isinstance(said, dict):
        return {str(group): _lines(lines) for group, lines in said.items()}
    groups: dict[str, tuple[str, ...]] = {}
    heading = ""
    for line in _lines(said):
        if match := re.fullmatch(r"\[([^\]]+)\]", line):
            heading = match[1]
        elif heading:
            groups[heading] = (*groups.get(heading, ()), line)
    return groups


def _lines(said: object) -> tuple[str, ...]:
    lines = said.splitlines() if isinstance(said, str) else said
    if not isinstance(lines, list | tuple):
        return ()
    return tuple(line.strip() for line in lines if isinstance(line, str) and line.strip())
