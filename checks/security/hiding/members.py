"""Members of Python's modules that are looked up in their tables, by names that are put together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = ("vars(", "__dict__", "sys.modules", "globals()")
_MODULES = r"(?:os|subprocess|builtins|__builtins__|importlib|ctypes|shutil|socket|pty|sys)"
# A key that stands there, a name of its own, or the module itself.
_PLAIN = r"(?!\s*(?:[rbu]?[\"'][^\"'\n]*[\"']\s*\]|__name__|__package__|\w+\.__module__|[a-z_]+\s*\]\s*=[^=]))"
_LOOKED_UP = re.compile(
    rf"(?:\bvars\s*\(\s*{_MODULES}\s*\)|\b{_MODULES}\.__dict__)\s*(?:\[{_PLAIN}|\.get\s*\(\s*(?![\"']))"
    r"|\bsys\.modules\s*\[\s*(?:f[\"']|[\"'][^\"'\n]*[\"']\s*[+%.]|\w+\s*\+|chr|bytes|base64|codecs)"
    r"|\bglobals\s*\(\s*\)\s*\[\s*(?:f[\"']|[\"'][^\"'\n]*[\"']\s*[+%.])[^\]\n]*\]\s*\("
)


def looked_up_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each such look, and what it is in words."""
    if any(word in text for word in _WORDS):
        for found in _LOOKED_UP.finditer(text):
            words = "what is used of a module is looked up by a name that is put together"
            yield text.count("\n", 0, found.start()) + 1, words
