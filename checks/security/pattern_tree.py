"""Regular expressions as trees, for what Python's and JavaScript's have in common. Pure.

A set of characters is a number whose bits are the characters of ASCII and three more, which stand for
every other letter, every other space and every other character. What only looks (anchors, look-arounds,
back references) is an `Assertion`: it takes no character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTER, _SPACE, _OTHER = 1 << 128, 1 << 129, 1 << 130
ANY = (1 << 131) - 1
_LINE = 1 << 10


def _set(characters: str) -> int:
    return sum(1 << ord(character) for character in set(characters))


_DIGITS = _set("0123456789")
_WORD = _set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") | _DIGITS | _LETTER
_BLANK = _set(" \t\n\r\f\v") | _SPACE
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _BLANK}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_TIMES = re.compile(r"\{(\d*)(,?)(\d*)\}")
_CODE = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|U([0-9a-fA-F]{8})")
_OPENING = re.compile(r"\?(?:(?P<look><?[=!])|:|P?<\w+>|(?P<odd>.))")


class NotRead(ValueError):
    """The pattern holds something that is not followed here."""


@dataclass(frozen=True, slots=True)
class Characters:
    members: int


@dataclass(frozen=True, slots=True)
class Assertion:
    pass


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    ways: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    body: Node
    least: int
    most: int | None  # None: without end


Node = Characters | Assertion | Sequence | Choice | Repeat


def read_pattern(text: str) -> Node:
    """Return the tree of a pattern.

    Raises:
        NotRead: it is broken, or holds conditions, atomic groups or switches in its middle.
    """
    reader = _Reader(text)
    node = reader.choice()
    if reader.at < len(text):
        raise NotRead(text[reader.at :])
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def choice(self) -> Node:
        ways = [self.sequence()]
        while self._skip("|"):
            ways.append(self.sequence())
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._repeated(self._single()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, node: Node) -> Node:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self._skip(sign):
                return self._once(Repeat(node, least, most))
        times = _TIMES.match(self.text, self.at)
        if times and (times[1] or times[3]):
            self.at = times.end()
            least = int(times[1] or 0)
            most = int(times[3]) if times[3] else None if times[2] else least
            return self._once(Repeat(node, least, most))
        return node

    def _once(self, node: Node) -> Node:
        """A quantifier may be lazy, which tries the same ways in another order."""
        self._skip("?")
        if self.at < len(self.text) and self.text[self.at] in "*+":
            raise NotRead("possessive")
        return node

    def _single(self) -> Node:
        sign = self._next()
        if sign == "(":
            return self._group()
        if sign == "[":
            return Characters(self._members())
        if sign == ".":
            return Characters(ANY & ~_LINE)
        if sign in "^$":
            return Assertion()
        if sign == "\\":
            return self._escape()
        return Characters(_one(sign))

    def _group(self) -> Node:
        looks = False
        if self.text.startswith("?", self.at):
            opening = _OPENING.match(self.text, self.at)
            if opening is None or opening["odd"]:
                raise NotRead("a group of an odd kind")
            looks, self.at = bool(opening["look"]), opening.end()
        node = self.choice()
        if not self._skip(")"):
            raise NotRead("a group without an end")
        return Assertion() if looks else node

    def _escape(self) -> Node:
        sign = self._next()
        if sign in "bBAZzG" or (sign.isdigit() and sign != "0"):
            return Assertion()
        if sign in "pP" and self._skip("{"):
            self.at = self.text.find("}", self.at) + 1 or len(self.text)
            return Characters(ANY)
        return Characters(self._escaped(sign))

    def _escaped(self, sign: str) -> int:
        if sign.lower() in _CLASSES:
            members = _CLASSES[sign.lower()]
            return members if sign.islower() else ANY & ~members
        if code := _CODE.match(self.text, self.at - 1):
            self.at = code.end()
            return _one(chr(min(int(next(filter(None, code.groups())), 16), 0x10FFFF)))
        return _one(_CONTROLS.get(sign, sign))

    def _members(self) -> int:
        negated, members = self._skip("^"), 0
        while not self._skip("]"):
            start = self._member()
            if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                members |= _range(start, self._member())
            members |= start
        return ANY & ~members if negated else members

    def _member(self) -> int:
        sign = self._next()
        if sign != "\\":
            return _one(sign)
        sign = self._next()
        return _one("\b") if sign == "b" else self._escaped(sign)

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise NotRead("it ends too soon")
        self.at += 1
        return self.text[self.at - 1]

    def _skip(self, sign: str) -> bool:
        found = self.text.startswith(sign, self.at)
        self.at += found
        return found


def _one(character: str) -> int:
    if ord(character) < 128:
        return 1 << ord(character)
    if character.isspace():
        return _SPACE
    return _LETTER if character.isalnum() else _OTHER


def _range(first: int, last: int) -> int:
    """Return all characters from the one of `first` to the one of `last`."""
    if first > last:
        return first | last
    span = (last << 1) - first
    return span & ANY
