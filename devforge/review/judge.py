"""Turns one observed pull request into a report: the checks, and the decision over them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import ValidationError

from checks.decision import OUT_OF_BOUNDS
from devforge.adapters.github_answers import Pull, Review
from devforge.adapters.state import State
from devforge.model.change import Approved
from devforge.model.observed import Missing
from devforge.model.policy import CheckName, Policy
from devforge.model.release import report_path
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Report
from devforge.review.decide import decide
from devforge.review.examine import examine
from devforge.review.handover import Observed, Tried
from devforge.review.observe import Candidate

T = TypeVar("T", Observed, Tried)
_CHANGE: tuple[CheckName, ...] = ("decision",)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The checks' reports, and which of them had to answer."""

    checks: tuple[CheckReport, ...]
    required: tuple[CheckName, ...]


def judge(candidate: Candidate, observed: Observed | Missing, tried: Tried | Missing) -> Judgement:
    """Return what the checks say. What other jobs hand over is believed for one source only.

    `observed` gives the security and quality checks what the reading tools said; `tried` reaches
    nothing but coverage, performance and what could not be fetched. Ownership and the change never
    come from another job.
    """
    submission = candidate.submission
    change = examine(submission, _CHANGE) if "decision" in submission.policy.review.checks else ()
    required = submission.policy.review.checks
    if is_records_only(submission):
        return Judgement(change, _CHANGE)
    if not candidate.has_source or _is_out_of_bounds(change):
        return Judgement(change, required)
    head, tree = candidate.pull.head.sha, submission.tree.sha256
    submission = _with_observed(submission, _bound(observed, head, tree))
    trial = _bound(tried, head, tree)
    submission = submission.tried(trial.trial if isinstance(trial, Tried) else trial)
    rest = [name for name in required if name != "decision"]
    return Judgement((*examine(submission, rest), *change), required)


def is_worth_reading(candidate: Candidate) -> bool:
    """Whether the source is there, and the change its author's to make."""
    if not candidate.has_source or is_records_only(candidate.submission):
        return False
    return not _is_out_of_bounds(examine(candidate.submission, _CHANGE))


def rejudge(candidate: Candidate, state: State) -> Judgement | None:
    """Return the remembered judgement of exactly this source, with the change judged anew.

    None where no report of this commit and tree is remembered: then everything is done again.
    """
    submission = candidate.submission
    change = examine(submission, _CHANGE) if "decision" in submission.policy.review.checks else ()
    if is_records_only(submission):
        return Judgement(change, _CHANGE)
    if submission.id is None or submission.change is None or submission.change.version is None:
        return None
    content = state.read(report_path(submission.id, submission.change.version))
    try:
        old = Report.model_validate_json(content) if content else None
    except ValidationError:
        return None
    if old is None or submission.record is None or old.commit != submission.record.commit:
        return None
    if not candidate.has_source or old.tree_sha256 != submission.tree.sha256:
        return None
    kept = tuple(check for check in old.checks if check.name != "decision")
    return Judgement((*kept, *change), submission.policy.review.checks)


def is_records_only(submission: Submission) -> bool:
    """Whether no new version comes with it: a developer's record, owners, a price, a yank."""
    change = submission.change
    if change is None or submission.record_problems:
        return False
    versions = [
        version for version in change.subject.versions if version not in change.old_versions
    ]
    return not versions and bool(change.old_extension or change.subject.developer)


def report_on(
    candidate: Candidate, judgement: Judgement, *, approved_by: Collection[str] = ()
) -> Report:
    """Return the whole report, decision included."""
    submission, change = candidate.submission, candidate.submission.change
    decision = decide(
        judgement.checks, submission.policy, required=judgement.required, approved_by=approved_by
    )
    version = change.version if change else None
    return Report(
        extension=str(submission.id or (change.subject.developer if change else "") or ""),
        version=str(version or ""),
        decision=decision.outcome,
        reasons=decision.reasons,
        checks=judgement.checks,
        commit=submission.record.commit if submission.record else None,
        tree_sha256=submission.tree.sha256 if candidate.has_source else None,
    )


def approvers(pull: Pull, reviews: Collection[Review], policy: Policy) -> tuple[str, ...]:
    """Return the maintainers whose last word on exactly this head is an approval, not the author's.

    Source: attack rows A18 and A19: ids, not logins; the commit, not the time.
    """
    maintainers = {member.id for member in policy.maintainers}
    last: dict[int, Review] = {}
    for review in reviews:
        if review.user is not None and review.state in (
            "APPROVED",
            "CHANGES_REQUESTED",
            "DISMISSED",
        ):
            last[review.user.id] = review
    author = pull.user.id if pull.user else None
    return tuple(
        review.user.login
        for review in last.values()
        if review.user is not None
        and review.user.id in maintainers
        and review.user.id != author
        and review.state == "APPROVED"
        and review.commit_id == pull.head.sha
    )


def approval_of(candidate: Candidate) -> Approved | None:
    """Return what the state branch keeps of this version, for the next one to be compared with."""
    submission, change = candidate.submission, candidate.submission.change
    if submission.manifest is None or submission.record is None or change is None:
        return None
    return Approved(
        commit=submission.record.commit,
        tree_sha256=submission.tree.sha256,
        manifest=submission.manifest,
        dependencies=change.dependencies,
        when=change.now,
    )


def _is_out_of_bounds(reports: Collection[CheckReport]) -> bool:
    """Whether the change is not its author's to make: then nothing else is worth anybody's time."""
    return any(
        finding.rule in OUT_OF_BOUNDS and finding.severity == "block"
        for report in reports
        for finding in report.findings
    )


def _bound(found: T | Missing, head: str, tree: str) -> T | Missing:
    if isinstance(found, Missing):
        return found
    if found.head != head or found.tree_sha256 != tree:
        return Missing(reason="what another job handed over is about another source")
    return found


def _with_observed(submission: Submission, observed: Observed | Missing) -> Submission:
    if isinstance(observed, Missing):
        return replace(submission, lint=observed, security=observed)
    return replace(
        submission,
        lint=observed.lint,
        security=observed.security,
        tool_seconds=observed.tool_seconds,
    )
