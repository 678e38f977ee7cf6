"""What kind of place a path is: code that ships, or tests, docs, builds and other people's code.

Pure, and judged from the path alone, so a reader can tell as well as we can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from devforge.errors import BadInput
from devforge.model.ignoring import ignored
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.reviewing import Severity
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
             "extern", "external", "3rdparty", "3rd_party", "deps", "node_modules", "bower", "bower_components", "site-packages"}  # fmt: skip
_BUILD = {"scripts", "tools", "tasks", "ci", ".github", ".circleci", "site_scons", "packaging"}
_TEST_FILE = re.compile(
    r"(?:test_.*|.*_test|conftest|run_?tests?)\.pyi?|.*[.-](?:test|spec|bench)\.[cm]?[jt]sx?"
)
_BUILD_FILE = re.compile(
    r"setup[\w-]*\.py|noxfile\.py|fabfile\.py|wscript|sconstruct|(?:gulp|grunt|jake)file\.[cm]?[jt]s"
    r"|.*\.config\.[cm]?[jt]s|version-?bump\.[cm]?js|(?:webpack|esbuild|rollup|build)(?:\..*)?\.[cm]?[jt]s|\.?eslintrc\.[cm]?js"
    r"|\.?appveyor\.ya?ml|\.travis\.ya?ml|\.gitlab-ci\.ya?ml|azure-pipelines[\w-]*\.ya?ml|circle\.ya?ml|\.cirrus\.ya?ml"
)
_IMPORTS = re.compile(r".*\.(?:pyw?|[cm]?jsx?|[cm]?tsx?)", re.IGNORECASE)
# `_vendor_legacy`, `ui-tests`: the same with a word beside it.
_VENDORED_KIND = re.compile(r"_vendor(?:ed)?[-_][a-z0-9]+")
_TESTS_KIND = re.compile(
    r"[a-z0-9]+[-_]tests?|tests?[-_](?:workspaces?|data|fixtures?|files?|resources?|projects?|cases?|samples?|suites?)"
)
_MINIFIED_FILE = re.compile(r".*[.-]min\.[cm]?js|.*\.bundle\.js")
_RUN_WHEN_INSTALLED = ("setup.py", "sitecustomize.py")
_NEVER_SHIPPED = re.compile(r"(?:^|/)(?:\.git[^/]*|node_modules)(?:/|$)")
_MILDER: dict[Severity, Severity] = {
    "block": "person", "person": "warn", "warn": "info", "info": "info"
}  # fmt: skip


def place_of(path: str) -> Place:
    """Return what kind of place `path` is."""
    *directories, name = path.lower().split("/")
    if any(map(_is_vendored, directories)) or _MINIFIED_FILE.fullmatch(name):
        return "vendored"
    if any(map(_holds_tests, directories)) or _TEST_FILE.fullmatch(name):
        return "tests"
    if _DOCS.intersection(directories):
        return "docs"
    if _BUILD.intersection(directories) or (len(directories) < 2 and _BUILD_FILE.fullmatch(name)):
        return "build"
    return "source"


def _is_vendored(directory: str) -> bool:
    return directory in _VENDORED or bool(_VENDORED_KIND.fullmatch(directory))


def _holds_tests(directory: str) -> bool:
    return directory in _TESTS or bool(_TESTS_KIND.fullmatch(directory))


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
    exempt = place_of(path) == "vendored" or path in _RUN_WHEN_INSTALLED
    if is_at_home(path, submission) or exempt:
        return severity
    if severity in ("block", "person") and _is_used(path, submission):
        return severity
    return _MILDER[severity]


def _is_used(path: str, submission: Submission) -> bool:
    """Whether code of the extension imports, or starts by its name, what lies among tests or builds."""
    *directories, name = path.split("/")
    stem, dot, suffix = name.rpartition(".")
    module = re.escape(stem if dot else suffix)
    beside = re.escape(directories[-1]) if directories else r"\."
    told = re.compile(
        rf"(?<![\w-]){beside}(?:\.|[/\\]+){module}\b|\b{beside}\s+import\s[^\n]*\b{module}\b"
        + ("" if directories else rf"|\b(?:import|from)\s+{module}\b")
        + (rf"|\bimport\s+{beside}\b" if stem == "__init__" else "")
    )
    return any(
        told.search(file.text)
        for file in submission.tree.files.values()
        if _IMPORTS.fullmatch(file.path)
        and (is_at_home(file.path, submission) or file.path in _RUN_WHEN_INSTALLED)
    )


def shipped(tree: SourceTree) -> Iterator[SourceFile]:
    """Yield what the package of `tree` will hold, sorted by path.

    Source: docs/decisions/reproducible-packages.md; a pattern that cannot be read excludes nothing.
    """
    try:
        asked = ignored(tree)
    except BadInput:
        asked = ignored(SourceTree({}))
    for path in sorted(tree.files):
        if not (_NEVER_SHIPPED.search(path) or asked.match_file(path)):
            yield tree.files[path]
