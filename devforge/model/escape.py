"""A stranger's text made fit for a comment, a terminal or a link: shown as it is, doing nothing. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:=>])")
_JOINER = "\u2060"  # invisible; keeps GitHub from seeing a name, a number or an address
_NAMED = re.compile(r"@(?=[A-Za-z0-9])|#(?=\d)|(?<=\b[Gg][Hh])-(?=\d)|(?<=:)(?=//)|(?<=\bwww)\.")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def plain(text: str, limit: int = 600) -> str:
    """Return `text` on one line, what cannot be seen written as `<U+202E>`, at most `limit` long."""
    line = " ".join(text.split())
    seen = "".join(c if _is_visible(c) else f"<U+{ord(c):04X}>" for c in line)
    return seen if len(seen) <= limit else f"{seen[: limit - 1]}…"


def markdown(text: str, limit: int = 600) -> str:
    """Return `text` so that GitHub shows exactly it: no mention, link, image, HTML or fence."""
    return _escaped(plain(text, limit))


def prose(text: str, limit: int = 600) -> str:
    """As `markdown`, with what stands between two backticks shown as code."""
    parts = _CODE.split(plain(text, limit))
    return "".join(code(part, limit) if n % 2 else _escaped(part) for n, part in enumerate(parts))


def _escaped(line: str) -> str:
    shown = line.replace("&", "&amp;").replace("<", "&lt;")
    escaped = _SPECIAL.sub(r"\\\1", _NAMED.sub(lambda found: found[0] + _JOINER, shown))
    return escaped.replace(r"\.", ".").replace(r"\-", "-").replace(r"\:", ":").replace(r"\=", "=")


def code(text: str, limit: int = 200) -> str:
    """Return `text` as an inline code span that nothing in it can end. Not for tables."""
    shown = plain(text, limit)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{shown or ' '}{pad}{fence}"


def path_in_url(path: str) -> str:
    """Return `path` quoted for a URL; slashes stay."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def _is_visible(character: str) -> bool:
    if character == " ":
        return True
    # Variation selectors are marks to Unicode, and invisible carriers of data to everybody else.
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return False
    return unicodedata.category(character) not in _INVISIBLE
