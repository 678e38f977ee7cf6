"""The review itself: run the tools that only read, then the checks, and give each its verdict.

A check that crashed, or lacked what it needs, is "no verdict", which is never a kind of pass.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path

from checks import CHECKS
from checks.protocol import Check, NoVerdict, Rule
from checks.security.flows import look_ahead
from devforge.adapters.bandit import scan_python
from devforge.adapters.oxlint import lint_javascript
from devforge.adapters.ruff import lint_python
from devforge.adapters.semgrep import UNREAD, scan
from devforge.model.collector import collector_paused
from devforge.model.observed import (
    DependencyFact,
    Missing,
    SourceTree,
    TestRun,
    ToolFinding,
    Trial,
)
from devforge.model.reviewing import CheckName, Severity
from devforge.model.scans import Scans
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Finding, Verdict
from devforge.review.dependencies import read_dependencies
from devforge.review.materialise import materialise
from devforge.review.scans import remembered
from devforge.review.waiving import excuse

_LOG = logging.getLogger(__name__)
_LINTERS = ("ruff", "oxlint")
_SCANNERS = ("semgrep", "bandit")
_ORDER: tuple[Severity, ...] = ("info", "warn", "person", "block")
_LONGEST_SECONDS = 6 * 3600.0  # no job runs longer
_COST: dict[Severity, int] = {"block": 60, "person": 25, "warn": 5, "info": 1}


@dataclass(frozen=True, slots=True)
class StaticObservation:
    """What reading the extension showed, for the fields of a Submission of the same names."""

    lint: tuple[ToolFinding, ...] | Missing
    security: tuple[ToolFinding, ...] | Missing
    dependencies: tuple[DependencyFact, ...] | Missing
    tool_seconds: Mapping[CheckName, float] = field(compare=False)

    def on(self, submission: Submission) -> Submission:
        """Return `submission` with this observation in it."""
        return replace(
            submission,
            lint=self.lint,
            security=self.security,
            dependencies=self.dependencies,
            tool_seconds=self.tool_seconds,
        )


@collector_paused()
def observe_static(
    tree: SourceTree, *, scratch: Path, scans: Scans | None = None, ahead: bool = True
) -> StaticObservation:
    """Run ruff, oxlint, bandit and semgrep side by side over `tree` and read its dependencies.

    Args:
        scratch: a directory of ours; `source` below it must not exist yet.
        scans: what is remembered of files; those are not read again, and the answer is the same.
        ahead: whether this process examines the tree next: what needs no tool is begun meanwhile.
    """
    known = remembered(scans, tree)
    code = materialise(tree, scratch / "source", without=known)
    with ThreadPoolExecutor(max_workers=4) as pool:
        tools = {
            tool: pool.submit(_timed, run, code.directory)  # the longest first
            for tool, run in (
                ("semgrep", scan),
                ("bandit", scan_python),
                ("oxlint", lint_javascript),
                ("ruff", lint_python),
            )
        }
        dependencies = read_dependencies(tree)
        began = time.perf_counter()
        if ahead:
            _look_ahead(tree)
        looked = time.perf_counter() - began
    said = {tool: future.result() for tool, future in tools.items()}
    lint = code.translated(_joined(*(said[tool].answer for tool in _LINTERS)))
    security = code.translated(_joined(*(said[tool].answer for tool in _SCANNERS)))
    before = [finding for findings in known.values() for finding in findings]
    left_out = tuple(_left_out(code.left_out))
    return StaticObservation(
        lint=_with(lint, (f for f in before if f.tool in _LINTERS)),
        security=_with(security, (f for f in before if f.tool not in _LINTERS), left_out),
        dependencies=dependencies,
        tool_seconds={
            "quality": max(said[tool].seconds for tool in _LINTERS),
            "security": max(looked, *(said[tool].seconds for tool in _SCANNERS)),
        },
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a tool answered, and how long it took."""

    answer: tuple[ToolFinding, ...] | Missing
    seconds: float


def _timed(run: Callable[[Path], tuple[ToolFinding, ...] | Missing], directory: Path) -> _Said:
    start = time.perf_counter()
    answer = run(directory)
    return _Said(answer, time.perf_counter() - start)


def _look_ahead(tree: SourceTree) -> None:
    """Do what the checks do without a tool. What goes wrong is met, and told, by the check itself."""
    try:
        look_ahead(tree)
    except Exception:
        _LOG.exception("looking ahead failed")


@collector_paused()
def examine(
    submission: Submission,
    only: Collection[CheckName] | None = None,
    *,
    checks: Sequence[Check] = CHECKS,
) -> tuple[CheckReport, ...]:
    """Return the report of every check the policy asks for, in the order of `CHECKS`.

    Args:
        only: leave the others out altogether, as a job does that runs some of them.

    A check that the policy names and nobody has is reported too, without a verdict.
    """
    wanted = [name for name in submission.policy.review.checks if only is None or name in only]
    present = {check.NAME: check for check in checks}
    order = [check.NAME for check in checks if check.NAME in wanted]
    order += [name for name in wanted if name not in present]
    return tuple(
        _examined(present[name], submission) if name in present else _absent(name) for name in order
    )


def _examined(check: Check, submission: Submission) -> CheckReport:
    findings: list[Finding] = []
    reason = ""
    start = time.perf_counter()
    try:
        findings.extend(check.check(submission))
    except NoVerdict as silence:
        reason = str(silence)
    except Exception as error:  # a bug of ours must not merge anything, nor blame the author
        _LOG.exception("the check %s failed", check.NAME)
        reason = f"the check itself failed, which is ours to mend: {type(error).__name__}"
    turned = _turned(findings, check.RULES, submission.policy.review.severities)
    turned = tuple(sorted(excuse(turned, check.NAME, submission), key=_place))
    return CheckReport(
        name=check.NAME,
        verdict="no verdict" if reason else _verdict(turned),
        score=0 if reason else _score(turned),
        seconds=round(time.perf_counter() - start + _tools_took(check.NAME, submission), 3),
        findings=turned,
        reason=reason[:4000],
    )


def _tools_took(name: CheckName, submission: Submission) -> float:
    """Return how long the tools of a check ran, as far as another job's word can be believed."""
    told = submission.tool_seconds.get(name, 0.0)
    trial = submission.trial
    if name == "coverage" and isinstance(trial, Trial) and isinstance(trial.tests, TestRun):
        told = trial.tests.seconds
    return told if 0 <= told <= _LONGEST_SECONDS else 0.0


def _absent(name: CheckName) -> CheckReport:
    reason = f"the policy asks for the check {name}, which does not exist: see checks/__init__.py"
    return CheckReport(name=name, verdict="no verdict", score=0, seconds=0, reason=reason)


def _verdict(findings: Iterable[Finding]) -> Verdict:
    return "failed" if any(f.severity in ("block", "person") for f in findings) else "passed"


def _score(findings: Iterable[Finding]) -> int:
    """100 less what each finding costs; one rule costs at most three times its single price."""
    spent: dict[tuple[str, Severity], int] = {}
    for finding in findings:
        key = (finding.rule, finding.severity)
        spent[key] = min(spent.get(key, 0) + _COST[finding.severity], 3 * _COST[finding.severity])
    return max(0, 100 - sum(spent.values()))


def _turned(
    findings: Iterable[Finding], rules: Iterable[Rule], severities: Mapping[str, Severity]
) -> tuple[Finding, ...]:
    """Apply the policy's severities, and put the gravest first, then in order of place.

    A finding that its check judged milder than its rule stays as mild as it was, or milder.
    """
    own = {rule.id: rule.severity for rule in rules}
    turned = []
    for finding in findings:
        severity = severities.get(finding.rule, finding.severity)
        if finding.severity != own.get(finding.rule, finding.severity):
            severity = min(severity, finding.severity, key=_ORDER.index)
        turned.append(finding.model_copy(update={"severity": severity}))
    return tuple(sorted(set(turned), key=_place))


def _place(finding: Finding) -> tuple[int, str, int, str, str]:
    gravity = -_ORDER.index(finding.severity)
    return gravity, finding.at, finding.line or 0, finding.rule, finding.problem


def _joined(
    *answers: tuple[ToolFinding, ...] | Missing,
) -> tuple[ToolFinding, ...] | Missing:
    """All findings of several tools, or Missing with every reason if any of them is."""
    reasons = [answer.reason for answer in answers if isinstance(answer, Missing)]
    if reasons:
        return Missing(reason="; ".join(reasons))
    return tuple(f for answer in answers if not isinstance(answer, Missing) for f in answer)


def _with(
    findings: tuple[ToolFinding, ...] | Missing,
    known: Iterable[ToolFinding],
    last: tuple[ToolFinding, ...] = (),
) -> tuple[ToolFinding, ...] | Missing:
    """What was found now and what is remembered, in order of place, and `last` at the end."""
    if isinstance(findings, Missing):
        return findings
    return (*sorted((*findings, *known), key=attrgetter("place")), *last)


def _left_out(files: Mapping[str, str]) -> Iterable[ToolFinding]:
    for path, reason in files.items():
        yield ToolFinding(tool="semgrep", code=UNREAD, path=path, line=1, message=reason)
