"""The pieces a registry is read in: a developer, an advisory, or an extension's directory. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from devforge.model.base import Strict
from devforge.model.layout import ROOT, Location
from devforge.model.names import ExtensionId
from devforge.model.plaintext import shorten
from devforge.model.problem import Problem
from devforge.model.reading import RECORD_BYTES, BadRecord, T, read_record
from devforge.model.records import Advisory, Developer, Extension, VersionRecord
from devforge.model.versions import Version

EXTENSION_FILE, VERSIONS = "extension.yaml", "versions"


class Unit(Strict):
    """One piece, read: what is good of it and what is wrong. `oid` names the bytes it came from."""

    path: str
    oid: str = ""
    developer: Developer | None = None
    advisory: Advisory | None = None
    extension: Extension | None = None
    versions: dict[Version, VersionRecord] = {}
    problems: tuple[Problem, ...] = ()


def read_unit(
    location: Location, files: Mapping[str, bytes | Problem], *, oid: str = "",
    limit_bytes: int = RECORD_BYTES,
) -> Unit:  # fmt: skip
    """Return the unit in `files`, which are path below `registry/` → content, or why not."""
    problems: list[Problem] = []
    reader = _Reader(problems, limit_bytes)
    wanted = Unit(path=location.unit, oid=oid)
    if location.kind == "developer":
        wanted = wanted.model_copy(update={"developer": reader.only(files, Developer)})
    elif location.kind == "advisory":
        wanted = wanted.model_copy(update={"advisory": reader.only(files, Advisory)})
    elif location.kind == "extension":
        wanted = wanted.model_copy(update=reader.extension(location.unit, files))
    return wanted.model_copy(update={"problems": tuple(problems)})


class _Reader:
    """Reads one file after the other and keeps what is wrong with any."""

    def __init__(self, problems: list[Problem], limit_bytes: int) -> None:
        self._problems, self._limit = problems, limit_bytes

    def only(self, files: Mapping[str, bytes | Problem], kind: type[T]) -> T | None:
        """Return the one record of a unit that is one file."""
        return next((self._record(path, found, kind) for path, found in files.items()), None)

    def extension(self, unit: str, files: Mapping[str, bytes | Problem]) -> dict[str, object]:
        """Return an extension's directory as fields of its unit."""
        extension: Extension | None = None
        versions: dict[Version, VersionRecord] = {}
        for path, found in files.items():
            inner = path.removeprefix(f"{unit}/")
            if inner == EXTENSION_FILE:
                extension = self._record(path, found, Extension)
            elif (version := self._version(path, inner)) and (
                record := self._record(path, found, VersionRecord)
            ):
                versions[version] = record
        self._check_directory(unit, has_record=f"{unit}/{EXTENSION_FILE}" in files)
        newest_first = dict(sorted(versions.items(), reverse=True))
        return {"extension": extension, "versions": newest_first}

    def _record(self, path: str, found: bytes | Problem, kind: type[T]) -> T | None:
        if isinstance(found, Problem):
            self._problems.append(found)
            return None
        try:
            return read_record(found, kind, file=f"{ROOT}/{path}", limit_bytes=self._limit)
        except BadRecord as error:
            self._problems.extend(error.problems)
            return None

    def _version(self, path: str, inner: str) -> Version | None:
        directory, _, file = inner.rpartition("/")
        if directory == VERSIONS and file.endswith(".yaml"):
            try:
                return Version.parse(file.removesuffix(".yaml"))
            except ValueError as error:
                near = Version.nearest(file.removesuffix(".yaml"))
                remedy = f"rename it to {near}.yaml" if near else "rename it to <version>.yaml"
                self._add(path, f"the file's name {error}", remedy)
                return None
        remedy = f"keep only {EXTENSION_FILE} and {VERSIONS}/<version>.yaml here"
        self._add(path, "is not a record of an extension", remedy)
        return None

    def _check_directory(self, unit: str, *, has_record: bool) -> None:
        try:
            ExtensionId.parse(unit.removeprefix("extensions/").replace("/", "."))
        except ValueError as error:
            self._add(unit, f"the directory {error}", "rename the directory")
        if not has_record:
            self._add(unit, f"has no {EXTENSION_FILE}", f"add {EXTENSION_FILE}")

    def _add(self, path: str, problem: str, remedy: str) -> None:
        self._problems.append(Problem(f"{ROOT}/{shorten(path, 200)}", problem, remedy))
