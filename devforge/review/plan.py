"""Plans what makes a pull request's comment, labels, status and fate what they should be. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from devforge.model.change import Approved
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.verdict import Outcome, Report
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.review.acts import (
    DispatchPublish,
    Merge,
    PutComment,
    Remember,
    ReviewChange,
    SetLabels,
    SetStatus,
)
from devforge.review.memory import Memory

CONTEXT = "devforge/review"
LABELS: dict[Outcome, str] = {
    "merge": "review: merge",
    "person": "review: person",
    "mend": "review: mend",
    "no verdict": "review: no verdict",
}
_STATES: dict[Outcome, Literal["success", "failure", "pending", "error"]] = {
    "merge": "success",
    "person": "pending",
    "mend": "failure",
    "no verdict": "error",
}


@dataclass(frozen=True, slots=True)
class OldComment:
    """Our comment as it is; its text where it had to be read, and further ones by mistake."""

    id: int
    sha256: str
    duplicates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One reviewed pull request, and what it looks like on the server now."""

    pull: int
    head: str
    title: str
    updated_at: str
    labels: tuple[str, ...]
    report: Report
    body: str  # the comment as it should be
    memory: Memory | None = None
    comment: OldComment | None = None
    id: ExtensionId | None = None
    version: Version | None = None
    approved: Approved | None = None
    waits_for: tuple[int, ...] = ()


def plan_review(
    *, reviewed: Iterable[Reviewed], policy: Policy, branch: str, notes: Iterable[str] = ()
) -> Plan[ReviewChange]:
    """Return what makes comments, labels, statuses, memory and the registry what they should be.

    The memory comes after what people see and before the merge: a run killed anywhere leaves
    something that the next run does again or finds done.
    """
    changes: list[ReviewChange] = []
    merges = False
    for review in reviewed:
        changes += _said(review)
        changes.append(_remembered(review))
        if review.report.decision == "merge":
            merges = True
            changes.append(Merge(review.pull, review.head, policy.review.method, review.title))
    if merges:
        changes.append(DispatchPublish(branch))
    return Plan("review", tuple(changes), tuple(notes))


def _said(review: Reviewed) -> Iterable[ReviewChange]:
    outcome = review.report.decision
    old = review.comment
    digest = hashlib.sha256(review.body.encode()).hexdigest()
    if old is None or old.sha256 != digest or old.duplicates:
        yield PutComment(
            review.pull, review.body, old.id if old else None, old.duplicates if old else ()
        )
    labels = _labels(review.labels, outcome)
    if labels != review.labels:
        yield SetLabels(review.pull, labels)
    yield SetStatus(review.pull, review.head, _STATES[outcome], _status_words(review.report))


def _labels(present: tuple[str, ...], outcome: Outcome) -> tuple[str, ...]:
    ours = set(LABELS.values())
    kept = tuple(label for label in present if label not in ours)
    wanted = (*kept, LABELS[outcome])
    return present if set(present) == set(wanted) else wanted


def _status_words(report: Report) -> str:
    if report.decision == "merge":
        return "Reviewed; this commit may be merged"
    if report.decision == "person":
        return "Reviewed; waits for a maintainer"
    if report.decision == "no verdict":
        return "No verdict yet; nothing is asked of you"
    count = sum(f.severity == "block" for check in report.checks for f in check.findings)
    return f"{count} thing{'s' if count != 1 else ''} to mend" if count else "Something to mend"


def _remembered(review: Reviewed) -> Remember:
    before = review.memory
    again = before is not None and before.head == review.head
    memory = Memory(
        head=review.head,
        outcome=review.report.decision,
        attempts=before.attempts + 1 if again and before is not None else 1,
        seen=review.updated_at,
        settled=again and before is not None and before.seen == review.updated_at,
        comment=review.comment.id if review.comment else None,
        comment_sha256=hashlib.sha256(review.body.encode()).hexdigest(),
        waits_for=review.waits_for,
    )
    keeps = review.report.decision in ("merge", "person") and review.version is not None
    if not keeps:
        return Remember(review.pull, memory)
    return Remember(review.pull, memory, review.report, review.id, review.version, review.approved)
