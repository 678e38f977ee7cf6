"""A submission: one proposed version beside everything known about it. Checks see only this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from devforge.model.change import Proposed
from devforge.model.components import Vendored, Vulnerabilities
from devforge.model.manifest import Language, Manifest
from devforge.model.names import ExtensionId
from devforge.model.observed import DependencyFact, Missing, SourceTree, ToolFinding, Trial
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.profile import Profile
from devforge.model.records import Developer, Extension, VersionRecord
from devforge.model.reviewing import CheckName
from devforge.model.versions import Version
from devforge.model.waivers import Accepted


@dataclass(frozen=True, slots=True)
class Published:
    """A version already in the registry."""

    version: Version
    record: VersionRecord
    manifest: Manifest | None = None  # None where only the record is at hand


@dataclass(frozen=True, slots=True)
class Submission:
    """One version of one extension, observed. `devforge check` on a plain directory leaves the
    registry's side (`extension`, `record`, `published`, `catalogue`) empty."""

    id: ExtensionId | None  # None: the manifest does not say
    tree: SourceTree
    policy: Policy
    manifest: Manifest | None = None
    manifest_problems: tuple[Problem, ...] = ()
    language: Language | None = None
    record: VersionRecord | None = None
    extension: Extension | None = None
    developers: Mapping[str, Developer] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
    # Versions of every extension in the registry; Missing where no registry could be read.
    catalogue: Mapping[ExtensionId, tuple[Version, ...]] | Missing = field(
        default_factory=lambda: Missing(reason="no registry at hand")
    )
    lint: tuple[ToolFinding, ...] | Missing = ()
    security: tuple[ToolFinding, ...] | Missing = ()
    dependencies: tuple[DependencyFact, ...] | Missing = ()
    # What the ecosystem's own index said of each dependency that could not be had: name → reason.
    unresolvable: Mapping[str, str] | Missing = field(default_factory=dict)
    trial: Trial | Missing = field(default_factory=lambda: Missing(reason="not run yet"))
    # The source of the last approved version, to compare with; None where there is none.
    previous: SourceTree | Missing | None = None
    profile: Profile | None = None  # what it may do and does; None: nobody looked yet
    before: Profile | None = None  # the same of `previous`; None where it is not known
    vendored: tuple[Vendored, ...] | Missing = ()
    vulnerabilities: Vulnerabilities | Missing = field(default_factory=Vulnerabilities)
    accepted: tuple[Accepted, ...] = ()  # findings of this extension that a maintainer accepted
    # How long the tools of a check ran before it; only told, never judged by.
    tool_seconds: Mapping[CheckName, float] = field(default_factory=dict, compare=False)
    kind: Literal["new extension", "new version"] = "new version"
    record_problems: tuple[Problem, ...] = ()  # what is wrong with the records it proposes
    # The pull request it comes in; None for `devforge check`, which judges the extension alone.
    change: Proposed | None = None

    def tried(self, trial: Trial | Missing) -> Submission:
        """Return this submission with `trial` in it.

        What could not be fetched comes along: it can add a finding, and take none away.
        """
        unresolvable = trial.unresolvable if isinstance(trial, Trial) else trial
        return replace(self, trial=trial, unresolvable=unresolvable)
