"""The whole registry as values: what is good of it, and everything that is wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.records import Advisory, Developer, Extension, VersionRecord
from devforge.model.versions import Version


@dataclass(frozen=True, slots=True)
class Entry:
    """One extension and the versions that could be read, the newest first."""

    extension: Extension
    versions: Mapping[Version, VersionRecord]


@dataclass(frozen=True, slots=True)
class Registry:
    """Every record that could be read. A wrong one is a problem and hides no other."""

    policy: Policy
    developers: Mapping[str, Developer] = field(default_factory=dict)
    extensions: Mapping[ExtensionId, Entry] = field(default_factory=dict)
    advisories: tuple[Advisory, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def catalogue(self) -> dict[ExtensionId, tuple[Version, ...]]:
        """Every extension's versions that are not yanked, the newest first."""
        return {
            id: tuple(v for v, record in entry.versions.items() if record.yanked is None)
            for id, entry in self.extensions.items()
        }
