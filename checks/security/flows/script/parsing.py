"""JavaScript and TypeScript as trees of syntax: parsed once, never run. Pure."""

from __future__ import annotations

from tree_sitter import Node

from checks.declarations import declares_only
from checks.script_trees import tree_of
from checks.types_alone import without_import_types
from devforge.model.observed import SourceFile

SUFFIXES = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_MOST_BYTES = 600_000  # of one file; what is larger was not written by hand
_LONGEST_MEAN = 200  # bytes of a line; a program wrote it where they are longer


def is_script(file: SourceFile) -> bool:
    """Return whether a file is JavaScript or TypeScript that hands have written, and that runs."""
    size = len(file.content)
    code = file.is_plain and file.path.endswith(SUFFIXES)
    by_hand = size <= _MOST_BYTES and size < _LONGEST_MEAN * (file.content.count(b"\n") + 1)
    return code and by_hand and not declares_only(file)


def parse_script(path: str, content: bytes) -> Node:
    """Return the root of the syntax of `content`; what cannot be parsed stands in it as an error."""
    return tree_of(path, without_import_types(path, content))
