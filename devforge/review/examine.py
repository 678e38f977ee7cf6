"""The review itself: run the tools that only read, then the checks, and give each its verdict.

A check that crashed, or lacked what it needs, is "no verdict", which is never a kind of pass.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from checks import CHECKS
from checks.protocol import Check, NoVerdict, Rule
from devforge.adapters.bandit import scan_python
from devforge.adapters.oxlint import lint_javascript
from devforge.adapters.ruff import lint_python
from devforge.adapters.semgrep import UNREAD, scan
from devforge.model.observed import (
    DependencyFact,
    Missing,
    SourceTree,
    TestRun,
    ToolFinding,
    Trial,
)
from devforge.model.policy import CheckName, Severity
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Finding, Verdict
from devforge.review.dependencies import read_dependencies
from devforge.review.materialise import materialise

_LOG = logging.getLogger(__name__)
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


def observe_static(tree: SourceTree, *, scratch: Path) -> StaticObservation:
    """Run ruff, oxlint, bandit and semgrep side by side over `tree` and read its dependencies.

    Args:
        scratch: a directory of ours; `source` below it must not exist yet.
    """
    code = materialise(tree, scratch / "source")
    seconds: dict[CheckName, float] = {}
    started = time.perf_counter()
    with ThreadPoolExecutor(max_workers=4) as pool:
        semgrep = pool.submit(scan, code.directory)
        bandit = pool.submit(scan_python, code.directory)
        oxlint = pool.submit(lint_javascript, code.directory)
        ruff = pool.submit(lint_python, code.directory)
        lint = code.translated(_joined(ruff.result(), oxlint.result()))
        seconds["quality"] = time.perf_counter() - started
        security = code.translated(_joined(semgrep.result(), bandit.result()))
        seconds["security"] = time.perf_counter() - started
    if not isinstance(security, Missing):
        security = (*security, *_left_out(code.left_out))
    return StaticObservation(
        lint=lint,
        security=security,
        dependencies=read_dependencies(tree),
        tool_seconds=seconds,
    )


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


def _left_out(files: Mapping[str, str]) -> Iterable[ToolFinding]:
    for path, reason in files.items():
        yield ToolFinding(tool="semgrep", code=UNREAD, path=path, line=1, message=reason)
