"""Python source as a tree of syntax: parsed once, never run, and quiet about odd escapes. Pure."""

from __future__ import annotations

import ast
import warnings
from collections import OrderedDict
from threading import Lock

from devforge.model.collector import collector_paused

# Several checks ask for the same files one after another. A tree takes some thirty times its source.
_KEPT_BYTES = 6_000_000


class _Kept:
    """The trees asked for last, by their source."""

    def __init__(self) -> None:
        self._trees: OrderedDict[bytes, ast.Module | None] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def tree_of(self, content: bytes) -> ast.Module | None:
        with self._lock:
            if content in self._trees:
                self._trees.move_to_end(content)
                return self._trees[content]
        module = _parsed(content)
        with self._lock:
            if content not in self._trees:
                self._trees[content] = module
                self._bytes += len(content)
            while self._bytes > _KEPT_BYTES:
                self._bytes -= len(self._trees.popitem(last=False)[0])
        return module


_KEPT = _Kept()


def parse_python(content: bytes) -> ast.Module | None:
    """Return the syntax tree of `content`, or None where this Python cannot parse it.

    Whoever asks again for the same source, while it is kept, gets the same tree: never change it.
    """
    return _KEPT.tree_of(content)


def assigned(module: ast.Module) -> dict[str, ast.expr]:
    """Return name → what is assigned to it last, wherever in the file that is."""
    return {
        target.id: node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def is_beyond_parser(content: bytes) -> bool:
    """Whether it is no fault of the source that it has no tree: it is nested deeper than a parser follows."""
    with collector_paused(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(content)
        except (RecursionError, MemoryError):
            return True
        except (SyntaxError, ValueError):
            return False
    return False


def _parsed(content: bytes) -> ast.Module | None:
    with collector_paused(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
