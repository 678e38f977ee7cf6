"""What methods and functions of JavaScript make of constants. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

Value = str | int | list["Value"]
LONGEST = 2_000
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL
)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def _split(text: str, given: list[str]) -> Value | None:
    if not given:
        return None
    return [*text] if given[0] == "" else [*text.split(given[0])]


def _replaced(text: str, given: list[str]) -> Value | None:
    return text.replace(given[0], given[1]) if len(given) == 2 else None


_OF_TEXTS: Mapping[str, Callable[[str, list[str]], Value | None]] = {
    "concat": lambda text, given: text + "".join(given),
    "split": _split,
    "replace": _replaced,
    "replaceAll": _replaced,
    "toString": lambda text, _: text,
    "trim": lambda text, _: text.strip(),
    "toLowerCase": lambda text, _: text.lower(),
    "toUpperCase": lambda text, _: text.upper(),
}


def applied(method: str, value: Value, given: list[Value]) -> Value | None:
    """Return what a method makes of a text or a list; None where that is not known."""
    if isinstance(value, list):
        if method == "join":
            return str(given[0] if given else ",").join(map(str, value))[:LONGEST]
        return value[::-1] if method == "reverse" else None
    if not isinstance(value, str) or method not in _OF_TEXTS:
        return None
    made = _OF_TEXTS[method](value, [*map(str, given)])
    return made[:LONGEST] if isinstance(made, str) else made


def called(name: str, given: list[Value]) -> Value | None:
    """Return what a function of the platform makes of what it is given; None where that is no text."""
    first = given[0] if given else ""
    try:
        if name.startswith("String"):
            return "".join(chr(code) for code in given if isinstance(code, int))
        if name == "atob":
            return base64.b64decode(str(first)).decode("latin-1")
        if name == "Buffer.from":
            return _bytes(first, str(given[1]) if len(given) > 1 else "utf8")
        return unquote(str(first))
    except (ValueError, binascii.Error, OverflowError):
        return None


def _bytes(first: Value, encoding: str) -> str | None:
    if isinstance(first, list):
        return bytes(code for code in first if isinstance(code, int)).decode("utf-8")
    if encoding in ("base64", "base64url"):
        return base64.urlsafe_b64decode(
            str(first).replace("+", "-").replace("/", "_") + "=="
        ).decode("utf-8")
    return bytes.fromhex(str(first)).decode("utf-8") if encoding == "hex" else str(first)


def unescaped(raw: str) -> str:
    """Return a text as it is meant, from as it is written."""
    return _ESCAPE.sub(_letter, raw) if "\\" in raw else raw


def _letter(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
    return _PLAIN.get(found[4], found[4])
