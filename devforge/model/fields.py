"""Frozen dataclasses from JSON's plain values: strictly, and read by what their fields say.

For what a user's machine reads at every command, its own files and the index's documents: pydantic,
which reads what people write for the registry, takes longer to begin than a whole command may.

A field's type is text, a number, a switch, a moment, a `Literal`, a class with `parse`, one of these
dataclasses, or a tuple or dict of such; `Within` and `Shaped` narrow it, `Told` makes it fit to be shown. A key that is no field is
refused; in what is `Open` it is ignored. `plain.py` is the way back.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from devforge.model.parsed import Parsed
from devforge.model.plaintext import HIDDEN, shorten

T = TypeVar("T")
_UNTOLD = re.compile(f"{HIDDEN.pattern}|[\t\n\r]")
Path = tuple[str | int, ...]
_Reader = Callable[[Any], Any]


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class Open:
    """Keys it does not know are ignored: whoever wrote it may be newer."""

    __slots__ = ()

    @classmethod
    def unfolded(cls, said: dict[str, Any]) -> dict[str, Any]:
        """Return `said` with everything where the fields have it. Raises ValueError where that is not to be had."""
        return said


@dataclass(frozen=True, slots=True)
class Within:
    """The least and the greatest of a number, or of how many there are."""

    low: int
    high: int

    def against(self, value: Any) -> str:
        count = value if isinstance(value, int) else len(value)
        return "" if self.low <= count <= self.high else f"must be {self.low:,} to {self.high:,}"


@dataclass(frozen=True, slots=True)
class Shaped:
    """What text has to look like, and how to say so."""

    pattern: str
    meaning: str

    def against(self, value: str) -> str:
        return "" if _compiled(self.pattern).fullmatch(value) else f"must be {self.meaning}"


@dataclass(frozen=True, slots=True)
class Told:
    """Text that is shown as it is: on one line, at most so long, with what is hidden in it written out."""

    width: int

    def made_of(self, text: str) -> str:
        if len(text) <= self.width and not _UNTOLD.search(text):
            return text
        return shorten(text, self.width)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What stands for a value that cannot be read, where the rest must not be lost with it."""

    value: Any


Digest = Annotated[str, Shaped("[0-9a-f]{64}", "a SHA-256 digest, 64 hexadecimal digits")]
Count = Annotated[int, Within(0, 2**53)]


@dataclass(frozen=True, slots=True)
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
        super().__init__(*misfits)

    def __str__(self) -> str:
        first = self.misfits[0]
        where = ".".join(_printable(str(part)) for part in first.path)
        return f"{where}: {first.found}" if where else first.found

    def below(self, part: Any) -> Iterable[Misfit]:
        """Return them as they are of what `part` is in."""
        return (replace(misfit, path=(part, *misfit.path)) for misfit in self.misfits)


def from_json(kind: type[T], content: bytes) -> T:
    """Return the JSON in `content` as a `kind`. Raises Misfits with all that is wrong."""
    try:
        value = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise Misfits(Misfit((), f"not JSON: {error}", "write JSON")) from error
    return from_plain(kind, value)


def from_plain(kind: type[T], value: object) -> T:
    """Return plain values as a `kind`. Raises Misfits with all that is wrong."""
    return _reader(kind)(value)  # type: ignore[no-any-return]


def _made(hint: Any) -> _Reader:
    """Return what reads a value as `hint` says; it raises Misfits."""
    if maker := _MAKERS.get(get_origin(hint)):
        return maker(get_args(hint))
    if issubclass(hint, Parsed):
        return _parsing(hint)
    return _record(hint) if is_dataclass(hint) else _SINGLES[hint]


_reader: Callable[[Any], _Reader] = lru_cache(maxsize=512)(_made)


def _optional(arguments: tuple[Any, ...]) -> _Reader:
    inner = _reader(arguments[0])
    return lambda value: None if value is None else inner(value)


def _chosen(arguments: tuple[Any, ...]) -> _Reader:
    kind, allowed = type(arguments[0]), ", ".join(map(str, arguments))

    def read(value: Any) -> Any:
        if type(value) is kind and value in arguments:
            return value
        raise _misfit(value, f"is none of {allowed}", f"write one of {allowed}")

    return read


def _list(arguments: tuple[Any, ...]) -> _Reader:
    if arguments[-1] is not Ellipsis:
        return _row(arguments)
    inner = _reader(arguments[0])

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise _misfit(value, "is not a list", "write a list")
        try:
            return tuple([inner(one) for one in value])
        except Misfits:
            raise _all_of((inner, n, one) for n, one in enumerate(value)) from None

    return read


def _row(arguments: tuple[Any, ...]) -> _Reader:
    inner = [_reader(argument) for argument in arguments]

    def read(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(inner):
            raise _misfit(value, f"is not a list of {len(inner)}", f"write a list of {len(inner)}")
        try:
            return tuple([each(one) for each, one in zip(inner, value, strict=True)])
        except Misfits:
            raise _all_of(zip(inner, range(len(value)), value, strict=True)) from None

    return read


def _table(arguments: tuple[Any, ...]) -> _Reader:
    name, inner = _reader(arguments[0]), _reader(arguments[1])

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _misfit(value, "is not a table", "write `name: value` lines")
        try:
            return {name(key): inner(one) for key, one in value.items()}
        except Misfits:
            names = ((name, key, key) for key in value)
            raise _all_of([*names, *((inner, key, one) for key, one in value.items())]) from None

    return read


def _narrowed(arguments: tuple[Any, ...]) -> _Reader:
    inner, limits = _reader(arguments[0]), arguments[1:]
    if isinstance(limits[0], Otherwise):
        return partial(_or_otherwise, inner, limits[0].value)
    if isinstance(limits[0], Told):
        made_of = limits[0].made_of
        return lambda value: made_of(inner(value))

    judges = [limit.against for limit in limits]

    def read(value: Any) -> Any:
        made = inner(value)
        for judge in judges:
            if against := judge(made):
                raise _misfit(value, against, against.replace("must be", "write"))
        return made

    return read


def _or_otherwise(inner: _Reader, otherwise: Any, value: Any) -> Any:
    try:
        return inner(value)
    except Misfits:
        return otherwise


def _record(kind: Any) -> _Reader:
    hints = get_type_hints(kind, include_extras=True)
    read_by = {f.name: _reader(hints[f.name]) for f in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    is_open = issubclass(kind, Open)
    unfolded = kind.unfolded if is_open and "unfolded" in vars(kind) else None
    make = _maker(kind, read_by)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _misfit(value, "is not a table", "write `name: value` lines")
        try:
            value = unfolded(value) if unfolded else value
            if needed <= value.keys() and (is_open or value.keys() <= read_by.keys()):
                return make(value)
        except Misfits:
            pass
        except ValueError as error:
            raise Misfits(Misfit((), str(error), "write it as it is meant")) from error
        wrong = [_stray(key, read_by) for key in value if not is_open and key not in read_by]
        wrong += [Misfit((name,), "is missing", f"write {name}") for name in read_by if name in needed and name not in value]  # fmt: skip
        read = _all_of((each, name, value[name]) for name, each in read_by.items() if name in value)
        raise Misfits(*wrong, *read.misfits)

    return read


def _maker(kind: Any, read_by: Mapping[str, _Reader]) -> _Reader:
    """Return what makes a `kind` of a table that has all it needs, as its own `__init__` would.

    Field by field into its slots, which takes half the time: an index is a hundred thousand of them.
    """
    new, check = object.__new__, getattr(kind, "__post_init__", None)
    parts = [
        (f.name, read_by[f.name], getattr(kind, f.name).__set__, f.default, f.default_factory)
        for f in fields(kind)
    ]

    def make(value: Mapping[str, Any]) -> Any:
        made = new(kind)
        for name, read, put, default, factory in parts:
            if name in value:
                put(made, read(value[name]))
            else:
                put(made, default if factory is MISSING else factory())
        if check:
            check(made)
        return made

    return make


def _all_of(parts: Iterable[tuple[_Reader, Any, Any]]) -> Misfits:
    """Return everything that is wrong with values, each with its reader and its place."""
    wrong: list[Misfit] = []
    for read, part, value in parts:
        try:
            read(value)
        except Misfits as error:
            wrong += error.below(part)
    return Misfits(*wrong)


def _parsing(kind: type[Parsed]) -> _Reader:
    parse = kind.parse

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise _misfit(value, "is not text", f"write {kind.EXAMPLE}")
        try:
            return parse(value)
        except ValueError as error:
            near = kind.nearest(value)
            remedy = f"write {near}" if near else f"write, for example, {kind.EXAMPLE}"
            raise _misfit(value, str(error), remedy) from None

    return read


def _text(value: Any) -> Any:
    if isinstance(value, str) and (value.isascii() or _is_whole(value)):
        return value
    raise _misfit(value, "is not text", "write text")


def _is_whole(text: str) -> bool:
    """Whether it can be written anywhere: JSON may hold the halves of a character."""
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def _exactly(kind: type, words: str) -> _Reader:
    def read(value: Any) -> Any:
        if type(value) is kind:
            return value
        raise _misfit(value, f"is not {words}", f"write {words}")

    return read


def _number(value: Any) -> Any:
    if type(value) in (int, float) and math.isfinite(value):
        return float(value)
    raise _misfit(value, "is not a number", "write a number")


def _moment(value: Any) -> Any:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    raise _misfit(value, "is not a moment", "write one such as 2026-11-23T09:00:00Z")


_MAKERS: dict[Any, Callable[[tuple[Any, ...]], _Reader]] = {
    Annotated: _narrowed, UnionType: _optional, Union: _optional, Literal: _chosen, tuple: _list, dict: _table
}  # fmt: skip
_SINGLES: dict[Any, _Reader] = {
    str: _text, float: _number, datetime: _moment,
    int: _exactly(int, "a whole number"), bool: _exactly(bool, "true or false"),
}  # fmt: skip


def _stray(key: Any, known: Iterable[str]) -> Misfit:
    import difflib  # noqa: PLC0415 - hardly ever needed

    near = difflib.get_close_matches(str(key), known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return Misfit((str(key),), "is no setting here", meant)


def _misfit(value: object, why: str, remedy: str) -> Misfits:
    return Misfits(Misfit((), why, remedy, _shown(value)))


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _printable(part: str) -> str:
    return part if part.isprintable() and len(part) <= 60 else _shown(part)
