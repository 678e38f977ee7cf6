"""Characters that show nothing, or show a line in another order, in every text file. Pure.

What is honest there differs by kind of file: a translation joins letters and marks directions, prose
in Arabic or with flags needs both, code needs neither. So each character is judged by its neighbours
first (an emoji's parts, a script that joins or is written from the right) and by its file after that.

Source: Unicode 16, chapters 9.2, 23.2 to 23.8 and 23.9; UTS 39; CVE-2021-42574.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

from checks.places import place_of
from checks.protocol import counted
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity

Kind = Literal["code", "instructions", "prose", "data"]

_CODE = re.compile(
    r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?|sh|bash|zsh|ps1|bat|cmd|html?|vue|svelte|css|scss|less)",
    re.IGNORECASE,
)
_INSTRUCTIONS = re.compile(
    r"(?:.*/)?(?:agents|claude|gemini|skill|copilot-instructions)\.md|(?:.*/)?\.(?:cursor|windsurf|cline)rules"
    r"|(?:.*/)?\.(?:cursor|claude|windsurf)/.*\.(?:mdc?|json)|(?:.*/)?\.?mcp\.json|.*\.prompt\.md",
    re.IGNORECASE,
)
_PROSE = re.compile(r".*\.(?:md|markdown|rst|txt|adoc|org)|(?:.*/)?[A-Z]+", re.IGNORECASE)

_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,8}\U000e007f")
_SELECTOR = re.compile("(.?)([\ufe00-\ufe0f\U000e0100-\U000e01ef]+)", re.DOTALL)
_OVERRIDES = re.compile("[\u202d\u202e]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Alone between quotes, such a character is a table's entry and reorders nothing.
_REORDERING_CODE = re.compile(
    "(?<![\"'`])[\u202a-\u202e\u2066-\u2069]|[\u202a-\u202e\u2066-\u2069](?![\"'`])"
)
_HIDDEN = "\u200b-\u200f\u2060-\u2064\u206a-\u206f\u180e\u00ad\u034f\u061c\ufeff"
_ZERO_WIDTH = re.compile(f"(.?)([{_HIDDEN}]+)(?=(.?))", re.DOTALL)
_SPLIT_WORD = re.compile(f"(?:[A-Za-z][{_HIDDEN}]){{3}}")
_FILLERS = re.compile("[\u3164\uffa0\u115f\u1160\u17b4\u17b5]")
_ANNOTATION = re.compile("[\ufff9-\ufffb]")
_PRIVATE = re.compile("[\ue000-\uf8ff]{16,}|[\U000f0000-\U0010fffd]{8,}")
# What editors do not show as the end of a line, and languages do.
_LINE_BREAK = re.compile("(?:[\u2028\u2029]|\r(?!\n))[ \t]*[^\\s]")
# Within one quoted text what is shown from the right may be marked so, if the mark ends before the quote.
_MARKED = re.compile("[\u202a\u202b\u2066-\u2068]([^;{}\u202a-\u202e\u2066-\u2069]*)[\u202c\u2069]")
_QUOTED = re.compile(
    "|".join(
        f"{quote}(?:[^{quote}\n\u202a-\u202e\u2066-\u2069]"
        f"|[\u202a\u202b\u2066-\u2068][^{quote}\n;{{}}\u202a-\u202e\u2066-\u2069]*[\u202c\u2069])*{quote}"
        for quote in "\"'"
    )
)
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LINE = 2_000  # characters before a break in which a comment is looked for
_RUN = 6  # of one selector
_ZERO_WIDTH_RUN = 8
_ZERO_WIDTH_MANY = 60
_EMOJI_TEXT = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299#*0123456789\u200d\u20e3"


class Hidden(NamedTuple):
    """One kind of hiding in one file: where it starts, in what words, and how grave."""

    offset: int
    words: str
    severity: Severity


def invisible(file: SourceFile, text: str) -> Iterator[Hidden]:
    """Yield what `text`, which is the file's, hides; one of each kind."""
    kind = _kind(file.path)
    strict = kind in ("code", "instructions")
    vendored = place_of(file.path) == "vendored"  # where tables of all characters are usual
    yield from _tags(text)
    yield from _selectors(text, strict=strict)
    yield from _reordering(text, kind)
    yield from _zero_width(text, strict=strict, vendored=vendored)
    if found := _ANNOTATION.search(text):
        yield Hidden(found.start(), "a mark that hides a part of the line", "person")
    if not vendored and (found := _PRIVATE.search(text)):
        words = "a long row of private characters, which can spell a hidden text"
        yield Hidden(found.start(), words, "person")
    if kind == "code" and not vendored and (found := _FILLERS.search(text)):
        yield Hidden(found.start(), "a letter that shows nothing, which can be a name", "person")


def hidden_line_break(text: str) -> Hidden | None:
    """Return where a comment ends before it seems to, so that what follows is code."""
    if text.count("\r") > text.count("\n") * 2:  # a file of the old Macintosh
        return None
    for found in _LINE_BREAK.finditer(text):
        start = max(0, found.start() - _LINE)
        before = text[max(start, text.rfind("\n", start, found.start())) : found.start()]
        if "#" in before or "//" in before:
            words = (
                "a comment ends in a line break that editors do not show, and what follows is run"
            )
            return Hidden(found.start(), words, "person")
    return None


def _kind(path: str) -> Kind:
    if _CODE.fullmatch(path):
        return "code"
    if _INSTRUCTIONS.fullmatch(path):
        return "instructions"
    return "prose" if _PROSE.fullmatch(path) else "data"


def _tags(text: str) -> Iterator[Hidden]:
    bare = _FLAG.sub(lambda m: "x" * len(m[0]), text)
    found = max(_TAGS.finditer(bare), key=lambda m: len(m[0]), default=None)
    if found:
        words = "invisible tag characters, which can spell a hidden text"
        yield Hidden(found.start(), words, "block" if len(found[0]) > 1 else "warn")


def _selectors(text: str, *, strict: bool) -> Iterator[Hidden]:
    lost = [m for m in _SELECTOR.finditer(text) if len(m[2]) > 2 or not _is_variant(m[1], m[2])]
    if not lost:
        return
    used = "".join(m[2] for m in lost)
    longest = max(len(m[2]) for m in lost)
    if longest >= _RUN or (len(used) >= 3 and len(set(used)) > 1):
        words = "variation selectors that vary nothing, which can spell a hidden text"
        yield Hidden(lost[0].start(2), words, "block")
    elif strict:
        words = f"{counted(len(used), 'variation selector')} without a character to vary"
        yield Hidden(lost[0].start(2), words, "info")


def _is_variant(base: str, selectors: str) -> bool:
    """Whether `base` is a character that a selector shows in another form."""
    if not base:
        return False
    code, selector = ord(base), ord(selectors[0])
    if selector in (0xFE0E, 0xFE0F):
        return base in _EMOJI_TEXT or code >= 0x2190 or (not base.isalnum() and code > 0x2000)
    ideograph = 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF
    if selector >= 0xE0100:
        return ideograph
    return ideograph or (code > 0x1000 and not 0xE000 <= code <= 0xF8FF)


def _without_honest_marks(quoted: re.Match[str]) -> str:
    """A quoted text with other characters, as many, for the marks around what is read from the right."""
    return _MARKED.sub(lambda m: f" {m[1]} " if _FROM_THE_RIGHT.search(m[1]) else m[0], quoted[0])


def _reordering(text: str, kind: Kind) -> Iterator[Hidden]:
    words = "a character that shows the rest of the line in another order"
    code = (
        _QUOTED.sub(_without_honest_marks, text)
        if kind == "code" and _REORDERING.search(text)
        else text
    )
    if kind == "code" and (found := _REORDERING_CODE.search(code)):
        yield Hidden(found.start(), words, "block")
    elif kind == "instructions" and (found := _REORDERING.search(text)):
        yield Hidden(found.start(), words, "person")
    elif kind in ("prose", "data") and (found := _OVERRIDES.search(text)):
        honest = _FROM_THE_RIGHT.search(text) or kind == "data"
        yield Hidden(found.start(), words, "info" if honest else "person")


def _zero_width(text: str, *, strict: bool, vendored: bool) -> Iterator[Hidden]:
    found = [m for m in _ZERO_WIDTH.finditer(text) if not _is_joined(m)]
    if not found:
        return
    used = "".join(m[2] for m in found)
    run = max(len(m[2]) for m in found)
    mixed = max(len({*m[2]}) for m in found) > 1 and len(used) >= _ZERO_WIDTH_RUN
    spells = run >= _ZERO_WIDTH_RUN or mixed or (strict and len(used) >= _ZERO_WIDTH_MANY)
    words = f"{counted(len(used), 'character')} without width"
    if spells:
        words += ", which can spell a hidden text"
        yield Hidden(found[0].start(2), words, "block" if strict else "person")
    elif strict and not vendored and (split := _SPLIT_WORD.search(text)):
        words = "a word with a character without width between its letters"
        yield Hidden(split.start(), words, "person")
    elif strict:
        yield Hidden(found[0].start(2), words, "info" if vendored else "warn")


def _is_joined(match: re.Match[str]) -> bool:
    """Whether these stand where a script or an emoji needs them, or open the file as a byte order mark."""
    if match.start(2) == 0 and match[2] == "\ufeff":
        return True
    if len(match[2]) > 2:
        return False
    return any(
        (ord(side) >= 0x0590 and unicodedata.category(side)[0] in "LM") or ord(side) >= 0x2190
        for side in (match[1], match[3])
        if side
    )
