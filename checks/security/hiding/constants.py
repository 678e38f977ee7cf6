"""Works out what expressions of JavaScript yield that are made of constants alone, without running them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checks.security.hiding.made import LONGEST, Value, applied, called, unescaped

_STRING = re.compile(
    r"\"((?:[^\"\\\n]|\\.){0,400})\"|'((?:[^'\\\n]|\\.){0,400})'|`((?:[^`\\$]|\\.){0,400})`"
)
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")
_NAME = re.compile(
    r"[A-Za-z_$][\w$]*(?:\s*\.\s*[A-Za-z_$][\w$]*)*?(?=\s*(?:[+,;)\]}\[\n]|\.\s*(?:join|concat|reverse|slice|split|map|replace|toLowerCase|toUpperCase|trim|toString)\s*\(|$))"
)
_METHOD = re.compile(
    r"\s*(?:!\s*)?\.\s*(join|concat|reverse|split|toString|toLowerCase|toUpperCase|trim|replace|replaceAll|slice)\s*\(\s*"
)
_CALL = re.compile(
    r"(String\.from(?:CharCode|CodePoint)|atob|Buffer\.from|decodeURIComponent|unescape)\s*\(\s*"
)
_DECLARED = re.compile(
    r"\b(?:const|let|var|static|readonly)\s+([A-Za-z_$][\w$]*)(?:\s*:[^=;\n]{1,40})?\s*=\s*"
)
_MEMBER = re.compile(r"[{,]\s*[\"']?([A-Za-z_$][\w$]*)[\"']?\s*:\s*")
_MOST_NAMES = 500
_DEEPEST = 6


def constants_of(text: str) -> dict[str, Value]:
    """Return the constants that names stand for, and the members of tables of constants by their dotted names."""
    found: dict[str, Value] = {}
    for declared, _ in zip(_DECLARED.finditer(text), range(_MOST_NAMES), strict=False):
        if text[declared.end() : declared.end() + 1] == "{":
            end = text.find("}", declared.end())
            for member in _MEMBER.finditer(text, declared.end(), max(end, declared.end())):
                _keep(found, f"{declared[1]}.{member[1]}", text, member.end())
        else:
            _keep(found, declared[1], text, declared.end())
    return found


def _keep(found: dict[str, Value], name: str, text: str, at: int) -> None:
    answer = _sum(text, at, found, 0)
    if answer is not None:
        found.setdefault(name, answer[0])


def worked_out(text: str, at: int, constants: Mapping[str, Value]) -> tuple[str, int] | None:
    """Return the text that the expression beginning at `at` yields and where it ends, if it is made of constants."""
    answer = _sum(text, at, constants, 0)
    return (answer[0], answer[1]) if answer is not None and isinstance(answer[0], str) else None


_Answer = tuple[Value, int] | None


def _sum(text: str, at: int, known: Mapping[str, Value], depth: int) -> _Answer:
    answer = _part(text, at, known, depth)
    while answer is not None:
        value, end = answer
        plus = re.compile(r"\s*\+(?![+=])\s*").match(text, end)
        if plus is None:
            return answer
        other = _part(text, plus.end(), known, depth)
        if other is None or isinstance(value, list) or isinstance(other[0], list):
            return None
        joined: Value = (
            value + other[0]
            if isinstance(value, int) and isinstance(other[0], int)
            else f"{value}{other[0]}"[:LONGEST]
        )
        answer = joined, other[1]
    return None


def _part(text: str, at: int, known: Mapping[str, Value], depth: int) -> _Answer:
    """One operand with the methods that are called on it."""
    answer = _operand(text, at, known, depth) if depth < _DEEPEST else None
    while answer is not None:
        value, end = answer
        if (method := _METHOD.match(text, end)) is not None:
            given = _given(text, method.end(), known, depth)
            made = applied(method[1], value, given[0]) if given else None
            answer = (made, given[1]) if given and made is not None else None
        elif text[end : end + 1] == "[" and isinstance(value, list):
            index = _sum(text, end + 1, known, depth + 1)
            good = index and isinstance(index[0], int) and 0 <= index[0] < len(value)
            if not (
                index
                and good
                and isinstance(index[0], int)
                and text[index[1] : index[1] + 1] == "]"
            ):
                return None
            answer = value[index[0]], index[1] + 1
        else:
            return answer
    return None


def _operand(text: str, at: int, known: Mapping[str, Value], depth: int) -> _Answer:
    for read in (_written, _nested, _decoded, _named):
        if (answer := read(text, at, known, depth)) is not None:
            return answer
    return None


def _written(text: str, at: int, _known: Mapping[str, Value], _depth: int) -> _Answer:
    """A text or a number that stands there."""
    if found := _STRING.match(text, at):
        return unescaped(found[1] or found[2] or found[3] or ""), found.end()
    found = _NUMBER.match(text, at)
    return (int(found[0], 16 if found[0].startswith("0x") else 10), found.end()) if found else None


def _nested(text: str, at: int, known: Mapping[str, Value], depth: int) -> _Answer:
    """A list, or an expression in parentheses."""
    if text[at : at + 1] == "[":
        return _between(text, at + 1, "]", known, depth)
    inner = _sum(text, at + 1, known, depth + 1) if text[at : at + 1] == "(" else None
    return (inner[0], inner[1] + 1) if inner and text[inner[1] : inner[1] + 1] == ")" else None


def _decoded(text: str, at: int, known: Mapping[str, Value], depth: int) -> _Answer:
    """What a function of the platform makes of constants."""
    found = _CALL.match(text, at)
    given = _between(text, found.end(), ")", known, depth) if found else None
    made = called(found[1], given[0]) if found and given and isinstance(given[0], list) else None
    return (made, given[1]) if given and made is not None else None


def _named(text: str, at: int, known: Mapping[str, Value], _depth: int) -> _Answer:
    """What a name stands for."""
    found = _NAME.match(text, at)
    value = known.get(re.sub(r"\s", "", found[0])) if found else None
    return (value, found.end()) if found and value is not None else None


def _between(text: str, at: int, last: str, known: Mapping[str, Value], depth: int) -> _Answer:
    """Constants with commas between them, up to `last`."""
    values: list[Value] = []
    space = re.compile(r"\s*,?\s*")
    while len(values) < LONGEST:
        at = space.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if text[at : at + 1] == last:
            return values, at + 1
        answer = _sum(text, at, known, depth + 1)
        if answer is None:
            return None
        values.append(answer[0])
        at = answer[1]
    return None


def _given(
    text: str, at: int, known: Mapping[str, Value], depth: int
) -> tuple[list[Value], int] | None:
    pattern = re.compile(r"/(\W|\[[^\]\n]+\])/g?\s*,\s*").match(text, at)
    start = pattern.end() if pattern else at
    answer = _between(text, start, ")", known, depth)
    if answer is None or not isinstance(answer[0], list):
        return None
    return ([pattern[1], *answer[0]] if pattern else answer[0]), answer[1]
