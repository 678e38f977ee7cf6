"""What a text hides from the eye: characters that do not show, other alphabets, encodings. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from checks.places import milder, place_of, shipped
from checks.protocol import Rule
from checks.security.invisible import Hidden, hidden_line_break, invisible
from checks.security.look_alikes import look_alikes, without_texts
from checks.security.rules import INVISIBLE, LOOK_ALIKE, OBFUSCATED, PAYLOAD
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_CODE = re.compile(r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?|sh|ps1|html?|vue|svelte)", re.IGNORECASE)
_FAR_RIGHT = re.compile(r"\S[ \t]{150,}(?!//|#|\*|\\)\S")
_OBFUSCATOR = re.compile(r"\b_0x[0-9a-f]{1,6}\b")
_ESCAPES = re.compile(
    r"\\(?:x[2-7][0-9a-fA-F](?:\\x[2-7][0-9a-fA-F]){11}|u00[2-7][0-9a-fA-F](?:\\u00[2-7][0-9a-fA-F]){11})"
)
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
    """Yield one finding for each kind of hiding in each text file that users would download."""
    for file in shipped(submission.tree):
        if file.mode not in ("file", "executable") or not file.is_text:
            continue
        text = file.text[:_READ_CHARACTERS]
        is_code = _CODE.fullmatch(file.path) is not None
        if not text.isascii():
            yield from _unseen(submission, file, text, is_code=is_code)
        if is_code:
            yield from _unreadable(submission, file, text)
            if broken := hidden_line_break(text):
                yield _hidden(submission, file, text, broken)
        elif file.path.rpartition("/")[2] == "package.json":
            yield from _far_right(submission, file, text)
        if file.path.endswith((".py", ".pyw")):
            yield from _misread(submission, file, text)


def _unseen(
    submission: Submission, file: SourceFile, text: str, *, is_code: bool
) -> Iterator[Finding]:
    for hidden in invisible(file, text):
        yield _hidden(submission, file, text, hidden)
    for double in look_alikes(text) if is_code else ():
        line = text.count("\n", 0, double.offset) + 1
        yield _finding(submission, LOOK_ALIKE, file, line, double.words, "person")


def _hidden(submission: Submission, file: SourceFile, text: str, hidden: Hidden) -> Finding:
    line = text.count("\n", 0, hidden.offset) + 1
    return _finding(submission, INVISIBLE, file, line, hidden.words, hidden.severity)


def _misread(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    """What Python reads otherwise than a person does."""
    coding = _CODING.match(file.content[:400])
    name = (coding[1] or coding[2]).decode() if coding else ""
    if _CODED.fullmatch(name):
        words = f"Python decodes this file by {name} before it runs it"
        yield _finding(submission, OBFUSCATED, file, 1, words, "block")
    styled = () if text.isascii() else _STYLED.finditer(without_texts(text))
    names = {unicodedata.normalize("NFKC", match[0]) for match in styled}
    if hidden := sorted(names & _HIDDEN_BUILTINS):
        words = f"{hidden[0]} is written in styled letters, which Python reads as plain ones"
        yield _finding(submission, LOOK_ALIKE, file, 1, words, "block")


def _unreadable(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    names = _OBFUSCATOR.findall(text) if "_0x" in text else []
    if len(names) >= 12:
        words = f"{len(names)} names such as {names[0]}, as an obfuscator gives them"
        first = _OBFUSCATOR.search(text)
        yield _finding(submission, OBFUSCATED, file, _line(text, first), words, "person")
    vendored = place_of(file.path) == "vendored"
    # A word without which the pattern cannot match costs far less to look for.
    for pattern, word, words in (
        (_ESCAPES, "\\", "a text is written in escapes although its letters are ordinary"),
        (_CHARACTERS, "[", "a text is written as a list of numbers"),
        (_JUMBLE, "", "code is written in brackets and signs alone"),
    ):
        if not vendored and word in text and (found := pattern.search(text)):
            yield _finding(submission, OBFUSCATED, file, _line(text, found), words, "person")
    if not vendored:
        yield from _far_right(submission, file, text)
    for found in _ENCODED.finditer(text):
        if not _BEFORE_DATA.search(text[max(0, found.start() - 80) : found.start() + 1]):
            words = f"an encoded text of {len(found[1]):,} characters"
            severity: Severity = "info" if vendored else "warn"
            yield _finding(submission, PAYLOAD, file, _line(text, found), words, severity)
            return


def _far_right(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    is_json = file.path.endswith(".json")
    for found in _FAR_RIGHT.finditer(text):
        if is_json or not _is_layout(text, found):
            words = "code stands far to the right, out of sight"
            yield _finding(submission, OBFUSCATED, file, _line(text, found), words, "person")
            return


def _is_layout(text: str, found: re.Match[str]) -> bool:
    """Whether wide spaces are a table's or a text's: they stand inside quotes, of one line or of many."""
    if text.count("`", 0, found.start()) % 2 or text.count('"""', 0, found.start()) % 2:
        return True
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
