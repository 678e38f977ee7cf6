"""Python source as a tree of syntax: parsed, never run, and quiet about odd escapes. Pure."""

from __future__ import annotations

import ast
import warnings


def parse_python(content: bytes) -> ast.Module | None:
    """Return the syntax tree of `content`, or None where this Python cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
