"""Files that hold all the signs of something that each sign alone is not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import milder, place_of, shipped
from checks.protocol import Rule
from checks.security import rules
from checks.security.code_text import CODE, without_comments
from checks.security.combinations import COMBINATIONS, MAKER, Combination
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_ONE_MATTER = 40_000  # characters
_PLACES = 20


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each combination in each file of code that users would download."""
    for file in shipped(submission.tree):
        if not (file.is_plain and CODE.fullmatch(file.path)):
            continue
        theirs = place_of(file.path) == "vendored"
        text = without_comments(file.path, file.text)
        for combination in COMBINATIONS:
            if theirs and combination.rule is not rules.HIDDEN:
                continue  # what a library can do says nothing; how it hides it does
            if (line := _line(combination, text)) is not None:
                yield _finding(submission, file, combination.rule, line, combination.says)
        if not theirs:
            yield from _made_functions(submission, file, text)


def _line(combination: Combination, text: str) -> int | None:
    """The line of the first sign, where all of them are there."""
    if not any(word in text for word in combination.words):
        return None
    first, *others = combination.signs
    for found, _ in zip(first.finditer(text), range(_PLACES), strict=False):
        near = text if len(text) <= _ONE_MATTER else _around(text, found.start())
        if all(sign.search(near) for sign in others):
            return text.count("\n", 0, found.start()) + 1
    return None


def _around(text: str, place: int) -> str:
    """In a large file, or a bundle of many, signs that stand far apart are of different matters."""
    return text[max(0, place - _ONE_MATTER // 4) : place + _ONE_MATTER // 4]


def _made_functions(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    """The maker of functions under another name, where it is called and not only compared with."""
    maker = MAKER.search(text) if "getPrototypeOf" in text else None
    if maker and re.search(rf"(?<![\w.]){maker[1]}\s*[(`]", text):
        line = text.count("\n", 0, maker.start()) + 1
        words = "functions are made from texts, by a name that does not say so"
        yield _finding(submission, file, rules.HIDDEN, line, words)


def _finding(
    submission: Submission, file: SourceFile, rule: Rule, line: int, words: str
) -> Finding:
    return rule.finding(
        at=file.path,
        line=line,
        problem=f"line {line}: {words}",
        remedy=rules.REMEDIES[rule.id],
        severity=milder("person", file.path, submission),
    )
