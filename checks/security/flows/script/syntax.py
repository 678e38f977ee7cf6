"""JavaScript in the words of Python's own syntax tree, which is what values are followed in.

A block is no more than its statements and a condition no more than an expression, since the order of
statements is not weighed; `await x` is x, and `a || b` is one or the other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T", bound=ast.expr | ast.stmt)
_LOAD = ast.Load()
_NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])
EVERYTHING_OF = "export *"  # the name under which a module hands on all of another's
DEFAULT = "default"  # the name of what a module is


class Function(ast.Lambda):
    """A function, whose statements are read when it is walked for the first time."""

    _fields = ()  # its body is a scope of its own

    def __init__(self, line: int) -> None:
        super().__init__(args=_NO_ARGUMENTS, body=ast.Constant(None))
        self.lineno = line
        self.rest = ""  # the name of what takes all further arguments
        self.body: list[ast.stmt] = []  # type: ignore[assignment]  # Python's own holds one expression


def at(node: T, line: int) -> T:
    """Return `node` with its line."""
    node.lineno = line
    return node


def name(identifier: str, line: int) -> ast.Name:
    return at(ast.Name(identifier, _LOAD), line)


def constant(value: str | int | None, line: int) -> ast.expr:
    return at(ast.Constant(value), line)


def attribute(base: ast.expr, word: str, line: int) -> ast.expr:
    return at(ast.Attribute(base, word, _LOAD), line)


def subscript(base: ast.expr, part: ast.expr, line: int) -> ast.expr:
    return at(ast.Subscript(base, part, _LOAD), line)


def call(function: ast.expr, arguments: Iterable[ast.expr], line: int) -> ast.expr:
    return at(ast.Call(function, [*arguments], []), line)


def either(one: ast.expr, other: ast.expr, line: int) -> ast.expr:
    return at(ast.IfExp(constant(None, line), one, other), line)


def several(parts: Iterable[ast.expr], line: int) -> ast.expr:
    return at(ast.Tuple([*parts], _LOAD), line)


def unmarked(parts: Iterable[ast.expr], line: int) -> ast.expr:
    """Parts that are looked at, of which nothing is left: a comparison, a `typeof`."""
    first, *others = [*parts] or [constant(None, line)]
    return at(ast.Compare(first, [ast.Eq() for _ in others], others), line)


def assigned(target: ast.expr, value: ast.expr, line: int) -> ast.stmt:
    return at(ast.Assign([target], value), line)


def imported(module: str, line: int) -> ast.expr:
    """Return the call that loads a module."""
    return call(name("require", line), [constant(module, line)], line)
