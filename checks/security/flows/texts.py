"""Texts that a program puts together from constants, as far as they can be told without running it. Pure."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
from collections.abc import Callable, Sequence
from functools import lru_cache

from checks.security.flows.marks import (
    GUIDING_PATHS,
    METADATA,
    SECRET_COMMANDS,
    SECRET_PATHS,
    SECRET_WORDS,
    START_PATHS,
    Kind,
)

UNKNOWN = "{}"
_LONGEST = 2_000
_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64.b64decode": base64.b64decode,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode,
    "base64.standard_b64decode": base64.b64decode,
    "base64.b32decode": base64.b32decode,
    "base64.b16decode": base64.b16decode,
    "base64.b85decode": base64.b85decode,
    "base64.a85decode": base64.a85decode,
    "base64.decodebytes": base64.decodebytes,
    "binascii.unhexlify": binascii.unhexlify,
    "binascii.a2b_base64": binascii.a2b_base64,
    "binascii.a2b_hex": binascii.unhexlify,
}
_SAME_TEXT = {"encode", "decode", "strip", "lstrip", "rstrip", "lower", "expanduser", "resolve",
              "absolute", "as_posix", "format", "casefold", "expandvars", "__str__"}  # fmt: skip


@lru_cache(maxsize=16_384)
def kinds_in(text: str) -> tuple[tuple[Kind, str], ...]:
    """Return what a text names: files with keys, places that start programs, a metadata address."""
    found: list[tuple[Kind, str]] = []
    # Asking every pattern at every place of every text was a quarter of following a package's values.
    folded = text.casefold()
    if any(word in folded for word in SECRET_WORDS):
        found += [("secret-path", whose) for whose, pattern in SECRET_PATHS if pattern.search(text)]
    if METADATA.search(text):
        found.append(("metadata", "the cloud machine's keys"))
    if START_PATHS.search(text):
        found.append(("start-path", "a place from which programs start"))
    if GUIDING_PATHS.search(text):
        found.append(
            ("guiding-path", "a place from which programs start, or assistants are guided")
        )
    return tuple(found)


def asks_for_login(command: str) -> bool:
    """Return whether a command prints somebody's login."""
    return bool(SECRET_COMMANDS.search(command))


def cut(text: str) -> str:
    """Return at most as much of a text as is looked at."""
    return text[:_LONGEST]


def joined_path(parts: Sequence[str]) -> str:
    """Return the path that parts make, with `~` for the home directory."""
    return cut(
        "/".join(
            part.strip("/") if number else part.rstrip("/") for number, part in enumerate(parts)
        )
    )


def unwrapped(name: str, arguments: Sequence[str]) -> str:
    """Return what a decoder makes of a constant, or UNKNOWN."""
    text = arguments[0] if arguments else UNKNOWN
    if not text or UNKNOWN in text:
        return UNKNOWN
    try:
        if name in _DECODERS:
            return _DECODERS[name](text.encode()).decode("utf-8")
        if name.endswith(".fromhex"):
            return bytes.fromhex(text).decode("utf-8")
        if name == "codecs.decode" and len(arguments) > 1 and arguments[1] in ("rot13", "rot_13"):
            return codecs.decode(text, "rot13")
    except (ValueError, UnicodeError):
        return UNKNOWN
    return UNKNOWN


def sliced(text: str, part: ast.expr) -> str:
    """Return a text backwards for `[::-1]`, and as it is for any other slice."""
    if isinstance(part, ast.Slice) and part.step is not None and ast.unparse(part.step) == "-1":
        return text[::-1]
    return text


def method_text(method: str, receiver: str, arguments: Sequence[str], items: Sequence[str]) -> str:
    """Return what a method of a text or path makes, or UNKNOWN.

    Args:
        items: the elements of the first argument where it is a list of constants.
    """
    if method in _SAME_TEXT:
        return receiver
    if method in ("joinpath", "with_name", "with_suffix", "glob", "rglob", "get") and arguments:
        return joined_path([receiver, *arguments])
    if method == "join" and items:
        return cut(receiver.join(items))
    if method == "replace" and len(arguments) == 2 and UNKNOWN not in receiver:
        return receiver.replace(arguments[0], arguments[1])
    return UNKNOWN
