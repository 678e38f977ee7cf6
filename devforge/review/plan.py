"""Plans what makes a pull request's comment, labels, status and fate what they should be. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from devforge.model.change import Approved
from devforge.model.names import ExtensionId
from devforge.model.pace import Merged
from devforge.model.policy import Policy
from devforge.model.scans import Scans
from devforge.model.verdict import Outcome, Report
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.review.acts import (
    DispatchPublish,
    DispatchReview,
    Merge,
    PutComment,
    React,
    Remember,
    ReviewChange,
    SetLabels,
    SetStatus,
)
from devforge.review.memory import Memory
from devforge.review.talk import Talk

_ONE_SECOND = timedelta(seconds=1)
_NOTHING_SAID = Talk()
CONTEXT = "devforge/review"
LABELS: dict[Outcome, str] = {
    "merge": "review: merge",
    "wait": "review: wait",
    "person": "review: person",
    "mend": "review: mend",
    "no verdict": "review: no verdict",
}
_STATES: dict[Outcome, Literal["success", "failure", "pending", "error"]] = {
    "merge": "success",
    "wait": "pending",
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
    now: datetime
    settled: bool = False  # nothing more can be said in the second it was last touched
    talk: Talk = _NOTHING_SAID
    memory: Memory | None = None
    comment: OldComment | None = None
    id: ExtensionId | None = None
    version: Version | None = None
    approved: Approved | None = None
    waits_for: tuple[int, ...] = ()
    author: int | None = None  # whose it is, by id
    name: str | None = None  # the new name it proposes, since when, and how long it stays open
    name_since: datetime | None = None
    not_before: datetime | None = None
    scans: Scans | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """One pull request whose review stands: what people said of it is answered and remembered."""

    pull: int
    memory: Memory
    before: Memory
    talk: Talk
    again: bool = False  # another look is asked for
    id: ExtensionId | None = None


def plan_review(
    *,
    reviewed: Iterable[Reviewed],
    policy: Policy,
    branch: str,
    noted: Iterable[Noted] = (),
    notes: Iterable[str] = (),
) -> Plan[ReviewChange]:
    """Return what makes comments, labels, statuses, memory and the registry what they should be.

    The memory comes after what people see and before the merge: a run killed anywhere leaves
    something that the next run does again or finds done.
    """
    changes: list[ReviewChange] = []
    merges = again = False
    for note in noted:
        changes += _answers(note.pull, note.talk)
        if note.memory != note.before or note.talk.accepted:
            changes.append(
                Remember(note.pull, note.memory, id=note.id, accepted=note.talk.accepted)
            )
        again = again or note.again
    for review in reviewed:
        changes += _said(review)
        changes += _answers(review.pull, review.talk)
        changes.append(_remembered(review))
        again = again or review.talk.again
        if review.report.decision == "merge":
            merges = True
            changes.append(Merge(review.pull, review.head, policy.review.method, review.title))
    if merges:
        changes.append(DispatchPublish(branch))
    if again:
        changes.append(DispatchReview(branch))
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


def _answers(pull: int, talk: Talk) -> Iterable[React]:
    return (React(pull, comment, reaction) for comment, reaction in talk.heard.reactions)


def _labels(present: tuple[str, ...], outcome: Outcome) -> tuple[str, ...]:
    ours = set(LABELS.values())
    kept = tuple(label for label in present if label not in ours)
    wanted = (*kept, LABELS[outcome])
    return present if set(present) == set(wanted) else wanted


def _status_words(report: Report) -> str:
    if report.decision == "wait":
        return "Reviewed; its new name stays open to objections for a while"
    if report.decision == "merge":
        return "Reviewed; this commit may be merged"
    if report.decision == "person":
        return "Reviewed; waits for a maintainer"
    if report.decision == "no verdict":
        return "No verdict yet; nothing is asked of you"
    count = sum(f.severity == "block" for check in report.checks for f in check.findings)
    return f"{count} thing{'s' if count != 1 else ''} to mend" if count else "Something to mend"


def settled(updated_at: str, listed_at: datetime) -> bool:
    """Whether the server said so after the second in which a pull request was last touched.

    Its times are whole seconds: within that second, more may come and nothing would show it.
    """
    return listed_at - datetime.fromisoformat(updated_at) > _ONE_SECOND


def _remembered(review: Reviewed) -> Remember:
    outcome, version = review.report.decision, review.version
    keeps = outcome in ("merge", "person") and version is not None
    merges, since = outcome == "merge", _waiting_since(review)
    return Remember(
        review.pull,
        _memory(review),
        last=None if merges else review.report,
        report=review.report if keeps else None,
        id=review.id,
        version=version if keeps else None,
        approved=review.approved if keeps else None,
        accepted=review.talk.accepted,
        waited_seconds=(review.now - since).total_seconds() if merges and since else None,
        merged=Merged(pull=review.pull, when=review.now) if merges else None,
        author=review.author,
        scans=review.scans,
    )


def _memory(review: Reviewed) -> Memory:
    before = review.memory if review.memory and review.memory.head == review.head else None
    outcome, talk = review.report.decision, review.talk
    return Memory(
        head=review.head,
        outcome=outcome,
        attempts=before.attempts + 1 if before and not before.again else 1,
        seen=review.updated_at,
        settled=review.settled,
        comment=review.comment.id if review.comment else None,
        comment_sha256=hashlib.sha256(review.body.encode()).hexdigest(),
        waits_for=review.waits_for,
        posted=before.posted if before else None,
        heard=talk.heard.last,
        orders=talk.orders,
        standing=talk.standing.summary,
        again=talk.again,
        waiting_since=(_waiting_since(review) or review.now) if outcome == "person" else None,
        name=review.name,
        name_since=review.name_since,
        not_before=review.not_before if outcome == "wait" else None,
    )


def _waiting_since(review: Reviewed) -> datetime | None:
    """Since when it waits for a maintainer: a push does not begin the wait anew."""
    return review.memory.waiting_since if review.memory else None
