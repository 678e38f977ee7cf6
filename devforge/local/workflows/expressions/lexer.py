"""Cut an expression into tokens. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from devforge.local.workflows.expressions.errors import BadExpression
from devforge.local.workflows.expressions.numbers import number_of_text
from devforge.local.workflows.expressions.values import Value

MAX_LENGTH = 21_000

Kind = Literal["symbol", "literal", "name", "end"]
_BLANK = " \r\t\n"
_SYMBOLS = ("!=", "==", ">=", "<=", "&&", "||", "(", ")", "[", "]", ",", "!", ">", "<", "*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_BOUNDARY = r"(\[)\],.!><=&|\s"
_WORD = re.compile(rf"[^{_BOUNDARY}]+")
_NUMBER = re.compile(rf"[^{_BOUNDARY.replace('.', '')}]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KEYWORDS: dict[str, Value] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": math.nan,
    "Infinity": math.inf,
}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `value` is a literal's value and nothing for the other kinds."""

    kind: Kind
    text: str
    position: int
    value: Value = None


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of `text`, the last of them the end.

    Raises:
        BadExpression: at the first character that begins no token, or past 21,000 characters.
    """
    if len(text) > MAX_LENGTH:
        raise BadExpression(f"the expression has {len(text)} characters; {MAX_LENGTH} are allowed")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] in _BLANK:
            position += 1
            continue
        token = _next(text, position, tokens[-1] if tokens else None)
        tokens.append(token)
        position += len(token.text)
    return [*tokens, Token("end", "", position)]


def _next(text: str, at: int, before: Token | None) -> Token:
    first = text[at]
    if first == "'":
        return _string(text, at)
    if first == "." and _may_dereference(before):
        return Token("symbol", ".", at)
    if first in "+-." or "0" <= first <= "9":
        return _number(text, at)
    for symbol in _SYMBOLS:
        if text.startswith(symbol, at):
            return Token("symbol", symbol, at)
    return _word(text, at, after_dot=before is not None and before.text == ".")


def _may_dereference(before: Token | None) -> bool:
    if before is None:
        return False
    return before.kind == "name" or (before.kind == "symbol" and before.text in {")", "]", "*"})


def _string(text: str, at: int) -> Token:
    found = _STRING.match(text, at)
    if found is None:
        raise _unexpected(text[at:], at, "this string has no closing quote")
    return Token("literal", found[0], at, found[0][1:-1].replace("''", "'"))


def _number(text: str, at: int) -> Token:
    found = _NUMBER.match(text, at)
    spelled = found[0] if found else text[at]
    number = number_of_text(spelled)
    if math.isnan(number):
        raise _unexpected(spelled, at, "this is no number")
    return Token("literal", spelled, at, number)


def _word(text: str, at: int, *, after_dot: bool) -> Token:
    found = _WORD.match(text, at)
    word = found[0] if found else text[at]
    if _NAME.fullmatch(word) is None:
        raise _unexpected(
            word, at, "texts stand in single quotes, names hold letters, digits, - and _"
        )
    if word in _KEYWORDS and not after_dot:
        return Token("literal", word, at, _KEYWORDS[word])
    return Token("name", word, at)


def _unexpected(what: str, at: int, remedy: str) -> BadExpression:
    return BadExpression(f"unexpected symbol {what[:60]!r} at position {at + 1}: {remedy}")


def calls_in(tokens: list[Token]) -> Iterator[str]:
    """Yield the name of every function called, in lower case."""
    for name, after in pairwise(tokens):
        if name.kind == "name" and after.text == "(":
            yield name.text.lower()
