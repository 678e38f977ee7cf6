"""Frozen dataclasses to a home's own files and back: strictly, and read by what their fields say.

pydantic, which reads what strangers write, takes longer to begin than `devforge list` may take. A
field's type is text, a number, a switch, a `Literal`, a class with `parse`, one of these dataclasses,
or a tuple or dict of such; `Within` and `Shaped` narrow it.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from devforge.model.parsed import Parsed

T = TypeVar("T")
Path = tuple[str | int, ...]
_MISSING: Any = object()
_WORDS: dict[type, str] = {str: "text", int: "a whole number", bool: "true or false"}


@dataclasses.dataclass(frozen=True, slots=True)
class Within:
    """The least and the greatest of a number, or of how many there are."""

    low: int
    high: int

    def against(self, value: Any) -> str:
        count = value if isinstance(value, int) else len(value)
        return "" if self.low <= count <= self.high else f"must be {self.low:,} to {self.high:,}"


@dataclasses.dataclass(frozen=True, slots=True)
class Shaped:
    """What text has to look like, and how to say so."""

    pattern: str
    meaning: str

    def against(self, value: str) -> str:
        return "" if re.fullmatch(self.pattern, value) else f"must be {self.meaning}"


Digest = Annotated[str, Shaped("[0-9a-f]{64}", "a SHA-256 digest, 64 hexadecimal digits")]
Count = Annotated[int, Within(0, 2**53)]


@dataclasses.dataclass(frozen=True, slots=True)
class Misfit:
    """A value that is not what its field says."""

    path: Path
    wrong: str  # "is not a list"
    remedy: str
    value: str = ""  # what stood there

    @property
    def found(self) -> str:
        return f"{self.value} {self.wrong}".lstrip()


class Misfits(ValueError):
    """All that is wrong with one file."""

    def __init__(self, *misfits: Misfit) -> None:
        self.misfits = misfits
        first = misfits[0]
        where = ".".join(map(str, first.path))
        super().__init__(f"{where}: {first.found}" if where else first.found)


def from_json(kind: type[T], content: bytes) -> T:
    """Return the JSON in `content` as a `kind`. Raises Misfits with all that is wrong."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Misfits(Misfit((), f"not JSON: {error}", "write JSON")) from error
    return from_plain(kind, value)


def from_plain(kind: type[T], value: object) -> T:
    """Return plain values as a `kind`. Raises Misfits with all that is wrong."""
    wrong: list[Misfit] = []
    made = _made(kind, value, (), wrong)
    if wrong:
        raise Misfits(*wrong)
    return made  # type: ignore[no-any-return]


def to_plain(value: Any, *, sparse: bool = False) -> Any:
    """Return what JSON and YAML can hold of `value`; `sparse` leaves out what is as by default."""
    if dataclasses.is_dataclass(value) and not isinstance(value, Parsed):
        kept = [f for f in dataclasses.fields(value) if not (sparse and _is_default(f, value))]
        return {f.name: to_plain(getattr(value, f.name), sparse=sparse) for f in kept}
    if isinstance(value, Mapping):
        return {str(key): to_plain(each, sparse=sparse) for key, each in value.items()}
    if isinstance(value, tuple):
        return [to_plain(each, sparse=sparse) for each in value]
    return str(value) if isinstance(value, Parsed) else value


def to_json(value: Any, *, indent: int | None = None) -> bytes:
    """Return the file that says `value`, with a line's end."""
    return json.dumps(to_plain(value), indent=indent, separators=None if indent else (",", ":")).encode() + b"\n"  # fmt: skip


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    made = field.default_factory
    default = field.default if made is dataclasses.MISSING else made()
    return bool(getattr(value, field.name) == default)


@lru_cache(maxsize=64)
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    """Return each field's type, and whether it must be there."""
    hints = get_type_hints(kind, include_extras=True)
    missing = dataclasses.MISSING
    return {
        f.name: (hints[f.name], f.default is missing and f.default_factory is missing)
        for f in dataclasses.fields(kind)
    }


def _made(hint: Any, value: Any, path: Path, wrong: list[Misfit]) -> Any:
    """Return `value` as `hint` says; where it does not fit, add why to `wrong`."""
    if reader := _READERS.get(get_origin(hint)):
        return reader(get_args(hint), value, path, wrong)
    if dataclasses.is_dataclass(hint) and not issubclass(hint, Parsed):  # type: ignore[arg-type]
        return _record(hint, value, path, wrong)  # type: ignore[arg-type]
    return _single(hint, value, path, wrong)


def _optional(arguments: tuple[Any, ...], value: Any, path: Path, wrong: list[Misfit]) -> Any:
    return None if value is None else _made(arguments[0], value, path, wrong)


def _chosen(arguments: tuple[Any, ...], value: Any, path: Path, wrong: list[Misfit]) -> Any:
    if value in arguments and type(value) is type(arguments[0]):
        return value
    allowed = ", ".join(map(str, arguments))
    return _not(wrong, path, value, f"is none of {allowed}", f"write one of {allowed}")


def _list(arguments: tuple[Any, ...], value: Any, path: Path, wrong: list[Misfit]) -> Any:
    if not isinstance(value, list):
        return _not(wrong, path, value, "is not a list", "write a list")
    return tuple(_made(arguments[0], one, (*path, n), wrong) for n, one in enumerate(value))


def _narrowed(arguments: tuple[Any, ...], value: Any, path: Path, wrong: list[Misfit]) -> Any:
    before = len(wrong)
    made = _made(arguments[0], value, path, wrong)
    for limit in arguments[1:] if len(wrong) == before else ():
        if against := limit.against(made):
            _not(wrong, path, value, against, against.replace("must be", "write"))
    return made


def _table(arguments: tuple[Any, ...], value: Any, path: Path, wrong: list[Misfit]) -> Any:
    if not isinstance(value, dict):
        return _not(wrong, path, value, "is not a table", "write `name: value` lines")
    return {
        _made(arguments[0], key, (*path, key), wrong): _made(arguments[1], v, (*path, key), wrong)
        for key, v in value.items()
    }


_READERS: dict[Any, Any] = {
    Annotated: _narrowed, UnionType: _optional, Union: _optional, Literal: _chosen, tuple: _list, dict: _table
}  # fmt: skip


def _record(kind: type, value: Any, path: Path, wrong: list[Misfit]) -> Any:
    if not isinstance(value, dict):
        return _not(wrong, path, value, "is not a table", "write `name: value` lines")
    fields, before, made = _fields(kind), len(wrong), {}
    for key in value.keys() - fields.keys():
        _not(
            wrong, (*path, str(key)), _MISSING, "is no setting here", _meant(str(key), list(fields))
        )
    for name, (hint, is_needed) in fields.items():
        if name in value:
            made[name] = _made(hint, value[name], (*path, name), wrong)
        elif is_needed:
            _not(wrong, (*path, name), _MISSING, "is missing", f"write {name}")
    return kind(**made) if len(wrong) == before else None


def _single(hint: Any, value: Any, path: Path, wrong: list[Misfit]) -> Any:
    if issubclass(hint, Parsed):
        try:
            if isinstance(value, str):
                return hint.parse(value)
            return _not(wrong, path, value, "is not text", f"write {hint.EXAMPLE}")
        except ValueError as error:
            near = hint.nearest(value)
            remedy = f"write {near}" if near else f"write, for example, {hint.EXAMPLE}"
            return _not(wrong, path, value, str(error), remedy)
    if type(value) is hint:
        return value
    return _not(wrong, path, value, f"is not {_WORDS[hint]}", f"write {_WORDS[hint]}")


def _not(wrong: list[Misfit], path: Path, value: object, why: str, remedy: str) -> None:
    wrong.append(Misfit(path, why, remedy, "" if value is _MISSING else _shown(value)))


def _meant(key: str, known: list[str]) -> str:
    import difflib  # noqa: PLC0415 - hardly ever needed

    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
