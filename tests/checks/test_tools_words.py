"""No tool speaks to an author: what bandit, ruff and oxlint find is said in our words, all of it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from example_trees import submission_of

from checks import quality, security
from checks.quality_words import OTHERWISE, WORDS
from devforge.adapters import bandit, nodetools, ruff
from devforge.adapters.program import find_program
from devforge.model.observed import ToolFinding

POISON = "RAW-TOOL-TEXT see https://docs.tool.example/B999 and use `x` # noqa"


def codes_of_ruff() -> list[str]:
    """Return every code that ruff may give with our choice of its rules."""
    answer = subprocess.run(
        [find_program("ruff"), "rule", "--all", "--output-format", "json"],
        capture_output=True, check=True,
    )  # fmt: skip
    wanted, unwanted = tuple(ruff._RULES.split(",")), tuple(ruff._NOT.split(","))
    codes = [rule["code"] or "" for rule in json.loads(answer.stdout)]
    return [c for c in codes if c.startswith(wanted) and not c.startswith(unwanted)]


def codes_of_oxlint() -> list[str]:
    """Return every rule that oxlint is told to ask."""
    settings = json.loads(Path(nodetools.__file__).with_name("oxlint.json").read_text("utf-8"))
    return [name.rpartition("/")[2] for name in settings["rules"]]


def finding(tool: str, code: str) -> ToolFinding:
    return ToolFinding(
        tool=tool, code=code, path="sample.py", line=1, message=POISON, severity="HIGH"
    )


def test_ruff_and_oxlint_are_asked_for_more_than_a_handful():
    assert len(codes_of_ruff()) > 40
    assert len(codes_of_oxlint()) > 10


@pytest.mark.parametrize("code", ["invalid-syntax", *codes_of_ruff(), *codes_of_oxlint()])
def test_each_code_has_words_of_its_own(code):
    words = quality.in_our_words(finding("ruff", code))

    assert words != OTHERWISE
    assert "{" not in words
    assert "RAW" not in words


@pytest.mark.parametrize("code", [*codes_of_ruff(), "never-heard-of", *WORDS])
def test_quality_shows_neither_a_code_nor_a_message_of_a_tool(code):
    submission = replace(submission_of({}), lint=(finding("ruff", code),))

    shown = list(quality.check(submission))

    assert len(shown) == 1
    assert_ours(shown[0], code)


@pytest.mark.parametrize("code", [*bandit.CODES, "B999"])
def test_security_shows_neither_a_code_nor_a_message_of_bandit(code):
    submission = replace(submission_of({}), security=(finding("bandit", code),))

    shown = list(security.check(submission))

    assert len(shown) == (code in bandit.CODES)
    for one in shown:
        assert_ours(one, code)


def assert_ours(shown, code: str) -> None:
    rules = {rule.id for rule in (*quality.RULES, *security.RULES)}
    text = f"{shown.problem} {shown.remedy}"
    assert shown.rule in rules
    assert "RAW" not in text
    assert "http" not in text
    assert code not in text.split()
