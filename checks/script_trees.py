"""JavaScript and TypeScript as trees of syntax, by a parser that runs nothing. Pure."""

from __future__ import annotations

from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "ts": tree_sitter_typescript.language_typescript,
    "cts": tree_sitter_typescript.language_typescript,
    "mts": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}


def tree_of(path: str, content: bytes) -> Node:
    """Return the root of the syntax of `content`; what cannot be parsed stands in it as an error."""
    return _parser(path.rpartition(".")[2].lower()).parse(content).root_node


@cache
def _parser(suffix: str) -> Parser:
    return Parser(Language(_GRAMMARS.get(suffix, tree_sitter_javascript.language)()))
