"""What a review says to people, in the comment, the job's summary and the terminal alike. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from checks import CHECKS
from checks.decision import people
from checks.protocol import Rule
from devforge.model.orders import Order
from devforge.model.reviewing import CheckName
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
SIGNS: dict[Outcome, str] = {
    "merge": "✅",
    "wait": "🕓",
    "person": "👀",
    "mend": "🔧",
    "no verdict": "⏳",
}

_LINES = re.compile(r"lines? (\d+)(?:, )?([\d, …]*(?: ?and \d+ more)?): ")
_ITS_VERB = re.compile(r"(?:is|has|names|holds|cannot|does) ")


# What a maintainer looks at once because it is new, whatever it is like; in the order of the rules' names.
_ONCE = {
    people.FIRST.id: "a developer's first extension",
    people.EXTENSION.id: "a new extension",
    people.POWERFUL.id: "the first version of an extension that can do so much",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said once: of a finding, and of `others` of which the very same is true elsewhere."""

    finding: Finding
    others: tuple[Finding, ...] = ()
    remedy: str = ""  # empty where the next entry ends with the same rule and remedy

    @property
    def joint(self) -> str:
        """What leads over from the places to what is told of them."""
        one = joint(self.finding)
        return (one or ": each") if self.others else one


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one check; `left_out` more are not shown."""

    title: str
    entries: tuple[Entry, ...]
    left_out: int = 0


def headline(title: str, report: Report) -> str:
    """Return the decision in a few words."""
    blocking = sum(1 for _ in findings_of(report, "block"))
    if report.decision == "merge":
        return f"{title} passes"
    if report.decision == "person":
        return f"{title} {_waits(report)}"
    if report.decision == "wait":
        return f"{title} passes, and its name stays open to objections for a while"
    if report.decision == "no verdict":
        return f"{title} has no verdict yet"
    if not blocking:
        return f"{title} needs a little more"
    return f"{title} has {blocking} thing{'s' if blocking != 1 else ''} to mend"


def is_once(report: Report) -> bool:
    """Whether a person is asked only because something is new: all else passed."""
    asking = {finding.rule for _, finding in findings_of(report, "person")}
    return bool(asking) and asking <= _ONCE.keys()


def _waits(report: Report) -> str:
    """Return why a person is asked, where it is only that something is new: its author sees that all else passed."""
    asking = {finding.rule for _, finding in findings_of(report, "person")}
    if is_once(report):
        return f"passes; nothing to mend, and a maintainer looks once at {_ONCE[min(asking)]}"
    return "waits for a maintainer"


def place(finding: Finding) -> str:
    """Return where a finding is: `src/main.py:12`, or `devforge.yaml:3 (license)`."""
    path, colon, field = finding.at.partition(": ")
    if finding.line is None:
        return finding.at
    return f"{path}:{finding.line} ({field})" if colon else f"{path}:{finding.line}"


def told(finding: Finding) -> str:
    """Return the problem as it is said below its place: without the place, which was named already."""
    said = finding.problem.removeprefix(f"{finding.at} ")
    lines = _LINES.match(said)
    if lines is None or int(lines[1]) != finding.line:
        return said
    rest, others = said[lines.end() :], lines[2].strip(" ,")
    return f"{rest} (also in {_lines(others)})" if others else rest


def joint(finding: Finding) -> str:
    """Return what stands between a place and `told`: nothing in `README.md has 12 words`, else a colon."""
    return "" if _ITS_VERB.match(told(finding)) else ":"


def _lines(others: str) -> str:
    return f"line {others}" if others.isdecimal() else f"lines {others}".replace("lines and ", "")


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


def advice(report: Report) -> Iterable[Finding]:
    """Yield the remarks that block nothing and that nobody had to accept."""
    return (f for _, f in findings_of(report, "warn", "info") if not f.excused)


def accepted(report: Report) -> Iterable[Finding]:
    """Yield what a maintainer accepted before, for this very code."""
    return (finding for _, finding in findings_of(report, "info") if finding.excused)


def excuse(finding: Finding) -> str:
    """Return how the excuse of a finding begins: whose word it is."""
    return "It was" if finding.severity == "info" else "Its author says:"


def pages(orders: Iterable[Order]) -> tuple[Rule, ...]:
    """Return the rules whose pages people asked for, each once, the last five."""
    rules = {rule.id: rule for check in CHECKS for rule in check.RULES}
    asked = dict.fromkeys(o.rule for o in orders if o.is_done and o.what == "explain")
    return tuple(rules[id] for id in list(asked)[-5:] if id in rules)


def groups(report: Report, *severities: str, limit: int) -> tuple[Group, ...]:
    """Return the findings by check, at most `limit` of each check, the gravest first."""
    found: dict[CheckName, list[Finding]] = {}
    for check, finding in findings_of(report, *severities):
        if finding.severity == "info" and finding.excused:
            continue
        found.setdefault(check.name, []).append(finding)
    return tuple(_group(TITLES[name], findings, limit) for name, findings in found.items())


def _group(title: str, findings: Iterable[Finding], limit: int) -> Group:
    told = entries(findings)
    shown = told[:limit]
    if shown and not shown[-1].remedy:
        shown[-1] = replace(shown[-1], remedy=shown[-1].finding.remedy)
    left_out = sum(1 + len(entry.others) for entry in told[limit:])
    return Group(title, tuple(shown), left_out)


def entries(findings: Iterable[Finding]) -> list[Entry]:
    """Return what is true of several places once, and a remedy once behind all that it is for."""
    alike: dict[tuple[str, str, str], dict[tuple[str, str], list[Finding]]] = {}
    for finding in findings:
        cure = (finding.severity, finding.rule, finding.remedy)
        said = (told(finding), finding.excused)
        alike.setdefault(cure, {}).setdefault(said, []).append(finding)
    found: list[Entry] = []
    for (_, _, remedy), same in alike.items():
        found += [Entry(first, tuple(others)) for first, *others in same.values()]
        whole = remedy if len(same) == 1 else f"for each of these: {remedy}"
        found[-1] = replace(found[-1], remedy=whole)
    return found


def silent(report: Report) -> tuple[tuple[str, str], ...]:
    """Return the title and reason of each check without a verdict."""
    return tuple(
        (TITLES[check.name], check.reason or "it said nothing")
        for check in report.checks
        if check.verdict == "no verdict"
    )
