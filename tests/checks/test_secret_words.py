"""The words by which most texts are passed over: none of the patterns behind them may need another."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined] - no public way reads a pattern
from re import _parser  # type: ignore[attr-defined]

import pytest

from checks.security.credentials import CREDENTIAL_WORDS, CREDENTIALS
from checks.security.flows.marks import SECRET_PATHS, SECRET_WORDS
from checks.security.flows.texts import kinds_in


def ways(tree) -> list[list[str]]:
    """Return, for each way through a pattern, the runs of characters that are always there."""
    found = [[""]]
    for code, value in tree:
        if code is codes.LITERAL:
            found = [[*runs[:-1], runs[-1] + chr(value)] for runs in found]
        elif code in (codes.BRANCH, codes.SUBPATTERN):
            parts = value[1] if code is codes.BRANCH else [value[-1]]
            inner = [way for part in parts for way in ways(part)]
            found = [[*runs[:-1], runs[-1] + way[0], *way[1:]] for runs in found for way in inner]
        elif code is not codes.AT:
            found = [[*runs, ""] for runs in found]
    return found


@pytest.mark.parametrize(
    ("words", "pattern"),
    [
        *((CREDENTIAL_WORDS, pattern) for pattern in CREDENTIALS.values()),
        *((SECRET_WORDS, pattern) for _, pattern in SECRET_PATHS),
    ],
)
def test_every_way_through_a_pattern_has_one_of_the_words(words, pattern: re.Pattern[str]):
    for runs in ways(_parser.parse(pattern.pattern)):
        always = [run.casefold() for run in runs]
        assert any(word in run for word in words for run in always), runs


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("~/.ssh/id_rsa", "SSH keys"),
        ("~/.aws/credentials", "AWS keys"),
        ("C:/User Data/Default/Cookies", "browsers' passwords"),
        ("seen in WALLET.DAT", "wallets"),
    ],
)
def test_what_holds_a_word_is_asked_of_every_pattern(text: str, whose: str):
    assert ("secret-path", whose) in kinds_in(text)
