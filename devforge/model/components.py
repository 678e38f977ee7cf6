"""Other people's code in an extension: copies it carries, and what is known to be wrong with them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict
from devforge.model.observed import Missing, Named, Said

Path = Annotated[str, Field(max_length=4096)]


class Vendored(Strict):
    """A copy of a published package, or generated or minified code, as far as it can be told."""

    paths: Annotated[tuple[Path, ...], Field(min_length=1, max_length=2000)]
    kind: Literal["package", "generated", "minified"]
    ecosystem: Literal["PyPI", "npm"] | None = None
    name: Named | None = None
    version: Annotated[str, Field(max_length=100)] | None = None
    # Whether every file is byte for byte in the published package; Missing where nobody could say.
    unmodified: bool | Missing = False
    # Those of `paths` that are not as published, where others are.
    changed: Annotated[tuple[Path, ...], Field(max_length=2000)] = ()

    @property
    def label(self) -> str:
        """`jquery 3.6.0`, as far as it is known."""
        return (
            " ".join(part for part in (self.name, self.version) if part) or "code of unknown origin"
        )


class Vulnerability(Strict):
    """One OSV record that is about one component of the extension."""

    id: Annotated[str, Field(max_length=100)]
    aliases: tuple[str, ...] = ()
    summary: Said = ""
    severity: Literal["malicious", "critical", "high", "medium", "low", "unknown"]
    ecosystem: Literal["PyPI", "npm"]
    name: Named
    version: Annotated[str, Field(max_length=300)]  # exactly, or else the requirement as written
    fixed: tuple[str, ...] = ()  # versions that no longer have it, the nearest first
    source: Annotated[str, Field(max_length=4200)]  # where the extension asks for it
    direct: bool = True
    for_tests: bool = False
    # False: no version is locked, and the requirement admits versions without it, too.
    certain: bool = True


class Vulnerabilities(Strict):
    """What is known of an extension's components, and how old that knowledge is."""

    found: Annotated[tuple[Vulnerability, ...], Field(max_length=20_000)] = ()
    as_of: str | None = None  # RFC 3339: when the OSV copy was made; None: there is none
    age_days: int | None = None  # of that copy when it was looked at
