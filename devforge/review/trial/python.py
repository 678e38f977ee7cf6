"""The Python half of the trial: wheels, a virtual environment made of links, pytest, coverage."""

from __future__ import annotations

import json
import os
import sys
from importlib import metadata
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devforge.adapters.dependencies import Unresolvable, fetch_wheels
from devforge.adapters.sandbox import WORK, View
from devforge.errors import Unavailable
from devforge.model.observed import Failure, FileCoverage, Framework, Missing, SourceTree
from devforge.model.reviewing import Sandbox as Limits
from devforge.model.unresolvable import ALL, FOR_TESTS, LEFT_OUT
from devforge.review.trial.answers import TestsAnswer
from devforge.review.trial.console_scripts import write_console_scripts
from devforge.review.trial.discovery import others_directories, python_sources, python_tests
from devforge.review.trial.installed import installed_project
from devforge.review.trial.pytest_settings import kept_options, names_test_files
from devforge.review.trial.requirements import python_requirements
from devforge.review.trial.side import HARNESS, Fetched

_PYTHON = "/env/bin/python"
_TOOLS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage")
# From 3.12 on, coverage that the interpreter itself counts: nearly free, where tracing doubles the time.
_MEASURING = {"COVERAGE_CORE": "sysmon"} if sys.version_info >= (3, 12) else {}
_ASKED = "os.environ.get('COVERAGE_PROCESS_START')"
_LIBRARY = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


class PythonSide:
    """Tests run under pytest, which runs unittest's too, in an environment of their own."""

    host = "/host/host.py"

    def needs(self, tree: SourceTree) -> object:
        return python_requirements(tree)

    def fetch(self, tree: SourceTree, scratch: Path, limits: Limits) -> Fetched:
        wanted = python_requirements(tree)
        directories: list[Path] = []
        unresolvable = dict(wanted.refused)
        for name, lines in (("hashed", wanted.hashed), ("plain", wanted.plain)):
            try:
                directories += _fetch(lines, wanted.for_tests, scratch / name, limits, unresolvable)
            except Unavailable as error:
                return Fetched(tuple(directories), unresolvable, Missing(reason=str(error)))
        return Fetched(tuple(directories), unresolvable)

    def prepare(self, tree: SourceTree, fetched: Fetched, scratch: Path) -> None:
        _write_environment(scratch / "env", len(fetched.directories))
        _write_metadata(tree, scratch / "env")
        own = scratch / "env" / _LIBRARY
        write_console_scripts((*fetched.directories, own), scratch / "env/bin", _PYTHON)
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
        environment = {
            "PYTHONNOUSERSITE": "1",
            **_MEASURING,
            "PATH": "/env/bin:/usr/local/bin:/usr/bin:/bin",
        }
        if any(Path(sys.base_prefix, "lib").glob("libpython3*.so*")):
            environment["LD_LIBRARY_PATH"] = str(Path(sys.base_prefix, "lib"))
        return View(source=source, mounts=mounts, environment=environment)

    def framework(self, tree: SourceTree, fetched: Fetched) -> Framework | Failure | None:
        del fetched
        return "pytest" if python_tests(tree) or names_test_files(tree) else None

    def test_command(self, tree: SourceTree) -> list[str]:
        del tree
        return [_PYTHON, "/harness/run_tests.py", "/request.json"]

    def start_command(self, *words: str) -> list[str]:
        return [_PYTHON, "/harness/activate.py", *words]

    def coverage(self, tree: SourceTree, answer: TestsAnswer) -> tuple[FileCoverage, ...]:
        own = set(python_sources(tree))
        return tuple(
            FileCoverage(
                path=line.path,
                covered=max(0, line.total - len(set(line.missing))),
                total=line.total,
                missing=tuple(sorted(set(line.missing))),
                ran=tuple(sorted(set(line.seen) - set(line.missing))),
            )
            for line in sorted(answer.coverage, key=lambda line: line.path)
            if line.path in own and line.total
        )


def _fetch(
    lines: tuple[str, ...],
    for_tests: frozenset[str],
    into: Path,
    limits: Limits,
    unresolvable: dict[str, str],
) -> list[Path]:
    """Install what can be had; what can't is added to `unresolvable`, and tests may do without.

    What only tests want is left out first: what then works is no fault of what users install.
    """
    shipped = tuple(line for line in lines if line not in for_tests)
    gone: dict[str, str] = {}  # what any attempt lacked
    faults: dict[str, str] = {}  # what is lacking even where tests want nothing
    tried: list[tuple[str, ...]] = [()]
    for choice in ("all", "fewer for tests", "none for tests", "rest", "rest of shipped"):
        attempt = {
            "all": lines,
            "fewer for tests": tuple(n for n in lines if n in shipped or _named(n) not in gone),
            "none for tests": shipped,
            "rest": tuple(line for line in lines if _named(line) not in gone),
            "rest of shipped": tuple(line for line in shipped if _named(line) not in faults),
        }[choice]
        if attempt not in tried:
            tried.append(attempt)
            try:
                found = fetch_wheels(attempt, into / str(len(tried)), disk_bytes=limits.disk_bytes)
            except Unresolvable as error:
                if ALL in error.reasons:
                    unresolvable |= error.reasons
                    return []
                reasons = {str(canonicalize_name(n)): why for n, why in error.reasons.items()}
                gone |= reasons
                faults |= reasons if set(attempt) <= set(shipped) else {}
                continue
            left_out = {_named(line) for line in lines if line not in attempt} - faults.keys()
            unresolvable |= faults | {n: _of_tests(gone.get(n)) for n in left_out}
            return [found]
    unresolvable |= faults
    return []


def _of_tests(why: str | None) -> str:
    return f"{FOR_TESTS}: {why}" if why else LEFT_OUT


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
    # Other interpreters that tests start count the lines they run, where the harness asks for it.
    lines += ["/tools", f"import os; {_ASKED} and __import__('coverage').process_startup()"]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _write_metadata(tree: SourceTree, env: Path) -> None:
    """Say that the project is installed, for code that asks for its own version or entry points."""
    if (project := installed_project(tree)) is None:
        return
    info = env / _LIBRARY / project.directory
    info.mkdir(parents=True, exist_ok=True)
    for name, text in project.files().items():
        (info / name).write_text(text, encoding="utf-8", errors="replace")


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
