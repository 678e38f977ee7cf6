"""`devforge.yaml`, which travels with the extension and says what it is."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from devforge.model.base import Strict
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
    odd = any(part in ("", ".", "..") for part in parts) or re.search(r"[\\:\x00-\x1f\x7f]", text)
    if odd:
        raise ValueError("must be a path inside the extension, with / between its parts and no ..")
    return text


# A path inside the extension: relative, forward slashes, no empty, `.` or `..` part.
InnerPath = Annotated[str, Field(max_length=200), AfterValidator(_inner)]
OneLine = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]+$", strip_whitespace=True)
]
Keyword = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+#. -]*$", max_length=32)]


class Engines(Strict):
    """The host programs the extension runs in."""

    devforge: Range


class Benchmark(Strict):
    """A function worth timing: `call` names it as `module:function` or `file.js#function`."""

    name: Annotated[OneLine, Field(max_length=64)]
    call: Annotated[OneLine, Field(max_length=200)]


class Manifest(Strict):
    """What an extension says of itself. Read at the pinned commit; nothing in it is repeated."""

    id: ExtensionId
    version: Version
    display_name: Annotated[OneLine, Field(min_length=2, max_length=60)]
    description: Annotated[OneLine, Field(min_length=10, max_length=280)]
    license: Annotated[OneLine, Field(max_length=200)]
    language: Language
    entry: InnerPath
    engines: Engines
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=3)]
    keywords: Annotated[tuple[Keyword, ...], Field(max_length=12)] = ()
    permissions: Annotated[tuple[Permission, ...], Field(max_length=64)] = ()
    extension_dependencies: Annotated[dict[ExtensionId, Range], Field(max_length=32)] = {}
    icon: InnerPath | None = None
    benchmarks: Annotated[tuple[Benchmark, ...], Field(max_length=16)] = ()
