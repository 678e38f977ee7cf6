"""The kinds of text a manifest and the records are made of."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from devforge.model.base import shape


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
