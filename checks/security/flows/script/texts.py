"""What methods of JavaScript make of texts and lists that are known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from checks.security.flows.texts import UNKNOWN, cut
from checks.security.flows.values import NOTHING, Value, union

_MOST_PARTS = 64
_SAME = (
    "toString", "trim", "toLowerCase", "toUpperCase", "valueOf", "flat", "values", "normalize", "filter", "slice",
    "toLocaleLowerCase", "at", "sort", "padStart", "substring", "trimEnd", "trimStart", "join", "split", "replace", "replaceAll",
)  # fmt: skip


def made(method: str, receiver: Value, arguments: Sequence[Value]) -> Value:
    """Return the text and the elements, if they are known, of what a method makes."""
    makes = _MAKERS.get(method)
    return makes(receiver, arguments) if makes else NOTHING


def _same(receiver: Value, _: Sequence[Value]) -> Value:
    return Value(text=receiver.text, items=receiver.items)


def _joined(receiver: Value, arguments: Sequence[Value]) -> Value:
    if not receiver.items:
        return _same(receiver, arguments)
    between = _text(arguments[0]) if arguments else ","
    return Value(text=cut(between.join(item.text for item in receiver.items)))


def _concatenated(receiver: Value, arguments: Sequence[Value]) -> Value:
    if not receiver.items:
        return Value(text=cut(receiver.text + "".join(map(_text, arguments))))
    items = (*receiver.items, *(i for a in arguments for i in (a.items or (a,))))[:_MOST_PARTS]
    return Value(union(items), cut(" ".join(item.text for item in items)), items)


def _reversed(receiver: Value, _: Sequence[Value]) -> Value:
    text = receiver.text
    return Value(text=text if text == UNKNOWN else text[::-1], items=receiver.items[::-1])


def _split(receiver: Value, arguments: Sequence[Value]) -> Value:
    between = _text(arguments[0]) if arguments else ""
    if not between or between == UNKNOWN or UNKNOWN in receiver.text:
        return _same(receiver, arguments)
    parts = receiver.text.split(between)[:_MOST_PARTS]
    items = tuple(Value(receiver.marks, part) for part in parts)
    return Value(text=receiver.text, items=items)


def _replaced(receiver: Value, arguments: Sequence[Value]) -> Value:
    if len(arguments) != 2 or UNKNOWN in receiver.text or not (old := _text(arguments[0])):
        return _same(receiver, arguments)
    return Value(text=cut(receiver.text.replace(old, _text(arguments[1]))))


def _text(value: Value) -> str:
    """Return the text of an argument: an empty one is as good as none."""
    return "" if value == NOTHING else value.text


_MAKERS: Mapping[str, Callable[[Value, Sequence[Value]], Value]] = {
    **dict.fromkeys(_SAME, _same),
    "join": _joined,
    "concat": _concatenated,
    "reverse": _reversed,
    "split": _split,
    "replace": _replaced,
    "replaceAll": _replaced,
}
