"""Builds an index from two plain directories: the records, and packages as `devforge pack` makes them.

Packages are zip files named `<id>-<version>.zip`. Without a base URL they are linked (or copied)
into `packages/` beside `index.json`, and the index refers to them from there, so the directory can
be served or copied as it is. `tree_sha256` then names what the package holds, since the source it
was packed from is not at hand.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from devforge.adapters.registry import read_registry
from devforge.errors import BadInput, Unavailable
from devforge.model.index import ExtensionDocument, IndexedFile
from devforge.model.names import ExtensionId
from devforge.model.records import VersionRecord
from devforge.model.registry import Registry
from devforge.model.versions import Version
from devforge.publish.documents import Listed, document_of, listed_version
from devforge.publish.index import IndexReport, build_index
from devforge.publish.layout import pointer
from devforge.publish.package import package_name, read_package

_PACKAGES = "packages"
_PACKAGE_BYTES = 512 << 20


@dataclass(slots=True)
class DirectoryReport:
    """What was indexed, and everything that was not, each in one line."""

    index: IndexReport | None = None
    left_out: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether every record has its package and every package its record."""
        return not self.left_out

    def __str__(self) -> str:
        return "\n".join([str(self.index), *(f"left out: {line}" for line in self.left_out)])


def build_from_directory(
    registry_dir: Path, packages_dir: Path, out: Path, base_url: str | None = None
) -> DirectoryReport:
    """Make `out` the index of the records that have a package; say which records or packages have none.

    Raises:
        BadInput: a directory is missing.
        Refused: the index in `out` would lose more than the policy allows.
    """
    registry = read_registry(registry_dir)
    if not packages_dir.is_dir():
        raise BadInput(f"{packages_dir} is not a directory: name the one that holds the packages")
    report = DirectoryReport(left_out=[f"{p.at}: {p.problem}" for p in registry.problems])
    packages = {path.name: path for path in sorted(packages_dir.glob("*.zip"))}
    shelf = _Shelf(registry, packages, out, base_url, report)
    report.index = build_index(shelf.documents(), out, registry.policy)
    report.left_out += [f"{name}: no record names it" for name in sorted(packages)]
    return report


@dataclass(slots=True)
class _Shelf:
    registry: Registry
    packages: dict[str, Path]  # what no record has asked for yet
    out: Path
    base_url: str | None
    report: DirectoryReport

    def documents(self) -> Iterator[ExtensionDocument]:
        for id, entry in sorted(self.registry.extensions.items()):
            listed = [
                one
                for version, record in sorted(entry.versions.items(), reverse=True)
                if (one := self._version(id, version, record)) is not None
            ]
            developer = self.registry.developers.get(id.developer)
            document = document_of(id, entry.extension, developer, listed)
            if document is not None:
                yield document

    def _version(self, id: ExtensionId, version: Version, record: VersionRecord) -> Listed | None:
        name = package_name(id, version)
        path = self.packages.pop(name, None)
        if path is None:
            self.report.left_out.append(f"{id} {version}: has no package {name}")
            return None
        try:
            content = _read(path)
            manifest, tree = read_package(content, name=name)
        except BadInput as error:
            self.report.left_out.append(f"{id} {version}: {error}")
            return None
        if (manifest.id, manifest.version) != (id, version):
            self.report.left_out.append(f"{name}: holds {manifest.id} {manifest.version}")
            return None
        at = pointer(content)
        file = IndexedFile(name=name, url=self._url(path), sha256=at.sha256, length=at.length)
        rollout = self.registry.policy.publishing.rollout
        listed = listed_version(
            record, manifest, file, tree_sha256=tree.sha256, commit=record.commit, rollout=rollout
        )
        return listed, manifest

    def _url(self, path: Path) -> str:
        name = quote(path.name)
        if self.base_url is not None:
            return f"{self.base_url.rstrip('/')}/{name}"
        _beside(path, self.out / _PACKAGES / path.name)
        return f"{_PACKAGES}/{name}"


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _PACKAGE_BYTES:
            raise BadInput(f"{path}: {size} bytes, at most {_PACKAGE_BYTES} are read")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from error


def _beside(package: Path, target: Path) -> None:
    """Put the package at `target`, sharing its bytes where the disk allows it."""
    try:
        if target.exists() and target.samefile(package):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        made = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            os.link(package, made)
        except OSError:
            shutil.copyfile(package, made)
        made.replace(target)
    except OSError as error:
        raise Unavailable(f"could not write {target}: {error.strerror or error}") from error
