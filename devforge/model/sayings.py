"""What each kind of refusal means to whoever wrote the file: what was found, and what to do. Pure.

One function for each of pydantic's error types that our models can meet, listed in `SAYINGS`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from pydantic_core import ErrorDetails

from devforge.model.base import MEANINGS
from devforge.model.document import Place
from devforge.model.kinds import example_of, keys_at, meaning_at, required_type
from devforge.model.parsed import Parsed
from devforge.model.plaintext import shorten

Said = tuple[str, str]  # problem, remedy
Say = Callable[[ErrorDetails, Place | None, object], Said]
_QUOTED = re.compile(r"'([^']*)'")


def closest(word: str, allowed: list[str]) -> str | None:
    """Return the member of `allowed` that `word` is most likely a misspelling of."""
    folded = {_fold(member): member for member in allowed}
    near = difflib.get_close_matches(_fold(word), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def _fold(word: str) -> str:
    return word.casefold().replace("-", "_").strip()


def found(value: object, place: Place | None = None) -> str:
    """Return a value as its author wrote it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if place and place.bare is not None:
        return shorten(place.bare) or "nothing"
    return f'"{shorten(value)}"' if isinstance(value, str) else shorten(str(value))


def _missing(detail: ErrorDetails, _place: Place | None, kind: object) -> Said:
    name, wanted = str(detail["loc"][-1]), required_type(kind, detail["loc"])
    example, meaning = example_of(wanted), meaning_at(kind, detail["loc"])
    if example == "…":
        told = meaning.partition("\n\n")[0].rstrip(".") or "…"
        return (
            "is missing",
            f"add {name}: {told if told[1:2].isupper() else told[:1].lower() + told[1:]}",
        )
    shown = f", for example {name}: {example}" if len(example) <= 80 else ""
    return "is missing", f"add {name}{shown}"


def _extra(detail: ErrorDetails, _place: Place | None, kind: object) -> Said:
    *parent, key = detail["loc"]
    allowed = keys_at(kind, tuple(parent))
    near = closest(str(key), allowed)
    start = f"write {near}" if near else "remove it"
    return "is not a key here", f"{start}; allowed are {', '.join(allowed)}"


def _text(detail: ErrorDetails, place: Place | None, kind: object) -> Said:
    value = detail["input"]
    if place and place.bare is not None and value is not None:
        read_as = str(value).lower() if isinstance(value, bool) else "a number"
        said = f"found {found(value, place)}, which YAML reads as {read_as}; must be text"
        wanted = required_type(kind, detail["loc"])
        is_parsed = isinstance(wanted, type) and issubclass(wanted, Parsed)
        near = wanted.nearest(place.bare) if is_parsed else None
        quoted = f'put it in quotes: "{shorten(place.bare)}"'
        return said, f"write {near}" if near and near != place.bare else quoted
    if value is None:
        return "found nothing; must be text", "write the value behind the colon"
    return f"found {found(value)}; must be text", "write one text in its place"


def _pattern(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    pattern, value = detail["ctx"]["pattern"], str(detail["input"])
    meaning = MEANINGS.get(pattern, f"text matching {pattern}")
    tidy = value.strip()
    tries = (tidy, tidy.lower(), tidy.upper(), re.sub(r"^(http:)?//", "https://", tidy))
    near = next((t for t in tries if re.fullmatch(pattern, t)), None)
    return _must(detail, place, meaning), f"write {near}" if near else f"write {meaning}"


def _parsed(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    allowed, near = detail["ctx"]["allowed"], detail["ctx"]["nearest"]
    said = f"found {found(detail['input'], place)}; {allowed}"
    return said, f"write {near}" if near else _change(allowed)


def _change(allowed: str) -> str:
    wanted = allowed.removeprefix("must be ").removeprefix("must ").partition("; ")[0]
    return f"write {wanted}" if allowed.startswith("must be ") else "correct it"


def _integer(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    value = detail["input"]
    digits = isinstance(value, str) and re.fullmatch(r"\s*[0-9][0-9_]*\s*", value)
    remedy = f"remove the quotes: {value.strip()}" if digits else "write it in decimal digits"
    return _must(detail, place, "a whole number"), remedy


def _boolean(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    return _must(detail, place, "true or false"), "write true or false, without quotes"


def _literal(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    expected = str(detail["ctx"]["expected"])
    allowed = _QUOTED.findall(expected)
    near = closest(str(detail["input"]), allowed) if isinstance(detail["input"], str) else None
    words = ", ".join(allowed) if allowed else expected
    remedy = f"write {near}" if near else "write one of them"
    return _must(detail, place, f"one of {words}"), remedy


def _number_bound(words: str, key: str) -> Say:
    def say(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
        wanted = f"{words} {detail['ctx'][key]}"
        return _must(detail, place, wanted), f"write a number that is {wanted}"

    return say


def _length_bound(words: str, key: str, unit: str, *, counted: bool) -> Say:
    def say(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
        limit, value = detail["ctx"][key], detail["input"]
        many = {"entry": "entries"}.get(unit, f"{unit}s")
        has = len(value) if isinstance(value, (str, list, dict)) else 0
        shown = f"{has or 'no'} {unit if has == 1 else many}"
        shown = shown if counted else f"{found(value, place)}, {shown}"
        remedy = "make it shorter" if words == "at most" else "write more"
        if counted:
            remedy = "remove some" if words == "at most" else "add one"
        return f"found {shown}; must be {words} {limit} {unit if limit == 1 else many}", remedy

    return say


def _list(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    value = detail["input"]
    lone = isinstance(value, (str, int, float)) and value != ""
    remedy = f"write it as a list: [{found(value, place)}]" if lone else "write a list, or []"
    return _must(detail, place, "a list"), remedy


def _mapping(detail: ErrorDetails, place: Place | None, kind: object) -> Said:
    keys = keys_at(kind, detail["loc"])
    if detail["input"] is None and not detail["loc"]:
        return "is empty", f"write key: value lines; keys are {', '.join(keys)}"
    remedy = f"write key: value lines; keys are {', '.join(keys)}" if keys else "write {key: value}"
    return _must(detail, place, "a mapping of keys to values"), remedy


def _moment(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    wanted = "a moment such as 2026-11-23T09:00:00Z"
    return _must(detail, place, wanted), f"write {wanted}"


def _value(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    said = detail["msg"].removeprefix("Value error, ")
    return f"found {found(detail['input'], place)}; {said}", _change(said)


def other(detail: ErrorDetails, place: Place | None, _kind: object) -> Said:
    said = detail["msg"][:1].lower() + detail["msg"][1:]
    return f"found {found(detail['input'], place)}; {said}", "correct the value"


def _must(detail: ErrorDetails, place: Place | None, wanted: str) -> str:
    return f"found {found(detail['input'], place)}; must be {wanted}"


SAYINGS: dict[str, Say] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _length_bound("at least", "min_length", "character", counted=False),
    "string_too_long": _length_bound("at most", "max_length", "character", counted=False),
    "too_short": _length_bound("at least", "min_length", "entry", counted=True),
    "too_long": _length_bound("at most", "max_length", "entry", counted=True),
    "parsed": _parsed,
    "int_type": _integer,
    "int_parsing": _integer,
    "int_from_float": _integer,
    "bool_type": _boolean,
    "bool_parsing": _boolean,
    "literal_error": _literal,
    "greater_than": _number_bound("above", "gt"),
    "greater_than_equal": _number_bound("at least", "ge"),
    "less_than": _number_bound("below", "lt"),
    "less_than_equal": _number_bound("at most", "le"),
    "tuple_type": _list,
    "list_type": _list,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "datetime_type": _moment,
    "datetime_parsing": _moment,
    "datetime_from_date_parsing": _moment,
    "timezone_aware": _moment,
    "value_error": _value,
}
