"""Bytes of a record to text, refusing what an editor would hide from whoever reads it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from devforge.model.problem import Problem

# Control characters, the line separators that only some programs break at, and the marks that
# make text read in another order than it is stored. Joiners stay: scripts and emoji need them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_UTF8_BOM, _UTF16_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_SHOWN = 10  # of one kind of character; the author mends the rest by the same means


def decode(content: bytes, *, file: str, limit_bytes: int) -> tuple[str, tuple[Problem, ...]]:
    """Return the text and what is wrong with it; text with problems must not be parsed further."""
    if len(content) > limit_bytes:
        return "", (too_large(len(content), file=file, limit_bytes=limit_bytes),)
    if content.startswith(_UTF16_BOMS):
        return "", (Problem(file, "is written in UTF-16", "save it as UTF-8", 1),)
    try:
        text = content.removeprefix(_UTF8_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02x} is not valid UTF-8"
        return "", (Problem(file, found, "save the file as UTF-8", line),)
    return text, tuple(_hidden(text, file))


def too_large(length: int, *, file: str, limit_bytes: int) -> Problem:
    """Return the problem of a file that is refused by its size alone, without being read."""
    return Problem(
        file, f"is {length:,} bytes, at most {limit_bytes:,} are read", "make it smaller"
    )


def shorten(text: str, width: int = 60) -> str:
    """Return `text` on one line, at most `width` characters, with hidden ones written out."""
    if len(text) <= width and text.isascii() and text.isprintable():
        return text  # nearly always
    line = "".join(_visible(char) for char in text[: width + 1])
    return line if len(line) <= width else line[: width - 1] + "…"


def _hidden(text: str, file: str) -> Iterator[Problem]:
    for count, match in enumerate(HIDDEN.finditer(text)):
        if count == _SHOWN:
            return
        line = text.count("\n", 0, match.start()) + 1
        found = f"holds the invisible character U+{ord(match[0]):04X}"
        yield Problem(file, found, "remove it; retyping the line is easiest", line)


def _visible(char: str) -> str:
    if char in "\r\n\t":
        return {"\r": "\\r", "\n": "\\n", "\t": "\\t"}[char]
    if HIDDEN.match(char) or not char.isprintable():
        return f"\\u{ord(char):04x}"
    return char
