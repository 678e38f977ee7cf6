"""Code as text patterns look at it: without the lines that are comments, and as long as is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

CODE = re.compile(r".*\.(?:pyw?|[cm]?jsx?|[cm]?tsx?)", re.IGNORECASE)
_HOST = re.compile(
    r"https?://(?!localhost|127\.|www\.w3\.org|json-schema\.org)[\w-]+\.[\w.-]+|\bHTTPS?Connection\s*\(\s*[\"'][\w-]+\.\w"
)
READ_CHARACTERS = 400_000
# A comment that ends on its line has code after it, and `#name` is a field in JavaScript.
_PYTHON_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_SCRIPT_COMMENT = re.compile(
    r"^[ \t]*(?://|\*(?=[\s/]|$)|/\*(?!.*\*/[ \t]*[^\s/])|#!).*$", re.MULTILINE
)


def without_comments(path: str, text: str) -> str:
    """Return `text` with every line that is a comment emptied; the lines keep their numbers."""
    pattern = _PYTHON_COMMENT if path.lower().endswith((".py", ".pyw")) else _SCRIPT_COMMENT
    return pattern.sub("", text[:READ_CHARACTERS])


def names_a_host(texts: Iterable[str]) -> bool:
    """Whether any of the texts names a machine by its address; one that does not leaves it to its user."""
    return any(_HOST.search(text) for text in texts)
