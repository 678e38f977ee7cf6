"""Builds an index from two plain directories: the records, and packages as `devforge pack` makes them.

A package does not say when it came out. A version counts as published when this index first lists it;
of those it began with nobody knows, so they have no roll-out, and updates cannot tell their cooldown.

Packages are zip files named `<id>-<version>[-<platform>].zip`. Without a base URL they are linked (or copied)
to where TUF clients look for them, `targets/packages/`, so the directory can be served or copied as
it is: a mirror of everything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from devforge.errors import BadInput, Unavailable
from devforge.model.addresses import package_name
from devforge.model.index import ExtensionDocument, PackageFile
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.platforms import NAMES, Name, targets
from devforge.model.records import VersionRecord
from devforge.model.registry import Registry
from devforge.model.versions import Version
from devforge.publish.documents import Listed, document_of, listed_version
from devforge.publish.index import IndexReport, build_index
from devforge.publish.layout import Targets, pointer, target_file, target_path
from devforge.publish.package import read_package
from devforge.publish.present import PresentIndex
from devforge.publish.revision import Signing
from devforge.publish.signing import render_time
from devforge.publish.states import malicious_versions, state_lists
from devforge.publish.words import counted

_PACKAGE_BYTES = 512 << 20


@dataclass(slots=True)
class DirectoryReport:
    """What was indexed, and everything that was not, each in one line."""

    index: IndexReport | None = None
    left_out: list[str] = field(default_factory=list)
    published: list[str] = field(
        default_factory=list
    )  # versions that this index lists the first time
    undated: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every record has its package and every package its record."""
        return not self.left_out

    def __str__(self) -> str:
        lines = [str(self.index)]
        if self.published:
            lines.append(f"published with this build: {', '.join(self.published)}")
        if self.undated:
            lines.append(
                f"{counted(self.undated, 'version')} from before this index began, nobody knows when: "
                "installed by whoever asks for them, but no update takes them unless it is told --now"
            )
        return "\n".join([*lines, *(f"left out: {line}" for line in self.left_out)])


def build_from_directory(
    registry: Registry, packages_dir: Path, out: Path, by: Signing, base_url: str | None = None
) -> DirectoryReport:
    """Make `out` the index of the records that have a package; say which records or packages have none.

    Only documents that differ are written, and only what lists them is signed anew.

    Raises:
        BadInput: a directory is missing, or `out` holds no index of these keys.
        Refused: the index in `out` would lose more than the policy allows.
    """
    if not packages_dir.is_dir():
        raise BadInput(f"{packages_dir} is not a directory: name the one that holds the packages")
    report = DirectoryReport(left_out=[f"{p.at}: {p.problem}" for p in registry.problems])
    packages = {path.name: path for path in sorted(packages_dir.glob("*.zip"))}
    released = {id: entry.versions.keys() for id, entry in registry.extensions.items()}
    malicious = malicious_versions(registry, released)
    shelf = _Shelf(registry, packages, out, base_url, report, malicious, _Times.of(out, by))
    report.index = build_index(
        shelf.documents(),
        out,
        registry.policy,
        by,
        lists=state_lists(registry, released, ()),
        withdrawn=malicious,
    )
    report.left_out += [f"{name}: no record names it" for name in sorted(packages)]
    return report


@dataclass(slots=True)
class _Times:
    """When versions came out, as far as the index that is there knows."""

    present: PresentIndex
    now: str
    documents: Targets

    @classmethod
    def of(cls, out: Path, by: Signing) -> _Times:
        present = PresentIndex(out, by.trust)
        bins = [name for name in present.bins if present.has(name)]
        documents = {target: at for name in bins for target, at in present.targets(name).items()}
        return cls(present, render_time(by.now), documents)

    def published(self, id: ExtensionId, version: Version) -> str | None:
        """Return when a version came out; None where an index began with it."""
        if self.present.timestamp is None:
            return None
        at = self.documents.get(target_path(id))
        listed = self.present.document(id, at).versions if at else ()
        return next((one.published for one in listed if one.version == version), self.now)


@dataclass(slots=True)
class _Shelf:
    registry: Registry
    packages: dict[str, Path]  # what no record has asked for yet
    out: Path
    base_url: str | None
    report: DirectoryReport
    malicious: frozenset[tuple[ExtensionId, Version]]
    times: _Times

    def documents(self) -> Iterator[ExtensionDocument]:
        for id, entry in sorted(self.registry.extensions.items()):
            listed = [
                one
                for version, record in sorted(entry.versions.items(), reverse=True)
                if (one := self._version(id, version, record))
                and (id, version) not in self.malicious
            ]
            developer = self.registry.developers.get(id.developer)
            document = document_of(id, entry.extension, developer, listed)
            if document is not None:
                yield document

    def _version(self, id: ExtensionId, version: Version, record: VersionRecord) -> Listed | None:
        names = {target: package_name(id, version, target) for target in (None, *NAMES)}
        paths = {t: path for t, name in names.items() if (path := self.packages.pop(name, None))}
        if not paths:
            self.report.left_out.append(f"{id} {version}: has no package {names[None]}")
            return None
        try:
            held = {target: _held(path) for target, path in paths.items()}
            manifest = _agreed(id, version, {t: one for t, (_, one) in held.items()})
        except BadInput as error:
            self.report.left_out.append(f"{id} {version}: {error}")
            return None
        files = {t: self._placed(paths[t], content) for t, (content, _) in held.items()}
        rollout = self.registry.policy.publishing.rollout
        when = self.times.published(id, version)
        if when is None:
            self.report.undated += 1
        elif when == self.times.now and (id, version) not in self.malicious:
            self.report.published.append(f"{id} {version}")
        listed = listed_version(
            record, manifest, files, rollout=record.rollout or rollout, published=when
        )
        return listed, manifest

    def _placed(self, path: Path, content: bytes) -> PackageFile:
        at, name = pointer(content), quote(path.name)
        target = target_file(f"packages/{path.name}", at.sha256)
        if self.base_url is None:
            _beside(path, self.out / target)
            url = target_file(f"packages/{name}", at.sha256)
        else:
            url = f"{self.base_url.rstrip('/')}/{name}"
        return PackageFile(sha256=at.sha256, length=at.length, url=url)


def _held(path: Path) -> tuple[bytes, Manifest]:
    content = _read(path)
    return content, read_package(content, name=path.name)[0]


def _agreed(
    id: ExtensionId, version: Version, manifests: Mapping[Name | None, Manifest]
) -> Manifest:
    """Return what all packages of a version say of it. Raises BadInput where one says otherwise."""
    first = next(iter(manifests.values()))
    for target, manifest in manifests.items():
        if (manifest.id, manifest.version) != (id, version):
            name = package_name(id, version, target)
            raise BadInput(f"{name} holds {manifest.id} {manifest.version}")
        if manifest != first:
            raise BadInput("its packages have different manifests; pack all of them anew")
    lacking = [target for target in targets(first.platforms) if target not in manifests]
    beyond = [target for target in manifests if target not in targets(first.platforms)]
    if lacking or beyond:
        names = ", ".join(package_name(id, version, target) for target in lacking or beyond)
        raise BadInput(f"{'has no' if lacking else 'its manifest knows no'} {names}")
    return first


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
