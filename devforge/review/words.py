"""What a review says to people, in the comment, the job's summary and the terminal alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from devforge.model.policy import CheckName
from devforge.model.verdict import CheckReport, Finding, Outcome, Report

TITLES: dict[CheckName, str] = {
    "quality": "Quality",
    "security": "Security",
    "coverage": "Tests and coverage",
    "documentation": "Documentation",
    "licence": "Licence",
    "manifest": "Manifest",
    "dependencies": "Dependencies",
    "performance": "Performance",
    "compatibility": "Compatibility",
    "decision": "The change itself",
}
SIGNS: dict[Outcome, str] = {"merge": "✅", "person": "👀", "mend": "🔧", "no verdict": "⏳"}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one check; `left_out` more are not shown."""

    title: str
    findings: tuple[Finding, ...]
    left_out: int = 0


def headline(title: str, report: Report) -> str:
    """Return the decision in a few words."""
    blocking = sum(1 for _ in findings_of(report, "block"))
    if report.decision == "merge":
        return f"{title} passes"
    if report.decision == "person":
        return f"{title} waits for a maintainer"
    if report.decision == "no verdict":
        return f"{title} has no verdict yet"
    if not blocking:
        return f"{title} needs a little more"
    return f"{title} has {blocking} thing{'s' if blocking != 1 else ''} to mend"


def place(finding: Finding) -> str:
    """Return where a finding is: `src/main.py:12`, or `devforge.yaml:3 (license)`."""
    path, colon, field = finding.at.partition(": ")
    if finding.line is None:
        return finding.at
    return f"{path}:{finding.line} ({field})" if colon else f"{path}:{finding.line}"


def verdict(check: CheckReport) -> str:
    """Return a check's verdict in words that say who acts."""
    if check.verdict != "failed":
        return check.verdict
    blocks = any(finding.severity == "block" for finding in check.findings)
    return "not yet" if blocks else "a person looks"


def findings_of(report: Report, *severities: str) -> Iterable[tuple[CheckReport, Finding]]:
    """Yield the findings of these severities, in the checks' order."""
    for check in report.checks:
        for finding in check.findings:
            if finding.severity in severities:
                yield check, finding


def groups(report: Report, *severities: str, limit: int) -> tuple[Group, ...]:
    """Return the findings by check, at most `limit` of each check, the gravest first."""
    found: dict[CheckName, list[Finding]] = {}
    for check, finding in findings_of(report, *severities):
        found.setdefault(check.name, []).append(finding)
    return tuple(
        Group(TITLES[name], tuple(findings[:limit]), max(0, len(findings) - limit))
        for name, findings in found.items()
    )


def silent(report: Report) -> tuple[tuple[str, str], ...]:
    """Return the title and reason of each check without a verdict."""
    return tuple(
        (TITLES[check.name], check.reason or "it said nothing")
        for check in report.checks
        if check.verdict == "no verdict"
    )
