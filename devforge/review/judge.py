"""Turns one observed pull request into a report: the checks, and the decision over them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from checks.decision import OUT_OF_BOUNDS
from checks.decision.people import is_cautious
from devforge.adapters.state import State
from devforge.model.change import Approved
from devforge.model.observed import Missing
from devforge.model.policy import Policy
from devforge.model.profile import Difference, Profile
from devforge.model.records import Rollout
from devforge.model.reviewing import CheckName
from devforge.model.scans import Scans
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Report
from devforge.review.decide import decide, settle
from devforge.review.examine import examine
from devforge.review.handover import Observed, Tried
from devforge.review.memory import last_report_path
from devforge.review.observe import Candidate
from devforge.review.profiles import compared, profiled, profiled_as
from devforge.review.scans import remember, tools_digest
from devforge.review.talk import Talk

T = TypeVar("T", Observed, Tried)
_CHANGE: tuple[CheckName, ...] = ("decision",)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The checks' reports, and which of them had to answer."""

    checks: tuple[CheckReport, ...]
    required: tuple[CheckName, ...]
    scans: Scans | None = None  # what the tools said of each file, for the next version
    profile: Profile | None = None
    difference: Difference | None = None


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
    bound = _bound(observed, head, tree)
    submission = profiled(_with_observed(submission, bound))
    trial = _bound(tried, head, tree)
    submission = submission.tried(trial.trial if isinstance(trial, Tried) else trial)
    return Judgement(
        examine(submission),
        required,
        _scans(submission, bound),
        submission.profile,
        compared(submission),
    )


def _scans(submission: Submission, observed: Observed | Missing) -> Scans | None:
    """What is worth remembering, file by file of the tree that Git gave us; never of other tools."""
    if isinstance(observed, Missing) or observed.tools != tools_digest():
        return None
    return remember(submission.tree, observed.lint, observed.security, tools=observed.tools)


def is_worth_reading(candidate: Candidate) -> bool:
    """Whether the source is there, and the change its author's to make."""
    if not candidate.has_source or is_records_only(candidate.submission):
        return False
    return not _is_out_of_bounds(examine(candidate.submission, _CHANGE))


def rejudge(candidate: Candidate, last: Report | None) -> Judgement | None:
    """Return the remembered judgement of exactly this source, with the change judged anew.

    None where `last` is not a report of this commit and tree: then everything is done again.
    """
    submission = candidate.submission
    change = examine(submission, _CHANGE) if "decision" in submission.policy.review.checks else ()
    if is_records_only(submission):
        return Judgement(change, _CHANGE)
    if candidate.source_missing is not None:
        return None
    if not candidate.has_source or _is_out_of_bounds(change):
        return Judgement(change, submission.policy.review.checks)
    if last is None or submission.record is None or last.commit != submission.record.commit:
        return None
    if last.tree_sha256 != submission.tree.sha256:
        return None
    kept = tuple(check for check in last.checks if check.name != "decision")
    if change:
        change = examine(profiled_as(submission, last.profile), _CHANGE)
    required = submission.policy.review.checks
    return Judgement((*kept, *change), required, None, last.profile, last.difference)


def last_report(state: State, number: int) -> Report | None:
    """Return the report people saw last on a pull request; None where none can be read."""
    content = state.read(last_report_path(number))
    try:
        return Report.model_validate_json(content) if content else None
    except ValidationError:
        return None


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
    candidate: Candidate, judgement: Judgement, talk: Talk, *, not_before: datetime | None = None
) -> Report:
    """Return the whole report: what the checks say, then what people said, then the clock.

    Args:
        not_before: until when a new name stays open to objections.
    """
    submission, change = candidate.submission, candidate.submission.change
    decision = decide(
        judgement.checks,
        submission.policy,
        required=judgement.required,
        approved_by=tuple(word.login for word in talk.standing.approvals),
    )
    if change is not None:
        decision = settle(decision, talk.standing, now=change.now, not_before=not_before)
    version = change.version if change else None
    return Report(
        extension=str(submission.id or (change.subject.developer if change else "") or ""),
        version=str(version or ""),
        decision=decision.outcome,
        reasons=decision.reasons,
        checks=judgement.checks,
        commit=submission.record.commit if submission.record else None,
        tree_sha256=submission.tree.sha256 if candidate.has_source else None,
        profile=judgement.profile,
        difference=judgement.difference,
        rollout=cautious(judgement.checks, submission.policy),
        orders=talk.of(candidate.pull.head.sha),
    )


def cautious(reports: Collection[CheckReport], policy: Policy) -> Rollout | None:
    """Return the slow roll-out that the policy has for what is new in a version, if anything is."""
    return policy.publishing.cautious_rollout if is_cautious(reports) else None


def approval_of(candidate: Candidate, profile: Profile | None) -> Approved | None:
    """Return what the state branch keeps of this version, for the next one to be compared with."""
    submission, change = candidate.submission, candidate.submission.change
    if submission.manifest is None or submission.record is None or change is None:
        return None
    return Approved(
        commit=submission.record.commit,
        tree_sha256=submission.tree.sha256,
        manifest=submission.manifest,
        dependencies=change.dependencies,
        profile=profile,
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
        return replace(
            submission,
            lint=observed,
            security=observed,
            vendored=observed,
            vulnerabilities=observed,
        )
    return replace(
        submission,
        lint=observed.lint,
        security=observed.security,
        vendored=observed.vendored,
        vulnerabilities=observed.vulnerabilities,
        tool_seconds=observed.tool_seconds,
    )
