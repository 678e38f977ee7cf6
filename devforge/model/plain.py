"""Dataclasses as JSON's plain values, the way back from `fields.py`; by each class's fields, found once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from devforge.model.parsed import Parsed

_SAME = (str, int, bool, float, type(None))


def to_json(value: Any, *, indent: int | None = None, sparse: bool = False) -> bytes:
    """Return the file that says `value`, with a line's end."""
    return json.dumps(to_plain(value, sparse=sparse), indent=indent, separators=None if indent else (",", ":")).encode() + b"\n"  # fmt: skip


def to_plain(value: Any, *, sparse: bool = False) -> Any:
    """Return what JSON and YAML can hold of `value`; `sparse` leaves out what is as by default."""
    return _writer(type(value), sparse)(value)


def _made(kind: Any, sparse: bool) -> Callable[[Any], Any]:
    if kind in _SAME:
        return lambda value: value
    if issubclass(kind, Parsed):
        return str
    if issubclass(kind, datetime):
        return datetime.isoformat
    if issubclass(kind, tuple | list):
        return lambda value: [_writer(type(one), sparse)(one) for one in value]
    if issubclass(kind, Mapping):
        return lambda value: {str(key): _writer(type(one), sparse)(one) for key, one in value.items()}  # fmt: skip
    if is_dataclass(kind):
        return _record(kind, is_sparse=sparse)
    raise TypeError(f"{kind.__name__} is nothing that a file can hold")


_writer: Callable[[Any, bool], Callable[[Any], Any]] = lru_cache(maxsize=256)(_made)


def _record(kind: Any, *, is_sparse: bool) -> Callable[[Any], Any]:
    defaults = [(f.name, _default(f) if is_sparse else MISSING) for f in fields(kind)]

    def write(value: Any) -> dict[str, Any]:
        said = {}
        for name, default in defaults:
            one = getattr(value, name)
            if one is not default and one != default:
                said[name] = one if type(one) in _SAME else _writer(type(one), is_sparse)(one)
        return said

    return write


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
