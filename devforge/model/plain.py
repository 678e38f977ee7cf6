"""Dataclasses as JSON's plain values, the way back from `fields.py`: by what their fields say, found once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from devforge.model.parsed import Parsed

_Writer = Callable[[Any], Any]
_SAME = frozenset((str, int, bool, float, NoneType))


def to_json(value: Any, *, indent: int | None = None, sparse: bool = False) -> bytes:
    """Return the file that says `value`, with a line's end."""
    return json.dumps(to_plain(value, sparse=sparse), indent=indent, separators=None if indent else (",", ":")).encode() + b"\n"  # fmt: skip


def to_plain(value: Any, *, sparse: bool = False) -> Any:
    """Return what JSON and YAML can hold of `value`; `sparse` leaves out what is as by default."""
    if isinstance(value, Mapping):
        return {str(key): to_plain(one, sparse=sparse) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one, sparse=sparse) for one in value]
    write = _writer(type(value), sparse)
    return write(value) if write else value


def _made(hint: Any, sparse: bool) -> _Writer | None:
    """Return what writes a value that is as `hint` says; None where it is written as it is."""
    if maker := _MAKERS.get(get_origin(hint)):
        return maker(get_args(hint), sparse)
    if hint in _SAME:
        return None
    if issubclass(hint, Parsed):
        return str
    if issubclass(hint, datetime):
        return datetime.isoformat
    if is_dataclass(hint):
        return _record(hint, is_sparse=sparse)
    raise TypeError(f"{hint.__name__} is nothing that a file can hold")


_writer: Callable[[Any, bool], _Writer | None] = lru_cache(maxsize=512)(_made)


def _optional(arguments: tuple[Any, ...], sparse: bool) -> _Writer | None:
    write = _writer(arguments[0], sparse)
    return write and (lambda value: None if value is None else write(value))


def _list(arguments: tuple[Any, ...], sparse: bool) -> _Writer:
    if arguments[-1] is not Ellipsis:
        return lambda value: to_plain(value, sparse=sparse)
    write = _writer(arguments[0], sparse)
    return (lambda value: list(map(write, value))) if write else list


def _table(arguments: tuple[Any, ...], sparse: bool) -> _Writer:
    write = _writer(arguments[1], sparse)
    return lambda value: {str(key): write(one) if write else one for key, one in value.items()}


_MAKERS: dict[Any, Callable[[tuple[Any, ...], bool], _Writer | None]] = {
    Annotated: lambda arguments, sparse: _writer(arguments[0], sparse), Literal: lambda *_: None,
    UnionType: _optional, Union: _optional, tuple: _list, dict: _table,
}  # fmt: skip


def _record(kind: Any, *, is_sparse: bool) -> _Writer:
    hints = get_type_hints(kind, include_extras=True)
    parts = [
        (f.name, _default(f) if is_sparse else MISSING, _writer(hints[f.name], is_sparse))
        for f in fields(kind)
    ]

    def write(value: Any) -> dict[str, Any]:
        said = {}
        for name, default, part in parts:
            one = getattr(value, name)
            if one is not default and (default is None or default is MISSING or one != default):
                said[name] = part(one) if part else one
        return said

    return write


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
