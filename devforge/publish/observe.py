"""Reads what publishing decides from: records and the `state` branch as Git trees, sources by commit.

Only what has no release yet is read; what is out already costs a line of a tree listing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from devforge.adapters.git import Objects
from devforge.adapters.state import State
from devforge.errors import BadInput, DevForgeError, Refused, Unavailable
from devforge.model.layout import EXTENSIONS, POLICY, ROOT, version_at
from devforge.model.names import ExtensionId
from devforge.model.observed import DependencyFact, SourceTree
from devforge.model.policy import Limits, Policy
from devforge.model.reading import read_record
from devforge.model.records import Extension, VersionRecord
from devforge.model.release import report_path
from devforge.model.versions import Version
from devforge.publish.build import Candidate, Left

_POLICY_BYTES = 1 << 20
T = TypeVar("T")
ReadDependencies = Callable[[SourceTree], Sequence[DependencyFact]]


@dataclass(frozen=True, slots=True)
class Observed:
    """The registry at one commit beside what the jobs remember of it."""

    registry: Objects
    head: str
    state: State

    def policy(self) -> Policy:
        """Return the policy of this commit. Raises BadInput where it is missing or wrong."""
        path = f"{ROOT}/{POLICY}"
        content = self.registry.read(self.head, path)
        if content is None:
            raise BadInput(f"{path} is not in commit {self.head[:12]}")
        return read_record(content, Policy, file=path, limit_bytes=_POLICY_BYTES)

    def recorded(self, developer: str | None = None) -> set[tuple[ExtensionId, Version]]:
        """Return every version that has a record, or a developer's, by the records' paths alone."""
        below = f"{ROOT}/{EXTENSIONS}"
        names = self.registry.names(self.head, f"{below}/{developer}" if developer else below)
        return set(_versions(names, f"{below}/"))

    def released(self) -> set[tuple[ExtensionId, Version]]:
        """Return every version whose release is noted."""
        return set(_versions(self.state.files("releases"), "releases/"))

    def candidates(
        self, sources: Objects, limits: Limits, dependencies: ReadDependencies
    ) -> Iterator[Candidate | Left]:
        """Yield every version that has a record and no release, its source read from its commit."""
        for id, version in sorted(self.recorded() - self.released()):
            try:
                yield self._candidate(id, version, sources, limits, dependencies)
            except Unavailable as error:
                yield Left(id, version, str(error), waits=True)
            except DevForgeError as error:
                yield Left(id, version, f"its record cannot be read: {error}", waits=False)

    def record(self, id: ExtensionId, version: Version) -> VersionRecord:
        """Return the record of one version. Raises BadInput where it is missing or wrong."""
        return self._read(f"{ROOT}/{EXTENSIONS}/{id.path}/versions/{version}.yaml", VersionRecord)

    def _candidate(
        self,
        id: ExtensionId,
        version: Version,
        sources: Objects,
        limits: Limits,
        dependencies: ReadDependencies,
    ) -> Candidate:
        record = self.record(id, version)
        extension = self._read(f"{ROOT}/{EXTENSIONS}/{id.path}/extension.yaml", Extension)
        report = self.state.read(report_path(id, version))
        if report is None:  # nothing is fetched for what cannot be published anyway
            return Candidate(id, version, extension, record, None)
        try:
            tree = read_source(sources, extension, record, limits)
        except (BadInput, Refused) as error:
            gone = f"commit {record.commit[:7]} of {extension.repository.url} is gone: {error}"
            return Candidate(id, version, extension, record, report, problem=gone)
        return Candidate(id, version, extension, record, report, tree, dependencies(tree))

    def _read(self, path: str, kind: type[T]) -> T:
        content = self.registry.read(self.head, path)
        if content is None:
            raise BadInput(f"{path} is not there")
        return read_record(content, kind, file=path)


def read_source(
    sources: Objects, extension: Extension, record: VersionRecord, limits: Limits
) -> SourceTree:
    """Return the source a record names, fetched by its commit unless it is here already.

    Raises:
        BadInput: the repository or the commit is gone, or the source is larger than allowed.
    """
    if not sources.has(record.commit):
        sources.fetch(extension.repository.url, record.commit, depth=1)
    return sources.tree(record.commit, record.subdirectory, limits=limits)


def _versions(
    paths: Sequence[str] | dict[str, str], root: str
) -> Iterator[tuple[ExtensionId, Version]]:
    for path in paths:
        if (found := version_at(path, root)) is not None:
            yield found
