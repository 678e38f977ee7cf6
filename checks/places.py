"""What kind of place a path is: code that ships, or tests, docs, builds and other people's code.

Pure, and judged from the path alone, so a reader can tell as well as we can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pathspec import GitIgnoreSpec

from devforge.model.observed import SourceFile, SourceTree
from devforge.model.policy import Severity
from devforge.model.submission import Submission

Place = Literal["source", "tests", "docs", "build", "vendored"]

_TESTS = {"test", "tests", "testing", "__tests__", "spec", "specs", "fixtures", "testdata", "mocks",
          "mock", "__mocks__", "e2e", "bench", "benchmarks"}  # fmt: skip
_DOCS = {
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
}
_VENDORED = {"vendor", "vendored", "_vendor", "_vendored", "third_party", "third-party", "thirdparty",
             "extern", "external", "node_modules", "bower", "bower_components", "site-packages"}  # fmt: skip
_BUILD = {"scripts", "tools", "tasks", "ci", ".github", ".circleci", "site_scons", "packaging"}
_TEST_FILE = re.compile(
    r"(?:test_.*|.*_test|conftest)\.pyi?|.*[.-](?:test|spec|bench)\.[cm]?[jt]sx?"
)
_BUILD_FILE = re.compile(
    r"setup\.py|noxfile\.py|fabfile\.py|wscript|sconstruct|(?:gulp|grunt|jake)file\.[cm]?[jt]s"
    r"|.*\.config\.[cm]?[jt]s|(?:webpack|esbuild|rollup|build)(?:\..*)?\.[cm]?[jt]s|\.?eslintrc\.[cm]?js"
)
_MINIFIED_FILE = re.compile(r".*[.-]min\.[cm]?js|.*\.bundle\.js")
_NEVER_SHIPPED = re.compile(r"(?:^|/)(?:\.git[^/]*|node_modules)(?:/|$)")
_MILDER: dict[Severity, Severity] = {
    "block": "person", "person": "warn", "warn": "info", "info": "info"
}  # fmt: skip


def place_of(path: str) -> Place:
    """Return what kind of place `path` is."""
    *directories, name = path.lower().split("/")
    if _VENDORED.intersection(directories) or _MINIFIED_FILE.fullmatch(name):
        return "vendored"
    if _TESTS.intersection(directories) or _TEST_FILE.fullmatch(name):
        return "tests"
    if _DOCS.intersection(directories):
        return "docs"
    if _BUILD.intersection(directories) or (len(directories) < 2 and _BUILD_FILE.fullmatch(name)):
        return "build"
    return "source"


def is_at_home(path: str, submission: Submission) -> bool:
    """Whether `path` is code of the extension itself, or starts with it: never judged milder.

    A `tests` directory that holds the entry is no excuse for what lies beside the entry.
    """
    entry = submission.manifest.entry if submission.manifest else ""
    directory = entry.rpartition("/")[0]
    beside = bool(directory) and path.startswith(f"{directory}/")
    return path == entry or (beside and place_of(entry) != "source") or place_of(path) == "source"


def milder(severity: Severity, path: str, submission: Submission) -> Severity:
    """Return `severity`, one step lower where `path` is tests, docs or a build file."""
    runs_when_installed = path in ("setup.py", "sitecustomize.py")
    if is_at_home(path, submission) or place_of(path) == "vendored" or runs_when_installed:
        return severity
    return _MILDER[severity]


def shipped(tree: SourceTree) -> Iterator[SourceFile]:
    """Yield what the package of `tree` will hold, sorted by path.

    Source: docs/decisions/reproducible-packages.md; a pattern that cannot be read excludes nothing.
    """
    ignore = tree.get(".devforgeignore")
    try:
        asked = GitIgnoreSpec.from_lines(ignore.text.splitlines() if ignore else [])
    except ValueError:
        asked = GitIgnoreSpec.from_lines([])
    for path in sorted(tree.files):
        if not (_NEVER_SHIPPED.search(path) or asked.match_file(path)):
            yield tree.files[path]
