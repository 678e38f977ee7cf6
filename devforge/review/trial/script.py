"""The JavaScript and TypeScript half of the trial: packages from the lock, Node's test runner."""

from __future__ import annotations

from pathlib import Path

from devforge.adapters.dependencies import Unresolvable, fetch_node_modules
from devforge.adapters.node import node_program
from devforge.adapters.sandbox import View
from devforge.errors import Unavailable
from devforge.model.observed import Failure, FileCoverage, Framework, Missing, SourceTree
from devforge.model.reviewing import Sandbox as Limits
from devforge.model.tables import json_table
from devforge.review.trial.answers import TestsAnswer
from devforge.review.trial.discovery import (
    code_lines,
    other_runner,
    script_runner,
    script_sources,
    script_tests,
)
from devforge.review.trial.side import HARNESS, Fetched

_LOCKS = ("npm-shrinkwrap.json", "package-lock.json")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies")
_RESERVED_BYTES = 768 * 1024 * 1024  # what V8 sets aside for code and never touches
_NODE = ("/node", "--import", "/harness/resolve.mjs", "--experimental-transform-types")
_NO_LOCK = "without a package-lock.json no dependency is installed; commit one"
_THROUGH_NODE = ("node", "mocha")  # mocha's words are spoken in Node's runner: nothing to install
# The rest of the memory is what Node holds outside V8's heap.
_HEAP_SHARE = 0.75


class ScriptSide:
    """Tests run under Node's runner, mocha's too; under jest or vitest where the lock has them."""

    host = "/host/host.mjs"

    def needs(self, tree: SourceTree) -> object:
        package = json_table(tree.get("package.json"))
        locks = [tree.files[name].content for name in _LOCKS if name in tree.files]
        return [package.get(kind) for kind in _DEPENDENCIES], locks[:1]

    def fetch(self, tree: SourceTree, scratch: Path, limits: Limits) -> Fetched:
        package = json_table(tree.get("package.json"))
        if not any(package.get(kind) for kind in _DEPENDENCIES):
            return Fetched()
        lock = next((tree.files[name] for name in _LOCKS if name in tree.files), None)
        if lock is None:
            return Fetched(note=_NO_LOCK)
        content = tree.files["package.json"].content
        own = {path: f.content for path, f in tree.files.items() if f.mode != "symlink"}
        try:
            modules = fetch_node_modules(
                content, lock.content, scratch / "npm", disk_bytes=limits.disk_bytes, own=own
            )
        except Unresolvable as error:
            return Fetched(unresolvable=error.reasons)
        except Unavailable as error:
            return Fetched(missing=Missing(reason=str(error)))
        return Fetched((modules,))

    def prepare(self, tree: SourceTree, fetched: Fetched, scratch: Path) -> None:
        """Nothing: all a run needs travels on its command line."""

    def view(self, source: Path, fetched: Fetched, scratch: Path, limits: Limits) -> View:
        del scratch
        mounts = {"/harness": HARNESS, "/node": Path(node_program())}
        mounts |= (
            dict.fromkeys(("/node_modules",), fetched.directories[0]) if fetched.directories else {}
        )
        heap = int(limits.memory_bytes * _HEAP_SHARE) // 2**20
        options = f"--max-old-space-size={heap} --disable-warning=ExperimentalWarning"
        environment = {"NODE_OPTIONS": options, "NODE_ENV": "test"}
        return View(source, mounts, environment, reserved_bytes=_RESERVED_BYTES)

    def framework(self, tree: SourceTree, fetched: Fetched) -> Framework | Failure | None:
        if not script_tests(tree):
            return None
        if other := other_runner(tree):
            return Failure(what=f"its tests are written for {other}, which this review cannot run")
        runner = script_runner(tree)
        installed = [d for d in fetched.directories if (d / runner).is_dir()]
        if runner in _THROUGH_NODE or (installed and _measures(runner, installed[0])):
            return runner
        if not installed:
            return Failure(what=f"its tests are written for {runner}, which {_why_absent(fetched)}")
        why = "its tests are written for vitest, which measures coverage only with @vitest/coverage-v8"
        return Failure(what=f"{why}: add it to devDependencies and to the lock")

    def test_command(self, tree: SourceTree) -> list[str]:
        if (runner := script_runner(tree)) not in _THROUGH_NODE:
            return [_NODE[0], "/harness/run_elsewhere.mjs", runner]
        words = ("--import", "/harness/mocha.mjs") if runner == "mocha" else ()
        return [
            *_NODE,
            *words,
            "--experimental-test-coverage",
            *(f"--test-coverage-exclude={path}" for path in ("/harness/**", "/node_modules/**")),
            "--test",
            "--test-reporter=/harness/reporter.mjs",
            *(f"./{path}" for path in script_tests(tree)),
        ]

    def start_command(self, *words: str) -> list[str]:
        return [*_NODE, "/harness/activate.mjs", *words]

    def coverage(self, tree: SourceTree, answer: TestsAnswer) -> tuple[FileCoverage, ...]:
        """Lines with code; a file no test loads has all of them missing."""
        seen = {line.path: line for line in answer.coverage}
        found = []
        for path in script_sources(tree):
            lines = code_lines(tree.files[path])
            missing = set(lines)
            if (measured := seen.get(path)) is not None:
                lines &= set(measured.seen)
                missing = lines & set(measured.missing)
            if lines:
                found.append(
                    FileCoverage(
                        path=path,
                        covered=len(lines) - len(missing),
                        total=len(lines),
                        missing=tuple(sorted(missing)),
                        ran=tuple(sorted(lines - missing)),
                    )
                )
        return tuple(found)


def _why_absent(fetched: Fetched) -> str:
    if fetched.note:
        return f"is not installed: {fetched.note}"
    nothing = "is not installed, as nothing that its lock names could be"
    return nothing if fetched.unresolvable else "its lock does not install"


def _measures(runner: str, modules: Path) -> bool:
    """Whether the runner that is installed can measure coverage: jest brings it along."""
    kinds = ("coverage-v8", "coverage-istanbul")
    return runner == "jest" or any((modules / "@vitest" / kind).is_dir() for kind in kinds)
