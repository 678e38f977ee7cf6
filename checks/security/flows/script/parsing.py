"""JavaScript and TypeScript as trees of syntax: parsed once, never run. Pure."""

from __future__ import annotations

from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from devforge.model.observed import SourceFile

SUFFIXES = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_MOST_BYTES = 600_000  # of one file; what is larger was not written by hand
_LONGEST_MEAN = 200  # bytes of a line; a program wrote it where they are longer
_GRAMMARS = {
    "ts": tree_sitter_typescript.language_typescript,
    "cts": tree_sitter_typescript.language_typescript,
    "mts": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}


def is_script(file: SourceFile) -> bool:
    """Return whether a file is JavaScript or TypeScript that hands have written."""
    size = len(file.content)
    code = file.is_plain and file.path.endswith(SUFFIXES) and not file.path.endswith(".d.ts")
    return code and size <= _MOST_BYTES and size < _LONGEST_MEAN * (file.content.count(b"\n") + 1)


def parse_script(path: str, content: bytes) -> Node:
    """Return the root of the syntax of `content`; what cannot be parsed stands in it as an error."""
    return _parser(path.rpartition(".")[2]).parse(content).root_node


@cache
def _parser(suffix: str) -> Parser:
    return Parser(Language(_GRAMMARS.get(suffix, tree_sitter_javascript.language)()))
