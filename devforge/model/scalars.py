"""What a bare word in YAML stands for. Pure.

As YAML 1.1 readers see it where they all agree, so that `country: NO` is found out instead of
becoming a country for us and `false` for the next program. Dates, and numbers that are not
written in decimal, stay text.
"""

from __future__ import annotations

import re

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {s: True for w in ("yes", "true", "on") for s in (w, w.title(), w.upper())}
_WORDS |= {s: False for w in ("no", "false", "off") for s in (w, w.title(), w.upper())}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_FRACTION = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_NUMERIC = frozenset("0123456789+-.")
_LONGEST = 400  # digits; what is longer is no number that anybody wrote


def resolve(text: str) -> str | int | float | bool | None:
    """Return the value of the bare (unquoted) word `text`."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC or len(text) > _LONGEST:
        return text
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _FRACTION.fullmatch(text):
        return float(text.replace("_", ""))
    return text
