"""The Python half of the trial: wheels, a virtual environment made of links, pytest, coverage."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devforge.adapters.dependencies import Unresolvable, fetch_wheels
from devforge.adapters.sandbox import WORK, View
from devforge.errors import Unavailable
from devforge.model.observed import Failure, FileCoverage, Framework, Missing, SourceTree
from devforge.model.policy import Sandbox as Limits
from devforge.review.trial.answers import TestsAnswer
from devforge.review.trial.discovery import others_directories, python_sources, python_tests
from devforge.review.trial.pytest_settings import kept_options, names_test_files
from devforge.review.trial.requirements import python_requirements, read_toml
from devforge.review.trial.side import HARNESS, Fetched

_PYTHON = "/env/bin/python"
_TOOLS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage")
_LIBRARY = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


class PythonSide:
    """Tests run under pytest, which runs unittest's too, in an environment of their own."""

    def fetch(self, tree: SourceTree, scratch: Path, limits: Limits) -> Fetched:
        wanted = python_requirements(tree)
        directories: list[Path] = []
        unresolvable = dict(wanted.refused)
        for name, lines in (("hashed", wanted.hashed), ("plain", wanted.plain)):
            try:
                directories += _fetch(lines, scratch / name, limits, unresolvable)
            except Unavailable as error:
                return Fetched(tuple(directories), unresolvable, Missing(reason=str(error)))
        return Fetched(tuple(directories), unresolvable)

    def prepare(self, tree: SourceTree, fetched: Fetched, scratch: Path) -> None:
        _write_environment(scratch / "env", len(fetched.directories))
        _write_metadata(tree, scratch / "env")
        options = list(kept_options(tree))
        if not names_test_files(tree):  # then those that unittest would find count too
            options += ["-o", "python_files=test*.py *_test.py tests.py"]
        options += [f"--ignore={directory}" for directory in others_directories(tree)]
        request = {"sources": python_sources(tree), "options": options}
        (scratch / "request.json").write_text(json.dumps(request), encoding="utf-8")

    def view(self, source: Path, fetched: Fetched, scratch: Path, limits: Limits) -> View:
        del limits
        mounts = {"/harness": HARNESS, "/env": scratch / "env", **_interpreter(), **_tools()}
        mounts["/request.json"] = scratch / "request.json"
        mounts |= {f"/deps/{n}": path for n, path in enumerate(fetched.directories)}
        environment = {"PYTHONNOUSERSITE": "1", "PATH": "/env/bin:/usr/local/bin:/usr/bin:/bin"}
        if any(Path(sys.base_prefix, "lib").glob("libpython3*.so*")):
            environment["LD_LIBRARY_PATH"] = str(Path(sys.base_prefix, "lib"))
        return View(source=source, mounts=mounts, environment=environment)

    def framework(self, tree: SourceTree, fetched: Fetched) -> Framework | Failure | None:
        del fetched
        return "pytest" if python_tests(tree) or names_test_files(tree) else None

    def test_command(self, tree: SourceTree) -> list[str]:
        del tree
        return [_PYTHON, "/harness/run_tests.py", "/request.json"]

    def start_command(self, what: str, where: str) -> list[str]:
        return [_PYTHON, "/harness/activate.py", what, where]

    def coverage(self, tree: SourceTree, answer: TestsAnswer) -> tuple[FileCoverage, ...]:
        own = set(python_sources(tree))
        return tuple(
            FileCoverage(
                path=line.path,
                covered=max(0, line.total - len(set(line.missing))),
                total=line.total,
                missing=tuple(sorted(set(line.missing))),
            )
            for line in sorted(answer.coverage, key=lambda line: line.path)
            if line.path in own and line.total
        )


def _fetch(
    lines: tuple[str, ...], into: Path, limits: Limits, unresolvable: dict[str, str]
) -> list[Path]:
    """Install what can be had; what can't is added to `unresolvable`, and tests may do without."""
    for attempt in ("all", "rest"):
        if not lines:
            return []
        try:
            return [fetch_wheels(lines, into / attempt, disk_bytes=limits.disk_bytes)]
        except Unresolvable as error:
            unresolvable |= error.reasons
            gone = {canonicalize_name(name) for name in error.reasons}
            lines = tuple(line for line in lines if _named(line) not in gone)
    return []


def _named(line: str) -> str:
    return canonicalize_name(Requirement(line.partition(" --hash")[0]).name)


def _write_environment(env: Path, dependencies: int) -> None:
    """A virtual environment without programs: the extension first, then dependencies, then tools."""
    base = Path(os.path.realpath(sys.executable))
    (env / "bin").mkdir(parents=True)
    (env / _LIBRARY).mkdir(parents=True)
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        (env / "bin" / name).symlink_to(base)
    settings = f"home = {base.parent}\ninclude-system-site-packages = false\n"
    (env / "pyvenv.cfg").write_text(settings, encoding="utf-8")
    lines = [f"{WORK}/src", WORK]
    # Through site, so that a dependency's own .pth files count as where pip installed them.
    lines += [f"import site; site.addsitedir('/deps/{n}')" for n in range(dependencies)]
    path = env / _LIBRARY / "extension.pth"
    path.write_text("\n".join([*lines, "/tools", ""]), encoding="utf-8")


def _write_metadata(tree: SourceTree, env: Path) -> None:
    """Say that the project is installed, for code that asks for its own version or entry points."""
    project = read_toml(tree, "pyproject.toml").get("project")
    name = str(project.get("name", "")) if isinstance(project, dict) else ""
    if not isinstance(project, dict) or not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
        return
    version = str(project.get("version", "0"))
    version = version if re.fullmatch(r"[\w.+!-]{1,50}", version) else "0"
    info = env / _LIBRARY / f"{re.sub(r'[-_.]+', '_', name)}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    metadata_text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata_text, encoding="utf-8")
    (info / "entry_points.txt").write_text(_entry_points(project), encoding="utf-8")


def _entry_points(project: Mapping[str, Any]) -> str:
    groups = {"console_scripts": project.get("scripts"), **_table(project.get("entry-points"))}
    lines = []
    for group, entries in groups.items():
        lines.append(f"[{group}]")
        lines += [f"{key} = {value}" for key, value in _table(entries).items()]
    return "\n".join(lines) + "\n"


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _interpreter() -> dict[str, Path]:
    """The Python this program runs on, where /usr does not hold it already."""
    base = Path(sys.base_prefix)
    return {} if base.is_relative_to("/usr") else {str(base): base}


def _tools() -> dict[str, Path]:
    """pytest and coverage with what they need, each part by itself: nothing else of ours."""
    parts: dict[str, Path] = {}
    for name in _TOOLS:
        distribution = metadata.distribution(name)
        tops = {PurePosixPath(str(file)).parts[0] for file in distribution.files or ()}
        for top in tops - {"..", "__pycache__"}:
            if not top.endswith(".pth"):
                parts[f"/tools/{top}"] = Path(str(distribution.locate_file(top)))
    return {inside: path for inside, path in sorted(parts.items()) if path.exists()}
