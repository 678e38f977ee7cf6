"""Which patterns are slow is decided, not guessed: the slow ones are, the honest ones are not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.security.slow_patterns import slowness

PLAINLY = [
    r"(a+)+$", r"^(\w+\s?)*$", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(\s*\w+\s*)*;", r"(x+x+)+y",
    r"(?:\d+|[a-z0-9]+)*!", r"^(?:\.?[a-z]+)+$", r"(\w+)*x", r"(?:(a+)+b)*", r"(a|a)*b",
    r"^(a?b?)*$"
]  # fmt: skip
ON_A_CLOSER_LOOK = [
    r"([a-zA-Z0-9]{2,4})+$",
    r"(.*)*x",
    r"(?:\s|\/\*[\s\S]*?\*\/)*x",
    r"('(\\(\\\\)*'|[^'])*')",
]
FAST = [
    r'(?:"[^"\\]*(?:\\.[^"\\]*)*")', r"^(?:[^\n]*\n)*end", r"(?:[a-z]+,)*[a-z]+", r"(a+)+",
    r"^[\w.-]+@[\w-]+(?:\.[\w-]+)+$", r"(b\.)+", r"(?:\\.|[^\\])*'", r"(?:/[^/]+)*$", r"\s+$",
    r"(^|[ \t])(\/\*\*)+([\s\S]*?)(\*\/)", r"(?:\d{1,3}\.){3}\d", r"(-?[_a-z]+)(\.[a-z]+)*$",
    r"(?:[^\]\\]|\\.)+\]", r"(?=(a+)+)b", r"[)*+(]*",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PLAINLY)
def test_a_loop_in_a_loop_is_plainly_slow(pattern):
    assert slowness(pattern) == "plainly"


@pytest.mark.parametrize("pattern", ON_A_CLOSER_LOOK)
def test_what_any_character_lets_in_takes_a_closer_look(pattern):
    assert slowness(pattern) in ("plainly", "on a closer look")


@pytest.mark.parametrize("pattern", FAST)
def test_an_honest_pattern_is_not_called_slow(pattern):
    assert slowness(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"(a+)+$", "a"), (r"^(\w+\s?)*$", "a"), (r"(x+x+)+y", "x")]
)
def test_what_is_called_slow_doubles_with_each_letter(pattern, text):
    def seconds(length: int) -> float:
        start = time.process_time()
        re.search(pattern, text * length + "!")
        return time.process_time() - start

    assert seconds(22) > 6 * seconds(16)


@given(st.text(alphabet="ab(|)*+?[]^-{},2\\w.$:", max_size=40))
def test_no_pattern_breaks_the_reader(pattern):
    assert slowness(f"({pattern})*x") in (None, "plainly", "on a closer look")


@pytest.mark.parametrize(
    "pattern",
    ["(" * 30 + "a" + "{6}){6}" * 30 + "x", "(" * 800 + ")" * 800 + "*x", "(?:" + "[a-z]?" * 140 + ")*!"],
    ids=["copies of copies", "deep", "wide"],
)  # fmt: skip
def test_no_pattern_takes_the_review_long(pattern):
    start = time.process_time()
    slowness(pattern)

    assert time.process_time() - start < 2
