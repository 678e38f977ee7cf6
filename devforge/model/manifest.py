"""`devforge.yaml`, which travels with the extension and says what it is."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from devforge.model.base import Strict, shape
from devforge.model.names import ExtensionId, Permission
from devforge.model.versions import Range, Version

FILE = "devforge.yaml"
Language = Literal["python", "javascript", "typescript"]
Category = Literal[
    "editors", "languages", "linters", "formatters", "debuggers", "testing", "version-control",
    "data", "ai", "productivity", "themes", "education", "other",
]  # fmt: skip


def _inner(text: str) -> str:
    parts = text.split("/")
    odd = any(part in ("", ".", "..") for part in parts) or re.search(_NEVER_IN_PATHS, text)
    if odd or text.startswith("-"):
        raise ValueError(
            "must be a path inside the extension: / between its parts, no .. and no - in front"
        )
    return text


def _inner_or_root(text: str) -> str:
    return text if text == "." else _inner(text)


_NEVER_IN_PATHS = r"[\\:\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]"
_INNER = {"pattern": r"^(?!-)(?!.*(^|/)\.{0,2}(/|$))[^\\:\x00-\x1f\x7f]+$"}
_ROOT_TOO = {"pattern": rf"^\.$|{_INNER['pattern']}"}
# A path inside the extension: relative, forward slashes, no empty, `.` or `..` part.
InnerPath = Annotated[str, Field(max_length=200, json_schema_extra=_INNER), AfterValidator(_inner)]
# The same, or `.` for the extension's own root.
Subdirectory = Annotated[
    str, Field(max_length=200, json_schema_extra=_ROOT_TOO), AfterValidator(_inner_or_root)
]
OneLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    shape(
        r"^[^\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+$",
        "one line of text, without invisible characters",
    ),
]
Keyword = Annotated[
    str,
    shape(
        r"^[a-z0-9][a-z0-9+#. -]*$",
        "lower-case letters, digits, spaces and + # . -, starting with a letter or digit",
        max_length=32,
    ),
]


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
