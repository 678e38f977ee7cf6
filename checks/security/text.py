"""What code hides from the eye: invisible and reordering characters, mixed alphabets, encodings. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from checks.places import milder, place_of
from checks.protocol import Rule, counted
from checks.security.rules import INVISIBLE, LOOK_ALIKE, OBFUSCATED, PAYLOAD
from devforge.model.observed import SourceFile
from devforge.model.policy import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_CODE = re.compile(r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?|sh|ps1)", re.IGNORECASE)
# Alone between quotes, such a character is a table's entry and reorders nothing.
_REORDERING = re.compile(
    "(?<![\"'])[\u202a-\u202e\u2066-\u2069]|[\u202a-\u202e\u2066-\u2069](?![\"'])"
)
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]{2,}")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_ZERO_WIDTH = re.compile(
    "[\u200b\u2060-\u2064\u180e\u00ad]|(?<=[A-Za-z0-9_])[\u200c\u200d](?=[A-Za-z0-9_])|(?<!^)\ufeff"
)
_FILLERS = re.compile("[\u3164\uffa0\u115f\u1160]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]{16,}")
_FAR_RIGHT = re.compile(r"\S[ \t]{150,}(?!//|#|\*|\\)\S")
_ZERO_WIDTH_RUN = 8
_ZERO_WIDTH_MANY = 60
# Letters of other alphabets that look like Latin ones.
_CONFUSABLE = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d"
    "\u03bf\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4"
    "\u03a5\u03a7\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0406\u0408\u0405"
)
_MIXED_NAME = re.compile(
    rf"(?<![\w])(?=\w*[A-Za-z])(?=\w*[{_CONFUSABLE}])[A-Za-z0-9_{_CONFUSABLE}]+(?![\w])"
)
_TEXTS = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
    r"|/\*.*?\*/|//[^\n]*|\#[^\n]*|/(?:[^/\\\n*]|\\.)+/[gimsuy]*",
    re.DOTALL,
)
_OBFUSCATOR = re.compile(r"\b_0x[0-9a-f]{4,6}\b")
_ESCAPES = re.compile(r"(?:\\x[2-7][0-9a-fA-F]){12,}|(?:\\u00[2-7][0-9a-fA-F]){12,}")
_CHARACTERS = re.compile(r"\[\s*(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|10|13)\s*,\s*){60,}")
_ENCODED = re.compile(r"[\"'`]([A-Za-z0-9+/=_-]{1500,}|(?:[0-9a-fA-F]{2}){750,})[\"'`]")
_BEFORE_DATA = re.compile(r"(?:data:[\w/+.;-]*,?|base64,|sourceMappingURL=\S*)$")
_JUMBLE = re.compile(r"[\[\]()!+]{120,}")
# Python reads these for plain letters, so that an exec written in them is one that no search finds.
_STYLED = re.compile("[\U0001d400-\U0001d7ff\uff21-\uff3a\uff41-\uff5a][\\w\U0001d400-\U0001d7ff]*")
_HIDDEN_BUILTINS = {
    "exec",
    "eval",
    "compile",
    "getattr",
    "__import__",
    "globals",
    "system",
    "popen",
}
_CODING = re.compile(
    rb"^[^\n]*\n?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)|^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)"
)
_CODED = re.compile(
    r"utf[-_]?7|rot[-_]?13|hex(?:[-_]codec)?|base64.*|quopri.*|uu.*|bz2.*|zlib.*|(?:raw[-_])?unicode[-_]escape"
    r"|punycode|idna|undefined|string[-_]escape",
    re.IGNORECASE,
)
_READ_CHARACTERS = 2_000_000


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each kind of hiding in each file of code."""
    for path, file in submission.tree.files.items():
        if file.mode in ("file", "executable") and _CODE.fullmatch(path) and file.is_text:
            text = file.text[:_READ_CHARACTERS]
            if not text.isascii():
                yield from _invisible(submission, file, text)
                yield from _look_alikes(submission, file, text)
            yield from _unreadable(submission, file, text)
            if path.endswith((".py", ".pyw")):
                yield from _misread(submission, file, text)


def _invisible(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    kinds: tuple[tuple[re.Pattern[str], str, Severity], ...] = (
        (_REORDERING, "a character that shows the rest of the line in another order", "block"),
        (_TAGS, "invisible tag characters, which can spell a hidden text", "block"),
        (_SELECTORS, "a row of variation selectors, which can spell a hidden text", "block"),
        (_FILLERS, "a letter that shows nothing, which can be a name", "person"),
        (_PRIVATE, "a long row of private characters, which can spell a hidden text", "person"),
    )
    vendored = place_of(file.path) == "vendored"  # where tables of all characters are usual
    for pattern, words, severity in kinds:
        if vendored and pattern in (_FILLERS, _PRIVATE):
            continue
        if found := pattern.search(text):
            yield _finding(submission, INVISIBLE, file, _line(text, found), words, severity)
    hidden = list(_ZERO_WIDTH.finditer(text))
    if hidden:
        run = max(
            len(r) for r in re.findall("[\u200b-\u200d\u2060-\u2064\u180e\u00ad\ufeff]+", text)
        )
        spells = run >= _ZERO_WIDTH_RUN or len(hidden) >= _ZERO_WIDTH_MANY
        words = f"{counted(len(hidden), 'character')} without width"
        grave: Severity = "block" if spells else "info" if vendored else "warn"
        yield _finding(submission, INVISIBLE, file, _line(text, hidden[0]), words, grave)


def _look_alikes(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    bare = _TEXTS.sub(lambda m: "\n" * m[0].count("\n"), text)
    if found := _MIXED_NAME.search(bare):
        words = f"the name {found[0]!a} mixes alphabets and looks like another name"
        yield _finding(submission, LOOK_ALIKE, file, _line(bare, found), words, "person")


def _misread(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    """What Python reads otherwise than a person does."""
    coding = _CODING.match(file.content[:400])
    name = (coding[1] or coding[2]).decode() if coding else ""
    if _CODED.fullmatch(name):
        words = f"Python decodes this file by {name} before it runs it"
        yield _finding(submission, OBFUSCATED, file, 1, words, "block")
    styled = () if text.isascii() else _STYLED.finditer(_TEXTS.sub("", text))
    names = {unicodedata.normalize("NFKC", match[0]) for match in styled}
    if hidden := sorted(names & _HIDDEN_BUILTINS):
        words = f"{hidden[0]} is written in styled letters, which Python reads as plain ones"
        yield _finding(submission, LOOK_ALIKE, file, 1, words, "block")


def _unreadable(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    names = _OBFUSCATOR.findall(text)
    if len(names) >= 12:
        words = f"{len(names)} names such as {names[0]}: an obfuscator has been at work"
        first = _OBFUSCATOR.search(text)
        yield _finding(submission, OBFUSCATED, file, _line(text, first), words, "person")
    vendored = place_of(file.path) == "vendored"
    for pattern, words in (
        (_ESCAPES, "a text is written in escapes although its letters are ordinary"),
        (_CHARACTERS, "a text is written as a list of numbers"),
        (_JUMBLE, "code is written in brackets and signs alone"),
    ):
        if (found := pattern.search(text)) and not vendored:
            yield _finding(submission, OBFUSCATED, file, _line(text, found), words, "person")
    if not vendored and (found := _FAR_RIGHT.search(text)) and not _is_layout(text, found):
        words = "code stands far to the right, out of sight"
        yield _finding(submission, OBFUSCATED, file, _line(text, found), words, "person")
    for found in _ENCODED.finditer(text):
        if not _BEFORE_DATA.search(text[max(0, found.start() - 80) : found.start() + 1]):
            words = f"an encoded text of {len(found[1]):,} characters"
            severity: Severity = "info" if vendored else "warn"
            yield _finding(submission, PAYLOAD, file, _line(text, found), words, severity)
            return


def _is_layout(text: str, found: re.Match[str]) -> bool:
    """Whether wide spaces are a table's or a text's: they repeat, or stand inside quotes."""
    start = text.rfind("\n", 0, found.start()) + 1
    before = text[start : found.start() + 1]
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1 or before.count("`") % 2 == 1


def _finding(
    submission: Submission,
    rule: Rule,
    file: SourceFile,
    line: int,
    words: str,
    severity: Severity,
) -> Finding:
    remedies = {
        INVISIBLE.id: "write the character as an escape, such as \\u202e, or remove it",
        LOOK_ALIKE.id: "write the name in one alphabet",
        OBFUSCATED.id: "ship the code as it was written",
        PAYLOAD.id: "put the data into a file of its own, in its own format",
    }
    return rule.finding(
        at=file.path,
        line=line,
        problem=f"line {line}: {words}",
        remedy=remedies[rule.id],
        severity=milder(severity, file.path, submission),
    )


def _line(text: str, found: re.Match[str] | None) -> int:
    return text.count("\n", 0, found.start()) + 1 if found else 1
