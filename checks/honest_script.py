"""What each JavaScript or TypeScript test could fail by, read without running or parsing it whole. Pure.

Comments go, the inside of strings and regular expressions is blanked, and what is left is plain enough to
find where a test's call ends. Words are taken as generously as for Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checks.honest_python import ASSERTS, Kind, TestCase

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*(?:`|\Z)"""
    r"""|(?<=[(,=:\[!&|?{};\n])(?P<gap>\s{0,40})/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n]){0,200}\]|[^/\\\n\[]){1,500}/[a-z]*""",
    re.DOTALL,
)
_TEST = re.compile(
    r"(?<![\w.$])(?:it|test|specify|Deno\.test|t\.test|Ava|tap\.test)(?:\.(?:only|serial|concurrent|each\b[^(]{0,99}\([^()]{0,999}\)))?\s*\("
)
_HELPER = re.compile(
    r"\bfunction\s*\*?\s*(?P<a>[\w$]+)\s*\(|\b(?:const|let|var)\s+(?P<b>[\w$]+)\s*=\s*(?:async\s*)?(?:function\b|\(|[\w$]+\s*=>)"
)
_CONSTANT = r"(?:true|false|null|undefined|-?\d+|[\"'`]\s*[\"'`])"
# expect(true).toBe(true), assert(true), assert.equal(1, 1), t.pass()
# More than this is no test suite written by hand; hostile text must not cost minutes.
_MOST_TEXT = 1_000_000
_LONGEST_BODY = 20_000
_FAR = 1_000  # as a function's arguments may be long
_HOLLOW = re.compile(
    rf"\bexpect\(\s*{_CONSTANT}\s*\)[\w.\s]*\(\s*{_CONSTANT}?\s*\)|\bassert(?:\.\w+)?\(\s*{_CONSTANT}\s*(?:,\s*{_CONSTANT}\s*)*\)"
    r"|\bt\.pass\(\s*\)"
)
_OTHER_WORDS = re.compile(
    r"\bt\.(?:is|ok|not|true|false|deepEqual|like|plan|pass|end)\w*\(|\.(?:ok|is|equals?|eql|like|true)\(|\bthrow\b|\bdone\s*\(|RuleTester|\bvalid\b"
)
_CALL = re.compile(
    r"(?<![\w$])(?!(?:function|if|for|while|switch|catch|return|async|require)\b)[\w$.]+\s*\("
)
_BRACKET = re.compile(r"[()\[\]{}]")
_CALLED = re.compile(r"[\w$]+(?=\s{0,9}\()")
_TRIVIAL = re.compile(r"\bconsole\.\w+\s*\(|\bsetTimeout\s*\(")


def script_cases(files: Mapping[str, str]) -> tuple[TestCase, ...]:
    """Return every test in `files`, path → text; none where there is too much to read."""
    if sum(map(len, files.values())) > _MOST_TEXT:
        return ()
    plain = {path: _plain(text) for path, text in files.items()}
    asserting = _asserting(plain)
    return tuple(case for path, text in plain.items() for case in _cases(path, text, asserting))


def _cases(path: str, text: str, asserting: frozenset[str]) -> Iterator[TestCase]:
    read = 0
    for match in _TEST.finditer(text):
        body = _inside(text, match.end())
        # Bodies that lie in one another are read again and again.
        if (read := read + len(body)) > _MOST_TEXT:
            return
        line = text.count("\n", 0, match.start()) + 1
        yield TestCase(path, line, "test", _kind(body, asserting))


def _plain(text: str) -> str:
    """`text` without comments and with strings emptied, line by line where it was."""

    def blanked(match: re.Match[str]) -> str:
        found = match[0]
        breaks = "\n" * found.count("\n")
        if found.startswith(("//", "/*")):
            return breaks
        if match["gap"] is not None:
            return f"{match['gap']}''"
        # A template may call what it holds: `${run()}`.
        held = "".join(re.findall(r"\$\{([^{}]*)\}", found)) if found[0] == "`" else ""
        return f"' '{breaks}" if not held else f"(' ',{held}){breaks}"

    return _TOKEN.sub(blanked, text)


def _asserting(plain: Mapping[str, str]) -> frozenset[str]:
    """Functions that assert, by themselves or through one another."""
    bodies: dict[str, str] = {}
    read = 0
    for text in plain.values():
        for match in _HELPER.finditer(text):
            start = text.find("{", match.end() - 1, match.end() + _FAR)
            body = _inside(text, start + 1) if start >= 0 else ""
            if (read := read + len(body)) > _MOST_TEXT:
                break
            name = match["a"] or match["b"]
            bodies[name] = f"{bodies.get(name, '')};{body}"
    calls = {name: frozenset(_CALLED.findall(body)) for name, body in bodies.items()}
    found = {name for name, body in bodies.items() if _asserts(body, frozenset())}
    while more := {name for name, called in calls.items() if name not in found and called & found}:
        found |= more
    return frozenset(found)


def _kind(body: str, asserting: frozenset[str]) -> Kind:
    if _asserts(body, asserting):
        return "asserts"
    # The first words are the test's own: its name, and how its function begins.
    return "smoke" if _CALL.search(_TRIVIAL.sub("", _HOLLOW.sub("", body))) else "empty"


def _asserts(body: str, asserting: frozenset[str]) -> bool:
    rest = _HOLLOW.sub("", body)
    if ASSERTS.search(rest) or _OTHER_WORDS.search(rest):
        return True
    return not asserting.isdisjoint(_CALLED.findall(rest))


def _inside(text: str, start: int) -> str:
    """What lies between the bracket before `start` and the one that closes it."""
    depth, end = 1, start + _LONGEST_BODY
    for match in _BRACKET.finditer(text, start, end):
        depth += 1 if match[0] in "([{" else -1
        if depth == 0:
            return text[start : match.start()]
    return text[start:end]
