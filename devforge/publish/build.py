"""Makes the files of one version's release from its source, and says why not where it cannot. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from devforge.errors import BadInput
from devforge.model.addresses import package_name, report_name, sbom_name
from devforge.model.index import Pointer
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import ExtensionId, RepositoryUrl
from devforge.model.observed import DependencyFact, SourceTree
from devforge.model.platforms import Name, cut
from devforge.model.reading import read_record
from devforge.model.records import Extension, VersionRecord
from devforge.model.release import README_CHARACTERS, Source, digests
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.publish.layout import pointer
from devforge.publish.package import pack, packed_tree
from devforge.publish.sbom import render_sbom

_READMES = ("README.md", "readme.md", "Readme.md", "README.markdown", "README", "README.txt")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that has a record and no release, with everything publishing needs to know of it."""

    id: ExtensionId
    version: Version
    extension: Extension
    record: VersionRecord
    report: bytes | None  # as the review wrote it; None: no review finished yet
    tree: SourceTree | None = None
    dependencies: Sequence[DependencyFact] = ()
    problem: str = ""  # why `tree` could not be had


@dataclass(frozen=True, slots=True)
class Packed:
    """One platform's package, and what is in it."""

    package: bytes
    sbom: bytes


@dataclass(frozen=True, slots=True)
class Built:
    """A version ready to be released: its files, byte for byte, and what they were made from."""

    id: ExtensionId
    version: Version
    repository: str
    source: Source
    packages: Mapping[Name | None, Packed]  # by platform; None is for whoever has none of their own
    report: bytes

    @property
    def files(self) -> dict[str, tuple[bytes, str]]:
        """Return file name → content and media type, in the order they are uploaded."""
        made: dict[str, tuple[bytes, str]] = {}
        for platform, packed in self.packages.items():
            package = package_name(self.id, self.version, platform)
            made[package] = (packed.package, "application/zip")
            made[sbom_name(package)] = (packed.sbom, "application/vnd.cyclonedx+json")
        report = report_name(package_name(self.id, self.version))
        return {**made, report: (self.report, "application/json")}

    @property
    def line(self) -> str:
        """What a person reads in the plan."""
        return (
            f"release  {self.id} {self.version}  {digests(self.pointers)}  "
            f"from {self.repository}@{self.source.commit[:7]}"
        )

    @property
    def pointers(self) -> dict[Name | None, Pointer]:
        """Name exactly each package's bytes."""
        return {platform: pointer(packed.package) for platform, packed in self.packages.items()}


@dataclass(frozen=True, slots=True)
class Left:
    """A version that is left alone. `waits` for a job of ours; otherwise a person must look."""

    id: ExtensionId
    version: Version
    reason: str
    waits: bool

    @property
    def line(self) -> str:
        """What a person reads in the plan."""
        return f"{'wait' if self.waits else 'held'}     {self.id} {self.version}  {self.reason}"


def build(candidate: Candidate) -> Built | Left:
    """Return the release of `candidate`, or why there is none: what ships is what was reviewed."""
    left = _unreviewed(candidate)
    if left is not None:
        return left
    tree = candidate.tree
    if tree is None:
        return _held(candidate, candidate.problem or "its source was not read")
    try:
        return _build(candidate, tree)
    except BadInput as error:
        return _held(candidate, str(error))


def _unreviewed(candidate: Candidate) -> Left | None:
    """Say why the review does not cover what would be published; None if it does."""
    if candidate.report is None:
        return _waits(candidate, "has no review report yet")
    try:
        report = Report.model_validate_json(candidate.report)
    except ValidationError as error:
        return _held(candidate, f"its review report cannot be read: {error.errors()[0]['msg']}")
    record, tree = candidate.record, candidate.tree
    if report.commit != record.commit:
        was = (report.commit or "none")[:7]
        return _waits(candidate, f"reviewed at {was}, but its record names {record.commit[:7]}")
    problem = None
    if (report.extension, report.version) != (str(candidate.id), str(candidate.version)):
        problem = f"its report is of {report.extension} {report.version}"
    elif report.decision not in ("merge", "person"):
        problem = f"its review ended with “{report.decision}”"
    elif tree is not None and tree.sha256 != report.tree_sha256:
        problem = (
            f"its source {tree.sha256[:12]}… is not the reviewed "
            f"{(report.tree_sha256 or 'none')[:12]}…; find out who changed it before anything else"
        )
    return _held(candidate, problem) if problem else None


def _build(candidate: Candidate, tree: SourceTree) -> Built:
    manifest = _manifest(candidate, tree)
    report = Report.model_validate_json(candidate.report or b"")  # `_unreviewed` read it before
    source = Source(
        commit=candidate.record.commit,
        subdirectory=candidate.record.subdirectory,
        tree_sha256=tree.sha256,
        packed_sha256=packed_tree(tree).sha256,
        manifest=manifest,
        readme=_readme(tree),
        dependencies=tuple(candidate.dependencies),
        profile=report.profile.brief if report.profile else None,
        rollout=report.rollout,
    )
    repository = candidate.extension.repository.url
    packages = {
        platform: _packed(source, part, platform, repository)
        for platform, part in cut(tree, manifest.platforms).items()
    }
    return Built(
        id=candidate.id,
        version=candidate.version,
        repository=repository.full_name,
        source=source,
        packages=packages,
        report=candidate.report or b"",
    )


def _packed(
    source: Source, tree: SourceTree, platform: Name | None, repository: RepositoryUrl
) -> Packed:
    package = pack(tree, source.manifest, platform)
    return Packed(package, render_sbom(source, tree, pointer(package), repository))


def _manifest(candidate: Candidate, tree: SourceTree) -> Manifest:
    file = tree.get(FILE)
    if file is None:
        raise BadInput(f"{FILE} is not in its source")
    manifest = read_record(file.content, Manifest, file=FILE)
    if (manifest.id, manifest.version) != (candidate.id, candidate.version):
        raise BadInput(f"{FILE} says {manifest.id} {manifest.version}")
    return manifest


def _readme(tree: SourceTree) -> str:
    """The extension's own description, cut where pages would become unreadable anyway."""
    found = next((tree.files[name] for name in _READMES if name in tree.files), None)
    return found.text[:README_CHARACTERS] if found and found.mode != "symlink" else ""


def _waits(candidate: Candidate, reason: str) -> Left:
    return Left(candidate.id, candidate.version, reason, waits=True)


def _held(candidate: Candidate, reason: str) -> Left:
    return Left(candidate.id, candidate.version, reason, waits=False)
