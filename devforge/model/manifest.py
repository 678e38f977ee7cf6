"""`devforge.yaml`, which travels with the extension and says what it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from devforge.model.base import Strict
from devforge.model.names import Category, ExtensionId, Permission
from devforge.model.names import Language as Language  # noqa: PLC0414 - it is a manifest's, too
from devforge.model.patterns import PATTERNS, FilePattern
from devforge.model.platforms import NAMES, Declared
from devforge.model.ranges import Range
from devforge.model.texts import InnerPath, Keyword, OneLine
from devforge.model.versions import Version
from devforge.model.waivers import Justification

FILE = "devforge.yaml"


class Engines(Strict):
    """The host programs the extension runs in."""

    devforge: Range
    """Versions of Dev Forge it works with, as package.json writes ranges: `>=1.2.0 <3`."""


class Benchmark(Strict):
    """A function worth timing, run in the sandbox on every review."""

    name: Annotated[OneLine, Field(max_length=64)]
    """What the report calls it."""
    call: Annotated[OneLine, Field(max_length=200)]
    """The function: `module:function` in Python, `file.js#function` otherwise."""


class Manifest(Strict):
    """What an extension says of itself. Read at the pinned commit; nothing in it is repeated."""

    id: ExtensionId
    """`developer.name`: the developer's record and the extension's name below it."""
    version: Version
    """`major.minor.patch`; each published version must be above the last."""
    display_name: Annotated[OneLine, Field(min_length=2, max_length=60)]
    """The title people see."""
    description: Annotated[OneLine, Field(min_length=10, max_length=280)]
    """One sentence: what it does for whom."""
    license: Annotated[OneLine, Field(max_length=200)]
    """An SPDX expression, such as `MIT` or `Apache-2.0 OR MIT`."""
    language: Language
    """What the entry is written in."""
    entry: InnerPath
    """The file Dev Forge loads, as a path inside the extension."""
    engines: Engines
    """The host programs and versions it runs in."""
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=3)]
    """Where the site lists it; the first is the main one."""
    keywords: Annotated[tuple[Keyword, ...], Field(max_length=12)] = ()
    """Words it should be found by, beside its title and description."""
    permissions: Annotated[tuple[Permission, ...], Field(max_length=64)] = ()
    """The powers it asks for; whatever it does without asking is refused at run time."""
    extension_dependencies: Annotated[dict[ExtensionId, Range], Field(max_length=32)] = {}
    """Other extensions it needs: their id → a range of versions."""
    icon: InnerPath | None = None
    """A square PNG or SVG inside the extension."""
    benchmarks: Annotated[tuple[Benchmark, ...], Field(max_length=16)] = ()
    """Functions that every review times."""
    platforms: Annotated[dict[Declared, tuple[FilePattern, ...]], Field(max_length=10)] = {}
    """For native code: a platform such as `linux-x64`, or `any` for all others → the files only it gets."""
    waivers: Annotated[tuple[Justification, ...], Field(max_length=64)] = ()
    """Findings that are right as they are, and why; a maintainer reads each once."""

    @field_validator("version")
    @classmethod
    def _is_no_packages_name(cls, version: Version) -> Version:
        """Refuse what reads as another version's package: both would have one name."""
        end = next((name for name in NAMES if str(version).endswith(f"-{name}")), None)
        if end:
            raise ValueError(f"must not end like a platform ({end}), as the names of packages do")
        return version

    @field_validator("platforms")
    @classmethod
    def _is_matched_in_time(
        cls, platforms: dict[Declared, tuple[FilePattern, ...]]
    ) -> dict[Declared, tuple[FilePattern, ...]]:
        count = sum(map(len, platforms.values()))
        if count > PATTERNS:
            raise ValueError(f"has {count} patterns, {PATTERNS} allowed; name directories")
        return platforms
