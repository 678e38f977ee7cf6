"""Recognises other people's code in an extension: copies of packages, generated and minified files.

Pure, and no more than a guess from marks: `devforge.review.components` compares each copy with what
was published. Only a copy that was found unchanged is judged milder than the extension's own code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.places import place_of
from checks.vendored_marks import (
    is_code,
    is_generated,
    is_library_place,
    is_minified,
    python_version,
    script_of,
)
from devforge.model.components import Vendored
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.model.submission import Submission
from devforge.model.tables import json_table

_VENDOR = {"vendor", "vendored", "_vendor", "_vendored", "third_party", "third-party", "thirdparty",
           "extern", "external", "site-packages"}  # fmt: skip
_LISTS = ("vendored.txt", "vendor.txt")
_LISTED = re.compile(
    r"^[ \t]*([A-Za-z0-9][\w.-]{0,200})(?:\[[^\]\n]*\])?[ \t]*==[ \t]*([\w.+!-]+)", re.MULTILINE
)
_INFO = re.compile(r"(?P<at>(?:.*/)?)[^/]+\.(?:dist|egg)-info/(?:METADATA|PKG-INFO)")
_FIELD = re.compile(r"^(Name|Version):\s*(\S+)\s*$", re.MULTILINE)
_VERSION_FILES = ("__init__.py", "_version.py", "version.py", "__version__.py", "__about__.py")
_MOST = 200
_MOST_PATHS = 2_000


@dataclass(frozen=True, slots=True)
class _Copy:
    """A package that files below some places say they are."""

    ecosystem: str
    name: str
    version: str
    places: tuple[str, ...] = field(default=())  # directories with a slash at the end, or files


def recognise(tree: SourceTree) -> tuple[Vendored, ...]:
    """Return the copies of packages, then generated and minified files; each file once."""
    copies: dict[_Copy, list[str]] = defaultdict(list)
    nameless: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, list[str]] = {"generated": [], "minified": []}
    places = {place: copy for copy in _copies(tree) for place in copy.places}
    for path, file in sorted(tree.files.items()):
        if not file.is_plain:
            continue
        if copy := _copy_at(path, places):
            copies[copy].append(path)
        elif is_library_place(path) and (script := script_of(file)):
            copies[_Copy("npm", *script)].append(path)
        elif is_generated(file):
            kinds["generated"].append(path)
        elif place_of(path) == "vendored" and is_code(path) and file.content.strip():
            nameless[_top(path)].append(path)
        elif is_minified(file):
            kinds["minified"].append(path)
    found = [_package(copy, paths) for copy, paths in copies.items() if any(map(is_code, paths))]
    found += [Vendored(paths=tuple(p[:_MOST_PATHS]), kind="package") for p in nameless.values()]
    others = [Vendored(paths=tuple(p[:_MOST_PATHS]), kind=k) for k, p in kinds.items() if p]
    return (*found[:_MOST], *others)


def judged_apart(path: str, submission: Submission) -> Vendored | None:
    """Return what a file is if it is not the extension's own writing, or None.

    A file that was changed since it was published is its changer's, so None.
    """
    if isinstance(submission.vendored, Missing):
        return None
    for one in submission.vendored:
        if path in one.paths and path not in one.changed:
            return one
    return None


def is_published_copy(path: str, submission: Submission) -> bool:
    """Whether `path` belongs to a copy of which every file is as it was published."""
    one = judged_apart(path, submission)
    return one is not None and one.kind == "package" and one.unmodified is True


def _package(copy: _Copy, paths: list[str]) -> Vendored:
    return Vendored(
        paths=tuple(paths[:_MOST_PATHS]), kind="package",
        ecosystem=copy.ecosystem, name=copy.name[:214], version=copy.version[:100],
    )  # fmt: skip


def _copies(tree: SourceTree) -> Iterator[_Copy]:
    """Whatever says name and version for more than one file: the surer, the later."""
    for path, file in tree.files.items():
        if not file.is_plain:
            continue
        directory, _, name = path.rpartition("/")
        if name in _VERSION_FILES or _is_single_module(path):
            yield from _of_module(path, file)
        if name in _LISTS:
            yield from _of_list(tree, directory, file)
    for path, file in tree.files.items():
        if file.is_plain and (info := _INFO.fullmatch(path)):
            yield from _of_info(tree, info["at"], path, file)
        elif file.is_plain and path.endswith("/package.json") and place_of(path) == "vendored":
            yield from _of_package_json(path, file)


def _of_module(path: str, file: SourceFile) -> Iterator[_Copy]:
    """`_vendor/tomli/__init__.py` or `_vendor/six.py` with a literal `__version__`."""
    parts = path.split("/")
    at = max((i for i, part in enumerate(parts[:-1]) if part.lower() in _VENDOR), default=None)
    version = python_version(file.text[:200_000]) if at is not None else None
    if at is None or version is None:
        return
    if len(parts) == at + 3:
        yield _Copy("PyPI", parts[at + 1], version, ("/".join(parts[: at + 2]) + "/",))
    elif len(parts) == at + 2 and parts[-1] != "__init__.py":
        yield _Copy("PyPI", parts[-1].removesuffix(".py"), version, (path,))


def _is_single_module(path: str) -> bool:
    parent = path.rpartition("/")[0].rpartition("/")[2].lower()
    return parent in _VENDOR and path.endswith(".py")


def _of_list(tree: SourceTree, directory: str, file: SourceFile) -> Iterator[_Copy]:
    """`vendored.txt`, as pip keeps one: `name==version`, for what lies beside it under that name."""
    before = f"{directory}/" if directory else ""
    beside = {path[len(before) :].split("/")[0] for path in tree.files if path.startswith(before)}
    for name, version in _LISTED.findall(file.text[:100_000]):
        module = name.lower().replace("-", "_")
        for there in beside:
            bare = there.lower().removesuffix(".py")
            if bare in (module, name.lower()):
                place = f"{before}{there}" + ("" if there.endswith(".py") else "/")
                yield _Copy("PyPI", name, version, (place,))


def _of_info(tree: SourceTree, at: str, path: str, file: SourceFile) -> Iterator[_Copy]:
    """`name-1.0.dist-info`, with the files that its RECORD or its top_level.txt names."""
    fields = dict(_FIELD.findall(file.text[:20_000]))
    name, version = fields.get("Name"), fields.get("Version")
    if not name or not version:
        return
    directory = path.rpartition("/")[0]
    record = tree.get(f"{directory}/RECORD")
    if record is not None:
        files = [line.rsplit(",", 2)[0] for line in record.text.splitlines()[:_MOST_PATHS]]
        places = [f"{at}{one}" for one in files if ".." not in one and not one.startswith("/")]
    else:
        listed = tree.get(f"{directory}/top_level.txt")
        tops = listed.text.split() if listed else [name.replace("-", "_")]
        places = [place for top in tops for place in (f"{at}{top}/", f"{at}{top}.py")]
    yield _Copy("PyPI", name, version, (f"{directory}/", *places))


def _of_package_json(path: str, file: SourceFile) -> Iterator[_Copy]:
    said = json_table(file)
    name, version = said.get("name"), said.get("version")
    if isinstance(name, str) and isinstance(version, str) and name and version:
        yield _Copy("npm", name, version, (path.removesuffix("package.json"),))


def _copy_at(path: str, places: dict[str, _Copy]) -> _Copy | None:
    """The copy that `path` belongs to: the innermost directory, unless it is named itself."""
    if path in places:
        return places[path]
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        if copy := places.get("/".join(parts[:length]) + "/"):
            return copy
    return None


def _top(path: str) -> str:
    """The vendored directory's own entry that a nameless file lies in: `vendor/thing`."""
    parts = path.split("/")
    for number, part in enumerate(parts[:-1]):
        if place_of(f"{part}/x.py") == "vendored":
            return "/".join(parts[: number + 2])
    return path
