"""What the review says of each sample of the corpus, and whether that stops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from devforge.model.reviewing import CheckName
from devforge.model.verdict import Finding
from devforge.review.examine import examine
from tests.checks.joined_trees import observed_together
from tests.corpus.samples import Sample, samples

_CHECKS: tuple[CheckName, ...] = ("manifest", "security", "dependencies")
# These say that something is undeclared, missing or untidy, which is no way to catch an attacker.
_TELL_NOTHING = (
    "undeclared-", "manifest-", "entry-missing", "icon-missing", "too-large", "platform-",
    "dependency-file", "dependency-unpinned", "dependency-unlocked", "dependency-unresolved",
)  # fmt: skip


@cache
def judged(chosen: tuple[Sample, ...] = samples()) -> Mapping[str, tuple[Finding, ...]]:
    """Return the findings of every sample, by its id; each tool starts once for all of them."""
    observed = observed_together([sample.submission for sample in chosen])
    answers = {}
    for sample, submission in zip(chosen, observed, strict=True):
        reports = examine(submission, _CHECKS)
        assert [r.reason for r in reports if r.verdict == "no verdict"] == [], sample.id
        answers[sample.id] = tuple(finding for report in reports for finding in report.findings)
    return answers


def stops(findings: Iterable[Finding]) -> list[Finding]:
    """Return what keeps a hostile package from merging by itself for what it does."""
    grave = [finding for finding in findings if finding.severity in ("block", "person")]
    return [finding for finding in grave if not finding.rule.startswith(_TELL_NOTHING)]


def blocks(findings: Iterable[Finding]) -> list[Finding]:
    """Return what sends a package back to its author, whatever the reason."""
    return [finding for finding in findings if finding.severity == "block"]


def bothers(findings: Iterable[Finding]) -> list[Finding]:
    """Return what asks for a person, whatever the reason."""
    return [finding for finding in findings if finding.severity == "person"]
