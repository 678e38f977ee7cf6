"""`registry/policy.yaml`: every threshold and rule the operator may turn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.analytics import Analytics
from devforge.model.base import Positive, Strict
from devforge.model.health import HealthRules
from devforge.model.outlets import Announcements, Channels, MirrorBucket
from devforge.model.publishing import Publishing
from devforge.model.ranges import Range
from devforge.model.records import DeveloperName, HttpsUrl, Member
from devforge.model.reviewing import Review
from devforge.model.texts import InnerPath, OneLine
from devforge.model.versions import Version


class About(Strict):
    """What the marketplace calls itself."""

    name: OneLine
    """The title of the site, the feeds and the index."""
    description: OneLine
    """One sentence below the title."""
    support: HttpsUrl | None = None
    """Where questions about the marketplace go."""


class Limits(Strict):
    """Sizes past which an extension is refused before anything reads it further."""

    package_bytes: Positive
    """All files of an extension together."""
    file_bytes: Positive
    """One file of an extension."""
    files: Positive
    """How many files an extension may have."""
    manifest_bytes: Positive
    """The manifest, devforge.yaml."""
    record_bytes: Positive
    """Any one file of `registry/`."""


# How bad, the worst first; `never` is worse than anything there is.
VulnerabilitySeverity = Literal["never", "malicious", "critical", "high", "medium", "low"]


class HostStub(Strict):
    """The stand-in for Dev Forge that extensions are started in, for some of its releases."""

    releases: Range
    """The releases of Dev Forge it stands for."""
    python: InnerPath
    """The stub that Python extensions are given, as a path in this repository."""
    javascript: InnerPath
    """The stub that JavaScript and TypeScript extensions are given."""


class Advisories(Strict):
    """What known vulnerabilities lead to."""

    block: VulnerabilitySeverity
    """A submission with a dependency this bad, or worse, is sent back."""
    yank: VulnerabilitySeverity
    """A published version with a dependency this bad, or worse, is no longer offered."""
    stale_days: Positive
    """After how many days the copy of the OSV database counts as old."""
    ecosystems: tuple[Literal["PyPI", "npm"], ...]
    """Whose advisories are fetched."""


class Policy(Strict):
    """The operator's will. Every key is required, so that the file shows the whole of it."""

    registry: About
    """What the marketplace calls itself."""
    maintainers: tuple[Member, ...]
    """Accounts whose pull requests may change anything in the registry."""
    reserved_developers: tuple[DeveloperName, ...]
    """Names no developer may take."""
    devforge_releases: Annotated[tuple[Version, ...], Field(min_length=1)]
    """The releases of Dev Forge, oldest first."""
    devforge_hosts: Annotated[tuple[HostStub, ...], Field(min_length=1)]
    """The stand-ins for them that extensions are started in."""
    limits: Limits
    """Sizes past which an extension is refused."""
    review: Review
    """When a submission is merged, sent back, or shown to a person."""
    advisories: Advisories
    """What known vulnerabilities lead to."""
    publishing: Publishing
    """The index, and how a version reaches its users."""
    channels: Channels
    """Where packages are published beside GitHub Releases."""
    announcements: Announcements
    """Who is told of a release, beside the feeds."""
    mirrors: tuple[MirrorBucket, ...]
    """Copies of the signed index for a CDN to serve."""
    analytics: Analytics
    """What is counted of the marketplace's use."""
    health: HealthRules
    """What reports of versions that do not start lead to."""
