"""The records of `registry/`: what pull requests change and what should be true."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from devforge.model.advisories import Advisory, Affected, AffectedPackage
from devforge.model.base import Strict, shape
from devforge.model.digests import CommitSha
from devforge.model.names import ExtensionId, RepositoryUrl, developer_name
from devforge.model.texts import OneLine, Subdirectory
from devforge.model.versions import Version

__all__ = [
    "Advisory", "Affected", "AffectedPackage", "ChannelName", "Deprecation", "Developer",
    "DeveloperName", "Extension", "HttpsUrl", "Member", "PositiveId", "Price", "Repository",
    "Rollout", "Timestamp", "VersionRecord", "Yank",
]  # fmt: skip

DeveloperName = Annotated[
    str,
    Field(max_length=39, json_schema_extra={"pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$"}),
    AfterValidator(developer_name),
]


def _rising(stages: tuple[int, ...]) -> tuple[int, ...]:
    if list(stages) != sorted(set(stages)) or stages[-1] != 100:
        raise ValueError("must be rising percentages that end with 100, such as [10, 50, 100]")
    return stages


def _no_twins(members: tuple[Member, ...]) -> tuple[Member, ...]:
    if len({member.id for member in members}) < len(members):
        raise ValueError("must be a list that names each account once")
    return members


def _each_once(owners: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(owners)) < len(owners):
        raise ValueError("must be a list that names each once")
    return owners


ChannelName = Literal["npm", "pypi", "oci", "s3"]
PositiveId = Annotated[int, Field(gt=0, lt=1 << 53, strict=True)]
HttpsUrl = Annotated[
    str,
    shape(
        r"^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?(/[^\s<>\"'`\\]*)?$",
        "an https:// address",
        max_length=300,
    ),
]


Timestamp = Annotated[
    str,
    shape(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", "a time in UTC such as 2026-11-23T09:00:00Z"),
]


class Member(Strict):
    """A GitHub account. `id` is the identity: a login can be renamed and taken by another."""

    login: Annotated[str, shape(r"^[A-Za-z0-9](-?[A-Za-z0-9])*$", "a GitHub login", max_length=39)]
    """The account's present name, for people to read."""
    id: PositiveId
    """The account's numeric id, as `https://api.github.com/users/<login>` shows it."""


class Developer(Strict):
    """`registry/developers/<developer>.yaml`: who may publish under this name."""

    name: Annotated[OneLine, Field(min_length=2, max_length=80)]
    """The name people see."""
    members: Annotated[
        tuple[Member, ...], Field(min_length=1, max_length=50), AfterValidator(_no_twins)
    ]
    """The accounts whose pull requests count as this developer's."""
    country: Annotated[str, shape(r"^[A-Z]{2}$", "a country's two capital letters")] | None = None
    """Two capital letters (ISO 3166-1), needed before anything is sold; quote `"NO"`."""
    support: HttpsUrl | None = None
    """Where users ask for help."""

    @property
    def member_ids(self) -> frozenset[int]:
        """The numeric ids of its members."""
        return frozenset(member.id for member in self.members)


class Repository(Strict):
    """Where the source lives."""

    url: RepositoryUrl
    """The repository's address on GitHub."""
    id: PositiveId
    """GitHub's numeric id of it, so that a name registered anew by another is noticed."""


class Price(Strict):
    """What a licence costs."""

    amount: Annotated[int, Field(gt=0, strict=True)]
    """In the currency's minor unit: 1900 is 19.00."""
    currency: Annotated[str, shape(r"^[a-z]{3}$", "a currency's three lower-case letters")]
    """Three lower-case letters (ISO 4217)."""
    billing: Literal["once", "monthly", "yearly"]
    """How often it is paid."""


class Deprecation(Strict):
    """Why an extension is no longer cared for, and what to use in its place."""

    reason: Annotated[OneLine, Field(min_length=5, max_length=280)]
    """One sentence that users will read."""
    replacement: ExtensionId | None = None
    """The extension to use instead."""
    when: Timestamp
    """Since when, in UTC: `2026-11-23T09:00:00Z`."""


class Extension(Strict):
    """`registry/extensions/<developer>/<name>/extension.yaml`."""

    owners: Annotated[
        tuple[DeveloperName, ...], Field(min_length=1, max_length=20), AfterValidator(_each_once)
    ]
    """The developers who may change it; the one in the path must be among them."""
    repository: Repository
    """Where its source lives."""
    price: Price | None = None
    """What it costs; without one it is free."""
    channels: Annotated[tuple[ChannelName, ...], Field(max_length=4)] = ()
    """Where it is published beside GitHub Releases, which is always on."""
    min_secure_version: Version | None = None
    """The oldest version that is safe to run; whoever has an older one is told to update."""
    deprecated: Deprecation | None = None
    """Set when it is no longer cared for; it can still be installed."""


class Rollout(Strict):
    """Which share of users is offered a version, and for how long each stage lasts."""

    stages: Annotated[
        tuple[Annotated[int, Field(ge=1, le=100, strict=True)], ...],
        Field(min_length=1, max_length=10),
        AfterValidator(_rising),
    ]
    """Percent of users, one stage after another."""
    hours: Annotated[int, Field(ge=0, le=720, strict=True)]
    """How long each stage lasts; 0 goes straight to the last."""


class Yank(Strict):
    """Why a version should no longer be installed, and what to install instead."""

    reason: Annotated[OneLine, Field(min_length=5, max_length=280)]
    """One sentence that users will read."""
    replacement: str | None = None
    """Another version of this extension, or another extension's id."""


class VersionRecord(Strict):
    """`…/versions/<version>.yaml`. Only `yanked`, `rollout`, `halted`, `security` may change once merged."""

    commit: CommitSha
    """The full id of the commit to review and publish; a branch or tag must lead to it."""
    subdirectory: Subdirectory = "."
    """Where the extension lies in its repository."""
    rollout: Rollout | None = None
    """Instead of the policy's roll-out."""
    halted: Annotated[bool, Field(strict=True)] = False
    """true offers it to nobody who does not have it yet; take the line out to go on."""
    security: Annotated[bool, Field(strict=True)] = False
    """true for a security release: clients install it without waiting the usual day."""
    yanked: Yank | None = None
    """Set to take the version back: it stays downloadable but is no longer offered."""
