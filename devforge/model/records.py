"""The records of `registry/`: what pull requests change and what should be true."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from devforge.model.base import Strict
from devforge.model.manifest import InnerPath, OneLine
from devforge.model.names import CommitSha, RepositoryUrl

DeveloperName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=39)
]
PositiveId = Annotated[int, Field(gt=0, strict=True)]
HttpsUrl = Annotated[
    str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(/[^\s<>\"'`\\]*)?$", max_length=300)
]


class Member(Strict):
    """A GitHub account. `id` is the identity: a login can be renamed and taken by another."""

    login: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9])*$", max_length=39)
    ]
    id: PositiveId


class Developer(Strict):
    """`registry/developers/<developer>.yaml`: who may publish under this name."""

    name: Annotated[OneLine, Field(min_length=2, max_length=80)]
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=50)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    support: HttpsUrl | None = None


class Repository(Strict):
    """Where the source lives. `id` is GitHub's numeric id, so a re-registered name is noticed."""

    url: RepositoryUrl
    id: PositiveId


class Price(Strict):
    """What a licence costs; `amount` is in the currency's minor unit."""

    amount: Annotated[int, Field(gt=0, strict=True)]
    currency: Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
    billing: Literal["once", "monthly", "yearly"]


class Extension(Strict):
    """`registry/extensions/<developer>/<name>/extension.yaml`."""

    owners: Annotated[tuple[DeveloperName, ...], Field(min_length=1, max_length=20)]
    repository: Repository
    price: Price | None = None
    channels: Annotated[tuple[Literal["npm", "pypi", "oci", "s3"], ...], Field(max_length=4)] = ()


class Rollout(Strict):
    """Which share of users is offered a version, and for how long each stage lasts."""

    stages: Annotated[
        tuple[Annotated[int, Field(ge=1, le=100, strict=True)], ...],
        Field(min_length=1, max_length=10),
    ]
    hours: Annotated[int, Field(ge=0, le=720, strict=True)]


class Yank(Strict):
    """Why a version should no longer be installed, and what to install instead."""

    reason: Annotated[OneLine, Field(min_length=5, max_length=280)]
    replacement: str | None = None


class VersionRecord(Strict):
    """`…/versions/<version>.yaml`. Immutable once merged, but for `yanked` and `rollout`."""

    commit: CommitSha
    subdirectory: InnerPath | Literal["."] = "."
    rollout: Rollout | None = None
    yanked: Yank | None = None


class AffectedPackage(Strict):
    """What an advisory is about: `{ecosystem: DevForge, name: acme.todo-tree}` or PyPI, npm."""

    ecosystem: str
    name: str
    purl: str | None = None


class Affected(Strict):
    """Versions hit by an advisory, as OSV writes them."""

    package: AffectedPackage
    ranges: tuple[dict[str, Any], ...] = ()
    versions: tuple[str, ...] = ()
    database_specific: dict[str, Any] = {}
    ecosystem_specific: dict[str, Any] = {}
    severity: tuple[dict[str, Any], ...] = ()


class Advisory(Strict):
    """`registry/advisories/<id>.yaml` in the OSV format.

    Source: ossf.github.io/osv-schema, version 1.7.
    """

    schema_version: str = "1.7.0"
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]+-[A-Za-z0-9-]+$", max_length=64)]
    modified: datetime
    published: datetime | None = None
    withdrawn: datetime | None = None
    aliases: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    summary: str = ""
    details: str = ""
    severity: tuple[dict[str, Any], ...] = ()
    affected: Annotated[tuple[Affected, ...], Field(min_length=1)]
    references: tuple[dict[str, str], ...] = ()
    credits: tuple[dict[str, Any], ...] = ()
    database_specific: dict[str, Any] = {}
