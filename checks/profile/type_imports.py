"""Imports of TypeScript's that bring in types alone, which are gone when the code runs. Pure."""

from __future__ import annotations

import re

# On lines of its own: whatever else stands beside it runs.
_TYPES_ONLY = re.compile(
    r"""^[ \t]*import\s+(?:
        type\s+(?:[\w$]+\s*=\s*require\s*\(\s*["'][^"'\n]*["']\s*\)
            |(?!from\b)(?:[\w$]+|\*\s*as\s+[\w$]+|\{[^{}"']{0,2000}\})\s*from\s*["'][^"'\n]*["'])
        |\{\s*(?:type\s+[\w$]+(?:\s+as\s+[\w$]+)?\s*,?\s*){1,100}\}\s*from\s*["'][^"'\n]*["']
    )[ \t]*;?[ \t]*(?://.*)?$""",
    re.VERBOSE | re.MULTILINE,
)


def lines_of_types(text: str) -> frozenset[int]:
    """Return the lines of `text` that hold nothing but an import of types."""
    if "type" not in text:
        return frozenset()
    found: set[int] = set()
    for match in _TYPES_ONLY.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        found.update(range(first, first + match[0].count("\n") + 1))
    return frozenset(found)
