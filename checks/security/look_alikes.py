"""Names and addresses that look like others and are not: letters of other alphabets. Pure.

Source: UTS 39, section 4; the table holds those letters that no common font tells apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CYRILLIC = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d"
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405",
        "aeopcyxijsdhqwABEKMHOPCTYXIJS",
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "\u03bf\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "ovABEZHIKMNOPTYX",
        strict=True,
    )
)
_PLAIN = str.maketrans(_CYRILLIC | _GREEK)
_LETTERS = "".join({**_CYRILLIC, **_GREEK})
_NAME = re.compile(rf"(?<!\w)(?=\w*[{_LETTERS}])[A-Za-z0-9_{_LETTERS}]{{2,}}(?!\w)")
_FOREIGN = re.compile(f"[{''.join(_CYRILLIC)}]")
_LATIN = re.compile("[A-Za-z]")
_ADDRESS = re.compile(
    rf"https?://[\w.-]*?(?<![^/.-])(?=[\w-]*[A-Za-z])(?=[\w-]*[{_LETTERS}])[A-Za-z0-9{_LETTERS}-]+"
)
_KNOWN = {
    "eval", "exec", "copy", "open", "require", "import", "process", "system", "os", "fs", "self",
    "this", "http", "https", "path", "crypto", "compare", "hash", "user", "admin", "true", "false",
}  # fmt: skip
_TEXTS = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
    r"|/\*.*?\*/|//[^\n]*|\#[^\n]*|/(?:[^/\\\n*]|\\.)+/[gimsuy]*",
    re.DOTALL,
)


class LookAlike(NamedTuple):
    """The first such name or address: where it stands, and in what words."""

    offset: int
    words: str


def without_texts(code: str) -> str:
    """Return `code` with its strings, comments and patterns taken out, every line where it was."""
    return _TEXTS.sub(lambda m: "\n" * m[0].count("\n"), code)


def look_alikes(code: str) -> Iterator[LookAlike]:
    """Yield the first name, and the first address, that mixes alphabets or is another's double."""
    bare = without_texts(code)
    names = {*re.findall(r"[A-Za-z_]\w+", bare)} | _KNOWN
    for found in _NAME.finditer(bare):
        name, plain = found[0], found[0].translate(_PLAIN)
        mixed = _LATIN.search(name) and _FOREIGN.search(name)
        if mixed or plain in names:
            why = "mixes alphabets" if mixed else "is written in another alphabet"
            start = _in_lines(code, bare, found.start())
            yield LookAlike(start, f"the name {name!a} {why} and looks like {plain}")
            break
    if address := _ADDRESS.search(code):
        shown = address[0].translate(_PLAIN)
        words = f"the address {address[0]!a} looks like {shown} and is another"
        yield LookAlike(address.start(), words)


def _in_lines(code: str, bare: str, offset: int) -> int:
    """Return the start of the line of `code` that holds what stands at `offset` of `bare`."""
    start = 0
    for _ in range(bare.count("\n", 0, offset)):
        start = code.find("\n", start) + 1
    return start
