"""What an expression can be worth, and how values turn into each other. Pure.

Strings compare without regard to case; values of different kinds are compared as numbers; arrays
and objects equal only themselves.

Source: GitHub's documentation, "Evaluate expressions in workflows and actions", Operators.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from devforge.local.workflows.expressions.numbers import number_of_text, shortest, text_of_number

_DOTLESS_I = "\u0131"


class Array:
    """A sequence of values; equal to nothing but itself."""

    def __init__(self, items: Iterable[Value] = ()) -> None:
        self.items: list[Value] = list(items)


class FilteredArray(Array):
    """What `.*` yields: a further dereference applies to each item, not to the array."""


class Object:
    """Named values; a name is found in any case, and the first of two that differ by case wins."""

    def __init__(self, pairs: Iterable[tuple[str, Value]] = ()) -> None:
        self._pairs: dict[str, tuple[str, Value]] = {}
        for key, value in pairs:
            self._pairs.setdefault(key.lower(), (key, value))

    def get(self, key: str) -> Value:
        """Return the value named `key`, null if there is none."""
        return self._pairs.get(key.lower(), (key, None))[1]

    def has(self, key: str) -> bool:
        return key.lower() in self._pairs

    def values(self) -> list[Value]:
        return [value for _, value in self._pairs.values()]

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        return iter(self._pairs.values())


Value: TypeAlias = "bool | float | str | Array | Object | None"


def value_of(plain: object) -> Value:
    """Return JSON-like `plain` as a value: every number a float, mappings with text keys objects."""
    if isinstance(plain, Array | Object | None | bool | str):
        return plain
    if isinstance(plain, int | float):
        return float(plain)
    if isinstance(plain, Mapping):
        return Object((str(key), value_of(item)) for key, item in plain.items())
    if isinstance(plain, Sequence):
        return Array(value_of(item) for item in plain)
    raise TypeError(f"{type(plain).__name__} is no value of an expression")


def plain_of(value: Value) -> object:
    """Return `value` as JSON-like data; whole numbers become integers."""
    if isinstance(value, Array):
        return [plain_of(item) for item in value.items]
    if isinstance(value, Object):
        return {key: plain_of(item) for key, item in value}
    if isinstance(value, float) and not isinstance(value, bool) and value.is_integer():
        return int(value)
    return value


def is_truthy(value: Value) -> bool:
    """Say whether a condition holds: null, false, 0, NaN and '' do not."""
    if isinstance(value, float):
        return not (value == 0 or math.isnan(value))
    return isinstance(value, Array | Object) or bool(value)


def is_primitive(value: Value) -> bool:
    return not isinstance(value, Array | Object)


def number_of(value: Value) -> float:
    """Return `value` as a number: null 0, true 1, text as it spells, the rest NaN."""
    if isinstance(value, str):
        return number_of_text(value)
    if isinstance(value, Array | Object):
        return math.nan
    return float(value or 0)


def text_of(value: Value) -> str:
    """Return `value` as text: null is nothing, an array or object only names its kind."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return text_of_number(value)
    return "Object" if isinstance(value, Object) else "Array"


def upper(text: str) -> str:
    """Return `text` for comparison; the dotless i keeps its case and so never equals an I."""
    return _DOTLESS_I.join(part.upper() for part in text.split(_DOTLESS_I))


def equals(left: Value, right: Value) -> bool:
    left, right = _alike(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return upper(left) == upper(right)
    if isinstance(left, Array | Object) or isinstance(right, Array | Object):
        return left is right
    return type(left) is type(right) and left == right


def is_less(left: Value, right: Value) -> bool:
    """Say whether `left` sorts before `right`; always false where either is not comparable."""
    left, right = _alike(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _units(left) < _units(right)
    if isinstance(left, float) and isinstance(right, float):
        return left < right
    return isinstance(left, bool) and isinstance(right, bool) and left < right


def json_of(value: Value) -> str:
    """Return `value` as JSON indented by two spaces."""
    return _json(value, "\n")


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    """Return both as they are if of one kind, else as numbers wherever that is defined."""
    if _kind(left) == _kind(right):
        return left, right
    return _as_number(left), _as_number(right)


def _as_number(value: Value) -> Value:
    return number_of(value) if is_primitive(value) else value


def _kind(value: Value) -> type:
    return Array if isinstance(value, Array) else type(value)


def _units(text: str) -> bytes:
    """Return UTF-16 code units, the order JavaScript compares text in."""
    return upper(text).encode("utf-16-be", "surrogatepass")


def _json(value: Value, newline: str) -> str:
    deeper = newline + "  "
    if isinstance(value, Array):
        items = [_json(item, deeper) for item in value.items]
        return "[" + deeper + ("," + deeper).join(items) + newline + "]" if items else "[]"
    if isinstance(value, Object):
        pairs = [f"{_json(key, deeper)}: {_json(item, deeper)}" for key, item in value]
        return "{" + deeper + ("," + deeper).join(pairs) + newline + "}" if pairs else "{}"
    if isinstance(value, float):
        return shortest(value) if math.isfinite(value) else "null"
    text = json.dumps(value, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
