"""What of TypeScript brings in types alone, which are gone when the code runs. Pure."""

from __future__ import annotations

import re

from tree_sitter import Node

from checks.script_trees import tree_of

_TYPED = (".ts", ".tsx", ".mts", ".cts")
# On lines of its own: whatever else stands beside it runs.
_TYPES_ONLY = re.compile(
    r"""^[ \t]*import\s+(?:
        type\s+(?:[\w$]+\s*=\s*require\s*\(\s*["'][^"'\n]*["']\s*\)
            |(?!from\b)(?:[\w$]+|\*\s*as\s+[\w$]+|\{[^{}"']{0,2000}\})\s*from\s*["'][^"'\n]*["'])
        |\{\s*(?:type\s+[\w$]+(?:\s+as\s+[\w$]+)?\s*,?\s*){1,100}\}\s*from\s*["'][^"'\n]*["']
    )[ \t]*;?[ \t]*(?://.*)?$""",
    re.VERBOSE | re.MULTILINE,
)
# `import("x")`, which is a type in `let a: import("x").B` and runs in `await import("x")`.
_BY_CALL = re.compile(
    rb"(?<![\w$.])import\s{0,20}\(\s{0,20}(?:\"[^\"\\\n]{0,300}\"|'[^'\\\n]{0,300}')\s{0,20}"
    rb"(?:,\s{0,20}\{[^{}]{0,60}\{[^{}]{0,200}\}[^{}]{0,20}\}\s{0,20})?,?\s{0,20}\)"
)
_NAMES = ("member_expression", "nested_identifier", "nested_type_identifier")


def is_typed(path: str) -> bool:
    """Return whether a file is TypeScript by its name."""
    return path.lower().endswith(_TYPED)


def lines_of_types(text: str) -> frozenset[int]:
    """Return the lines of `text` that hold nothing but an import of types."""
    if "type" not in text:
        return frozenset()
    found: set[int] = set()
    for match in _TYPES_ONLY.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        found.update(range(first, first + match[0].count("\n") + 1))
    return frozenset(found)


def without_import_types(path: str, content: bytes) -> bytes:
    """Return `content` with a plain name in the place of each `import("x")` that is a type.

    Parsers know that form badly, and take it for code that brings the module in. Each byte stays where it
    was. Where the whole cannot be parsed nothing is replaced: what could be code then counts as code.
    """
    found = list(_BY_CALL.finditer(content)) if is_typed(path) else []
    if not found:
        return content
    named = _BY_CALL.sub(_name, content)
    root = tree_of(path, named)
    if root.has_error:
        return content
    kept = bytearray(content)
    for match in found:
        start, end = match.span()
        if _is_type(root.descendant_for_byte_range(start, start + 1)):
            kept[start:end] = named[start:end]
    return bytes(kept)


def _name(match: re.Match[bytes]) -> bytes:
    """A name as long as the match, with its line breaks behind it."""
    breaks = match[0].count(b"\n")
    return b"T".ljust(len(match[0]) - breaks, b"_") + b"\n" * breaks


def _is_type(node: Node | None) -> bool:
    if node is not None and node.type == "type_identifier":
        return True
    while node is not None and node.type in ("identifier", *_NAMES):
        if node.type == "nested_type_identifier":
            return True
        node = node.parent
    return node is not None and node.type == "type_query"
