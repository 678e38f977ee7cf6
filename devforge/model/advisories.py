"""Advisories in the OSV format, as YAML: what must not be installed or depended on, and why.

Source: ossf.github.io/osv-schema, version 1.7. Fields that OSV leaves to each database are free.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from devforge.model.base import Strict, shape

Text = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(min_length=1, max_length=300)]
AdvisoryId = Annotated[
    str,
    shape(
        r"^[A-Z][A-Z0-9]*-[A-Za-z0-9-]+$",
        "a database's prefix, a hyphen and a number, such as DEVFORGE-2026-1",
        max_length=64,
    ),
]


class Score(Strict):
    """How bad it is, on a published scale."""

    type: Literal["CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu"]
    """The scale."""
    score: Short
    """The vector or word the scale uses."""


class Event(Strict):
    """One end of a range: exactly one key."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    introduced: Short | None = None
    """The first version hit; `"0"` means from the beginning."""
    fixed: Short | None = None
    """The first version no longer hit."""
    last_affected: Short | None = None
    """The last version hit, where no fixed one exists."""
    limit: Short | None = None
    """Where the range stops being looked at."""

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("must be exactly one of introduced, fixed, last_affected, limit")
        return self


class AffectedRange(Strict):
    """Versions between two ends."""

    type: Literal["SEMVER", "ECOSYSTEM", "GIT"]
    """How its versions are ordered."""
    repo: Short | None = None
    """The repository's address, for the type GIT."""
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=100)]
    """Its ends, in order."""
    database_specific: dict[str, Any] = {}
    """Free."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ends = {key for event in self.events for key in event.model_fields_set}
        if "introduced" not in ends:
            raise ValueError("must be a range with an introduced event")
        if {"fixed", "last_affected"} <= ends:
            raise ValueError("must be a range with fixed or last_affected events, not both")
        if self.type == "GIT" and self.repo is None:
            raise ValueError("must be a range with repo, as its type is GIT")
        return self


class AffectedPackage(Strict):
    """What an advisory is about."""

    ecosystem: Short
    """`DevForge` for an extension of this registry, or `PyPI`, `npm`."""
    name: Short
    """The extension's id, or the package's name."""
    purl: Short | None = None
    """The package's URL in the purl form."""


class Affected(Strict):
    """Versions of one package hit by an advisory. Without ranges and versions: all of them."""

    package: AffectedPackage
    """The package."""
    severity: Annotated[tuple[Score, ...], Field(max_length=10)] = ()
    """How bad it is for this package."""
    ranges: Annotated[tuple[AffectedRange, ...], Field(max_length=50)] = ()
    """The versions hit, as ranges."""
    versions: Annotated[tuple[Short, ...], Field(max_length=2_000)] = ()
    """The versions hit, one by one."""
    ecosystem_specific: dict[str, Any] = {}
    """Free."""
    database_specific: dict[str, Any] = {}
    """Free."""


class Reference(Strict):
    """Where to read more."""

    type: Literal[
        "ADVISORY", "ARTICLE", "DETECTION", "DISCUSSION", "REPORT", "FIX", "INTRODUCED",
        "PACKAGE", "EVIDENCE", "WEB", "GIT",
    ]  # fmt: skip
    """What is found there."""
    url: Annotated[str, shape(r"^https?://[^\s<>\"'`\\]+$", "a web address", max_length=500)]
    """The address."""


class Credit(Strict):
    """Who is to be thanked."""

    name: Short
    """Their name."""
    contact: Annotated[tuple[Short, ...], Field(max_length=10)] = ()
    """Addresses they want shown."""
    type: Literal[
        "FINDER", "REPORTER", "ANALYST", "COORDINATOR", "REMEDIATION_DEVELOPER",
        "REMEDIATION_REVIEWER", "REMEDIATION_VERIFIER", "TOOL", "SPONSOR", "OTHER",
    ] | None = None  # fmt: skip
    """What they did."""


class Advisory(Strict):
    """`registry/advisories/<id>.yaml` in the OSV format."""

    schema_version: Annotated[str, shape(r"^1\.\d+\.\d+$", "a version of OSV's 1.x")] = "1.7.0"
    """The version of the OSV format."""
    id: AdvisoryId
    """The file's name without `.yaml`."""
    modified: AwareDatetime
    """When this file last changed, with its time zone: `2026-11-23T09:00:00Z`."""
    published: AwareDatetime | None = None
    """When it was first published."""
    withdrawn: AwareDatetime | None = None
    """When it turned out to be wrong; it then hits nothing."""
    aliases: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    """The same in other databases, such as CVE ids."""
    upstream: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    """What it follows from."""
    related: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    """Others like it."""
    summary: Annotated[str, Field(max_length=300)] = ""
    """One sentence."""
    details: Text = ""
    """Everything worth knowing, as Markdown."""
    severity: Annotated[tuple[Score, ...], Field(max_length=10)] = ()
    """How bad it is."""
    affected: Annotated[tuple[Affected, ...], Field(min_length=1, max_length=100)]
    """What it hits."""
    references: Annotated[tuple[Reference, ...], Field(max_length=50)] = ()
    """Where to read more."""
    credits: Annotated[tuple[Credit, ...], Field(max_length=50)] = ()
    """Who is to be thanked."""
    database_specific: dict[str, Any] = {}
    """Free; `{malicious: true}` refuses the package instead of warning."""
