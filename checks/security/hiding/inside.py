"""The inside of an interpreter, reached by names that programs have no use for: in code, and in data that code fills in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DATA = re.compile(r".*\.(?:json[5c]?|ya?ml|toml|ini|cfg|txt|csv|tsv|xml|po|properties|tmpl|tpl|j2|jinja2?|mustache|hbs|ejs|pug)", re.IGNORECASE)  # fmt: skip
_WORDS = (
    "__globals__", "__builtins__", "f_builtins", "__subclasses__", "__mro__", "__bases__", "gi_frame", "cr_frame", "constructor",
)  # fmt: skip
# One builtin by its plain name, as code for Python 2 and 3 writes it, that makes, reads and runs nothing.
_EVERYDAY_NAME = (
    r"(?!exec|eval|compile|open|file|input|getattr|setattr|delattr|globals|locals|vars|dir|__)\w+"
)
_EVERYDAY = rf"\s*(?:\[\s*[\"']{_EVERYDAY_NAME}[\"']\s*\]|\.{_EVERYDAY_NAME})"
_INSIDE = re.compile(
    r"__globals__\b(?!\s*[,:=)\]]|[\"']\s*[,:\]])|\b__builtins__(?!"
    + _EVERYDAY
    + r")\s*[\[.]|[\"']__builtins__[\"']\s*[\],)]|\bf_builtins\b"
    r"|(?:__mro__|__bases__)\s*\[\s*-?\d+\s*\]\s*(?:\.\w+\s*)*\.__subclasses__|\bobject\.__subclasses__\s*\(|(?:\(\)|\[\]|\{\}|[\"']{2}|type)\.__class__\b[^\n]{0,40}\.__(?:base|subclasses|mro|bases)"
    r"|__mro__\s*\[\s*-\s*1\s*\]|\b(?:gi|cr|ag)_frame\b[^\n]{0,40}\.f_(?:back|globals|builtins|locals)\b"
    r"|\.constructor\s*(?:\?\.)?\s*[.\[]\s*[\"'`]?constructor\b|\[\s*[\"'`]constructor[\"'`]\s*\]\s*(?:\(|\[|\.\s*constructor)"
)


def is_data(path: str) -> bool:
    """Return whether a file is one that code reads, and that is no code itself."""
    return bool(_DATA.fullmatch(path))


def inside_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each way inside, and what it is in words."""
    if any(word in text for word in _WORDS):
        for found in _INSIDE.finditer(text):
            words = "it reaches the inside of the interpreter, past the names that everybody knows"
            yield text.count("\n", 0, found.start()) + 1, words
