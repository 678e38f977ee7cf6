"""The marks by which files tell whose they are: banners, headers, versions, names. Pure.

Marks are what a file says of itself: enough to go and compare, never enough to be believed.
"""

from __future__ import annotations

import re

from checks.places import place_of
from devforge.model.observed import SourceFile

_HEAD = 2_000
_CODE = (".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts")
_VERSION = r"v?(?P<version>\d+\.\d+(?:\.\d+)?(?:-[0-9A-Za-z.]+)?)"
_NAME = r"(?P<name>@?[A-Za-z][\w/-]*(?:\.js)?(?: (?!v?\d|version)[A-Za-z][\w-]*(?:\.js)?)?)"
_BANNER = re.compile(
    r"\A\s*(?:[\"']use strict[\"'];?\s*)?(?:/\*[!*]?|//!?)[\s*]*(?:@license\s+|@preserve\s+)?"
    rf"{_NAME}(?:\s*[-:|,]?\s*(?://!?)?\s*version\s*:?\s*|\s*[-@|,:]?\s*){_VERSION}\b",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    rf"(?P<name>[a-z][a-z0-9._-]*?)[.-]{_VERSION}(?:[.-](?:min|slim|umd|esm|prod))*\.[cm]?js",
    re.IGNORECASE,
)
# A bundle that any loader takes: what it registers itself as, `ink-dist/build/ink`, and the version in its code.
_REGISTERED = re.compile(
    r"\bdefine\(\s*[\"'](?P<name>(?:@[\w-]+/)?[A-Za-z][\w.-]*)/[\w./-]+[\"']\s*,\s*\["
)
_OWN_VERSION = re.compile(
    r"\b\w{0,40}[vV]ersion = [\"'](?P<version>\d+\.\d+\.\d+(?:-[\w.]+)?)[\"']"
)
_PY_VERSION = re.compile(
    r"^__version__\s*(?::\s*\w+\s*)?=\s*[\"'](?P<version>\d+(?:\.\w+)*)[\"']", re.MULTILINE
)
_LIBRARIES = {"lib", "libs", "assets", "static", "media", "public", "js", "scripts", "resources"}
_GENERATED_NAME = re.compile(
    r".*_pb2(?:_grpc)?\.pyi?|.*_pb\.[jt]s|ui_.*\.py|.*_ui\.py|.*_rc\.py|.*\.g4\.py|.*\.generated\.\w+|.*\.g\.[jt]s"
)
_GENERATED = re.compile(
    r"@generated\b|\b(?:auto-?|automatically )?generated (?:by|from|with|using)\b"
    r"|\bcode generated\b|\bdo not (?:edit|modify)\b[^\n]{0,40}(?:generated|regenerat)|\bgenerated\b[^\n]{0,60}\bdo not (?:edit|modify)\b"
    r"|Resource object code|Form implementation generated",
    re.IGNORECASE,
)
_BUNDLE = re.compile(
    r"webpackBootstrap|__webpack_require__|webpackUniversalModuleDefinition|\b__commonJS\b|\b__toESM\b"
    r"|\bvar __defProp = Object\.defineProperty|parcelRequire"
)
_COMMENT = re.compile(r"^\s*(?:#|//|/\*|\*|<!--|\"\"\"|'''|;|--)")
_LONG_LINE = 5_000
_MEAN_LINE = 250


def is_code(path: str) -> bool:
    """Whether a path has the ending of a language we read."""
    return path.lower().endswith(_CODE)


def is_library_place(path: str) -> bool:
    """Whether people put other people's files there."""
    return place_of(path) == "vendored" or bool(
        _LIBRARIES.intersection(path.lower().split("/")[:-1])
    )


def script_of(file: SourceFile) -> tuple[str, str] | None:
    """Return the npm name and version that a single script says it is: by its banner, by what it registers, by its name."""
    if not file.path.lower().endswith((".js", ".mjs", ".cjs")):
        return None
    head = file.content[:_HEAD].decode("utf-8", "replace")
    found = _BANNER.match(head)
    if not found and (registered := _REGISTERED.search(head)):
        version = _OWN_VERSION.search(file.text)
        return (registered["name"].lower(), version["version"]) if version else None
    found = found or _FILE_NAME.fullmatch(file.path.rpartition("/")[2])
    if found is None:
        return None
    name = re.sub(r"\s+", "-", found["name"].strip().lower())
    name = re.sub(r"\.js$|[-.]min$|[-.]js$", "", name)
    return (name, found["version"]) if name else None


def python_version(text: str) -> str | None:
    """Return the literal `__version__` of a module, if it has one."""
    found = _PY_VERSION.search(text)
    return found["version"] if found else None


def is_generated(file: SourceFile) -> bool:
    """Whether a file says in its first comment, by its name or by its shape that a program wrote it."""
    name = file.path.rpartition("/")[2].lower()
    if not is_code(name):
        return name.endswith((".js.map", ".mjs.map", ".css.map"))
    head = file.content[:_HEAD].decode("utf-8", "replace")
    said = "\n".join(line for line in head.splitlines()[:25] if _COMMENT.match(line))
    if _GENERATED.search(said) or (_GENERATED_NAME.fullmatch(name) and "generated" in head.lower()):
        return True
    return not name.endswith((".py", ".pyi")) and bool(
        _BUNDLE.search(file.content[:50_000].decode("utf-8", "replace"))
    )


def is_minified(file: SourceFile) -> bool:
    """Whether a script is written for machines: very long lines."""
    if not file.path.lower().endswith((".js", ".mjs", ".cjs")) or len(file.content) < 500:
        return False
    lines = file.content.split(b"\n")
    return max(map(len, lines)) > _LONG_LINE or len(file.content) / len(lines) > _MEAN_LINE
