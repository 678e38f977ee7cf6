"""Decides what becomes of a submission from what the checks said. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from devforge.model.policy import Policy
from devforge.model.reviewing import CheckName
from devforge.model.verdict import CheckReport, Decision, Finding
from devforge.review.standing import Standing


def decide(
    checks: Iterable[CheckReport],
    policy: Policy,
    *,
    required: Collection[CheckName] | None = None,
    approved_by: Collection[str] = (),
) -> Decision:
    """Return what happens next and why.

    In this order: any finding that blocks makes it the author's turn (**mend**), because mending
    it is needed whatever a silent check would have said, and nothing is merged meanwhile. Else any
    required check that is absent, doubled or without a verdict makes it **no verdict**. Else a
    mean score below the policy's minimum is the author's turn too. Else any finding for a person
    asks for one (**person**), unless a maintainer approved exactly this; two where the policy calls
    a rule of them dangerous. Else it is merged.

    Args:
        required: the checks that must have answered; without it, all that the policy names.
        approved_by: maintainers who approved this very head.
    """
    reports = list(checks)
    blocking = _findings(reports, "block")
    if blocking:
        return Decision(outcome="mend", reasons=_shortened(blocking))
    silent = tuple(_silent(reports, policy.review.checks if required is None else required))
    if silent:
        return Decision(outcome="no verdict", reasons=silent)
    mean = round(sum(report.score for report in reports) / len(reports))
    if mean < policy.review.minimum_score:
        reason = (
            f"the checks' mean score is {mean}; at least {policy.review.minimum_score} is needed"
        )
        return Decision(outcome="mend", reasons=(reason,))
    for_people = _findings(reports, "person")
    if for_people and len(approved_by) < approvals_needed(reports, policy):
        return Decision(outcome="person", reasons=_shortened(for_people))
    if not policy.review.merge and not approved_by:
        return Decision(outcome="person", reasons=("the policy has a person look at everything",))
    reasons = (f"approved by {' and '.join(approved_by)}",) if approved_by else ()
    return Decision(outcome="merge", reasons=reasons)


def approvals_needed(reports: Iterable[CheckReport], policy: Policy) -> int:
    """Return how many different maintainers must approve: two where a rule is dangerous."""
    rules = {finding.rule for finding in _findings(reports, "person")}
    return 2 if rules.intersection(policy.review.dangerous) else 1


def settle(
    decision: Decision, standing: Standing, *, now: datetime, not_before: datetime | None
) -> Decision:
    """Return the decision after what people said of it, and what the policy's clock says.

    A word of a person can stop what would be merged; it lets in nothing that the checks stopped.

    Args:
        not_before: until when a new name stays open to objections, unless somebody approved it.
    """
    no, hold = standing.rejection, standing.hold
    if no is not None:
        said = f"{no.login} sends it back: {no.reason}"
        kept = decision.reasons if decision.outcome == "mend" else ()
        return Decision(outcome="mend", reasons=(said, *kept))
    if hold is not None and decision.outcome in ("merge", "person"):
        said = f"{hold.login} holds it" + (f": {hold.reason}" if hold.reason else "")
        kept = decision.reasons if decision.outcome == "person" else ()
        return Decision(outcome="person", reasons=(said, *kept))
    is_open = not_before is not None and now < not_before
    if decision.outcome == "merge" and is_open and not standing.approvals:
        return Decision(outcome="wait", reasons=("a new name stays open to objections",))
    return decision


def _findings(reports: Iterable[CheckReport], severity: str) -> list[Finding]:
    return [f for report in reports for f in report.findings if f.severity == severity]


def _shortened(findings: list[Finding]) -> tuple[str, ...]:
    sentences = list(dict.fromkeys(f"{f.at}: {f.problem}" for f in findings))
    more = (f"and {len(sentences) - 20} more",) if len(sentences) > 20 else ()
    return (*(sentence[:4000] for sentence in sentences[:20]), *more)


def _silent(reports: list[CheckReport], required: Collection[CheckName]) -> Iterable[str]:
    names = [report.name for report in reports]
    for name in required:
        if name not in names:
            yield f"{name}: did not run"
        elif names.count(name) > 1:
            yield f"{name}: answered more than once"
    for report in reports:
        if report.verdict == "no verdict":
            yield f"{report.name}: {report.reason or 'said nothing'}"
    if not reports:
        yield "no check ran"
