"""The functions every expression may call. Pure.

Source: GitHub's documentation, "Evaluate expressions in workflows and actions", Functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

from devforge.local.workflows.expressions.errors import EvaluationFailed
from devforge.local.workflows.expressions.numbers import trim
from devforge.local.workflows.expressions.values import (
    Array,
    Value,
    equals,
    is_primitive,
    json_of,
    text_of,
    upper,
    value_of,
)

Function = Callable[[Sequence[Value]], Value]

_PIECE = re.compile(r"\{\{|\}\}|\{(?P<index>[0-9]+)[^{}]*\}|[{}]")


def _contains(arguments: Sequence[Value]) -> Value:
    where, what = arguments
    if isinstance(where, Array):
        return any(equals(what, item) for item in where.items)
    if not (is_primitive(where) and is_primitive(what)):
        return False
    return text_of(what).lower() in text_of(where).lower()


def _starts_with(arguments: Sequence[Value]) -> Value:
    return all(map(is_primitive, arguments)) and upper(text_of(arguments[0])).startswith(
        upper(text_of(arguments[1]))
    )


def _ends_with(arguments: Sequence[Value]) -> Value:
    return all(map(is_primitive, arguments)) and upper(text_of(arguments[0])).endswith(
        upper(text_of(arguments[1]))
    )


def _format(arguments: Sequence[Value]) -> Value:
    pattern = text_of(arguments[0])

    def replaced(piece: re.Match[str]) -> str:
        if piece[0] in {"{{", "}}"}:
            return piece[0][0]
        if piece["index"] is None:
            raise EvaluationFailed(
                f"format: {pattern!r} is no format: double the braces meant as text"
            )
        position = int(piece["index"]) + 1
        if position >= len(arguments):
            raise EvaluationFailed(
                f"format: {pattern!r} refers to argument {position - 1}; "
                f"{len(arguments) - 1} were given"
            )
        return text_of(arguments[position])

    return _PIECE.sub(replaced, pattern)


def _join(arguments: Sequence[Value]) -> Value:
    items = arguments[0]
    if is_primitive(items):
        return text_of(items)
    if not isinstance(items, Array):
        return ""
    given = len(arguments) > 1 and is_primitive(arguments[1])
    separator = text_of(arguments[1]) if given else ","
    return separator.join(text_of(item) for item in items.items)


def _to_json(arguments: Sequence[Value]) -> Value:
    return json_of(arguments[0])


def _from_json(arguments: Sequence[Value]) -> Value:
    text = text_of(arguments[0])
    if not trim(text):
        raise EvaluationFailed("fromJSON: the input is empty; give it JSON")
    try:
        return value_of(json.loads(text, parse_int=float, parse_constant=_no_constant))
    except (ValueError, RecursionError) as error:
        raise EvaluationFailed(f"fromJSON: {text[:80]!r} is not JSON: {error}") from error


def _no_constant(spelled: str) -> object:
    raise ValueError(f"{spelled} is not part of JSON")


def _case(arguments: Sequence[Value]) -> Value:
    for predicate, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
        if not isinstance(predicate, bool):
            raise EvaluationFailed("case: a predicate must be a boolean; compare with == true")
        if predicate:
            return value
    return arguments[-1]


FUNCTIONS: Final[dict[str, Function]] = {
    "case": _case,
    "contains": _contains,
    "endswith": _ends_with,
    "format": _format,
    "fromjson": _from_json,
    "join": _join,
    "startswith": _starts_with,
    "tojson": _to_json,
}
"""By name in lower case."""

ARITIES: Final[dict[str, tuple[int, int]]] = {
    "case": (3, 2**53 - 1),
    "contains": (2, 2),
    "endswith": (2, 2),
    "format": (1, 255),
    "fromjson": (1, 1),
    "join": (1, 2),
    "startswith": (2, 2),
    "tojson": (1, 1),
}
"""Least and most arguments, by name in lower case."""
