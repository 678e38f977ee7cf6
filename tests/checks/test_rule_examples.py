"""Every rule against its own examples: the good pass, the bad are found, in exactly these words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from example_trees import Example, examples
from joined_trees import observed_together

from checks import (
    compatibility,
    dependencies,
    documentation,
    licence,
    manifest,
    quality,
    security,
)
from checks.protocol import Check
from devforge.model.verdict import Finding
from devforge.review.examine import examine

OURS: tuple[Check, ...] = (
    manifest, quality, security, documentation, licence, dependencies, compatibility,
)  # fmt: skip


@pytest.fixture(scope="module")
def judged() -> Mapping[str, tuple[Finding, ...]]:
    """Findings of each example's own check, by the example's id; the tools start once for all."""
    found = examples()
    answers = {}
    observed = observed_together([example.submission for example in found])
    for example, submission in zip(found, observed, strict=True):
        (report,) = examine(submission, [example.check])
        assert report.verdict != "no verdict", report.reason
        answers[example.id] = report.findings
    return answers


@pytest.mark.parametrize("example", [e for e in examples() if e.good], ids=lambda e: e.id)
def test_what_is_good_breaks_no_rule_it_shows(example, judged):
    assert [f for f in judged[example.id] if f.rule == example.rule] == []


@pytest.mark.parametrize("example", [e for e in examples() if not e.good], ids=lambda e: e.id)
def test_what_is_bad_breaks_the_rule_it_shows(example, judged):
    assert [f.rule for f in judged[example.id] if f.rule == example.rule] != []


@pytest.mark.parametrize("check", OURS, ids=lambda check: check.NAME)
def test_findings_read_as_they_always_did(check, judged, golden):
    shown = [example for example in examples() if example.check == check.NAME and not example.good]

    golden(f"findings/{check.NAME}.txt", "\n".join(_shown(e, judged[e.id]) for e in shown))


def _shown(example: Example, findings: tuple[Finding, ...]) -> str:
    return "\n".join([f"# {example.rule}: {example.name}", *_lines(findings), ""])


def _lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        place = f"{finding.at}:{finding.line}" if finding.line else finding.at
        yield f"{finding.severity}  {finding.rule}  {place}"
        yield f"    {finding.problem}"
        yield f"    → {finding.remedy}"


@pytest.mark.parametrize("check", OURS, ids=lambda check: check.NAME)
def test_every_rule_owns_a_good_and_a_bad_example(check):
    owned = {(example.rule, example.good) for example in examples() if example.check == check.NAME}

    assert owned == {(rule.id, good) for rule in check.RULES for good in (True, False)}


@pytest.mark.parametrize("check", OURS, ids=lambda check: check.NAME)
def test_every_check_opens_with_a_page_that_names_its_source(check):
    page = check.__doc__ or ""

    assert page.splitlines()[0].endswith(".")
    for part in ("**What it asks.**", "**Why.**", "**How to mend.**", "Source:"):
        assert part in page
    for rule in check.RULES:
        assert rule.title[0].isupper()
        assert rule.why.endswith(".")


def test_no_two_rules_share_an_id():
    ids = [rule.id for check in OURS for rule in check.RULES]

    assert sorted(set(ids)) == sorted(ids)
