"""Which files of an extension are its tests, and which its own code to be covered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Literal

from checks.places import place_of
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.tables import below, json_table

Runner = Literal["node", "mocha", "jest", "vitest"]

_TEST_FOLDERS = {"test", "tests", "__tests__", "testing", "spec", "specs", "e2e"}
_TESTS = {"test", "tests", "e2e"}
_NOT_SHIPPED = {"docs", "doc", "examples", "example", ".github", "node_modules"}
_PYTHON_TEST = re.compile(r"(?:test_.*|.*_test|tests?)\.py", re.ASCII)
_PYTHON_TOOLING = {"setup.py", "conftest.py", "noxfile.py", "tasks.py"}
_SCRIPT = re.compile(r".*\.(?:[cm]?js|[cm]?ts|jsx|tsx)", re.ASCII)
_SCRIPT_TEST = re.compile(
    r"(?:.*[._-](?:test|spec)|test-.*|test|.*_test)\.(?:[cm]?js|[cm]?ts|jsx|tsx)", re.ASCII
)
_SCRIPT_TOOLING = re.compile(
    r".*\.conf(?:ig)?\.[cm]?[jt]s|\..*|gulpfile\..*|gruntfile\..*|.*\.d\.[cm]?ts", re.IGNORECASE
)
_TEST_IMPORT = re.compile(
    rb"node:test|node:assert|['\"](?:assert|uvu|tape|tap)['\"]|vitest|@jest/globals|\bdescribe\s*\(|\bit\s*\(|\btest\s*\("
)
_OTHER_RUNNERS = {
    "ava", "jasmine", "karma", "lab", "playwright", "qunit", "tap", "vscode-test", "wdio", "wtr",
}  # fmt: skip
_RUNNERS: tuple[Runner, ...] = ("vitest", "jest", "mocha")


def others_directories(tree: SourceTree) -> tuple[str, ...]:
    """The directories of other people's code and of examples, whose tests are not the extension's."""
    found = set()
    for path, _ in _files(tree):
        parts = PurePosixPath(path).parts[:-1]
        for depth, part in enumerate(parts):
            directory = "/".join(parts[: depth + 1])
            if part.lower() in _NOT_SHIPPED or place_of(f"{directory}/x") == "vendored":
                found.add(directory)
                break
    return tuple(sorted(found))


def python_tests(tree: SourceTree) -> tuple[str, ...]:
    """The files that hold tests by their names; below a folder of tests, unittest's `test*.py` too."""
    return tuple(
        path
        for path, _ in _own_files(tree)
        if _PYTHON_TEST.fullmatch(_name(path))
        or (_is_in(path, _TEST_FOLDERS) and re.fullmatch(r"test.*\.py", _name(path)))
    )


def python_sources(tree: SourceTree) -> tuple[str, ...]:
    """The extension's own modules: no tests, no packaging, no examples."""
    return tuple(
        path
        for path, file in _own_files(tree)
        if path.endswith(".py")
        and file.content.strip()
        and not _is_in(path, _TEST_FOLDERS)
        and _name(path) not in _PYTHON_TOOLING
        and not _PYTHON_TEST.fullmatch(_name(path))
    )


def script_tests(tree: SourceTree) -> tuple[str, ...]:
    """The JavaScript and TypeScript files that hold tests: by name, by place and content, or by
    package.json's test script, where that is `node some/file.js`."""
    started = set(re.findall(r"\bnode (?:\./)?([^-\s&;|]\S*)", _test_script(tree)))
    return tuple(
        path
        for path, file in _own_files(tree)
        if _SCRIPT.fullmatch(path)
        and not _SCRIPT_TOOLING.fullmatch(_name(path))
        and (
            _SCRIPT_TEST.fullmatch(_name(path))
            or (_is_in(path, _TEST_FOLDERS) and _TEST_IMPORT.search(file.content))
            or path in started
        )
    )


def script_sources(tree: SourceTree) -> tuple[str, ...]:
    """The extension's own scripts: no tests, no tools' settings, no type declarations."""
    tests = set(script_tests(tree))
    return tuple(
        path
        for path, file in _own_files(tree)
        if _SCRIPT.fullmatch(path)
        and file.content.strip()
        and path not in tests
        and not _is_in(path, _TEST_FOLDERS)
        and not _SCRIPT_TOOLING.fullmatch(_name(path))
    )


def script_runner(tree: SourceTree) -> Runner:
    """The program the extension's tests are written for: named by its test script, else imported."""
    package, script = json_table(tree.get("package.json")), _test_script(tree)
    imported = b"\n".join(tree.files[path].content for path in script_tests(tree))
    for runner in _RUNNERS:
        if re.search(rf"\b{runner}\b", script):
            return runner
    if b"node:test" in imported or re.search(r"\bnode\b.*--test", script):
        return "node"
    for runner in _RUNNERS:
        if re.search(rf"""from ['"]@?{runner}\b|require\(['"]@?{runner}\b""".encode(), imported):
            return runner
    listed = {**below(package, "devDependencies"), **below(package, "dependencies")}
    return next((runner for runner in _RUNNERS if runner in listed), "node")


def other_runner(tree: SourceTree) -> str | None:
    """The program the tests are started with, where it is one that the trial does not know."""
    words = re.findall(r"(?:^|[\s/&;|])((?:@\w+/)?[a-z][\w-]*)(?=$|[\s&;|])", _test_script(tree))
    return next((word for word in words if word in _OTHER_RUNNERS), None)


def code_lines(file: SourceFile) -> set[int]:
    """The numbers of a script's lines that hold code: not blank, no comment, not only brackets."""
    found: set[int] = set()
    is_comment = False
    for number, raw in enumerate(file.text.splitlines(), start=1):
        line = raw.strip()
        if is_comment or line.startswith("/*"):
            _, end, line = line.partition("*/")
            is_comment = not end
        if line.strip("(){}[];, \t") and not line.lstrip().startswith("//"):
            found.add(number)
    return found


def _files(tree: SourceTree) -> Iterator[tuple[str, SourceFile]]:
    for path, file in tree.files.items():
        if file.mode in ("file", "executable"):
            yield path, file


def _own_files(tree: SourceTree) -> Iterator[tuple[str, SourceFile]]:
    for path, file in _files(tree):
        if not _is_in(path, _NOT_SHIPPED) and place_of(path) != "vendored":
            yield path, file


def _test_script(tree: SourceTree) -> str:
    return str(below(json_table(tree.get("package.json")), "scripts").get("test", ""))


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _is_in(path: str, folders: set[str]) -> bool:
    """Whether it lies in one of `folders`, or in one like `test-ui`, a folder of tests with a surname."""
    parts = [part.lower() for part in PurePosixPath(path).parts[:-1]]
    return any(part in folders or re.split(r"[-_.]", part)[0] in folders & _TESTS for part in parts)
