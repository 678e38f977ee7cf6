"""Decides what becomes of a pull request, and plans the acts that bring it about. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from devforge.model.change import Approved
from devforge.model.names import ExtensionId
from devforge.model.policy import CheckName, Policy
from devforge.model.verdict import CheckReport, Decision, Finding, Outcome, Report
from devforge.model.versions import Version
from devforge.plan import Plan
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
class PutComment:
    """Make `body` the pull request's one comment; `comment` is the one to edit, if known."""

    pull: int
    body: str
    comment: int | None
    duplicates: tuple[int, ...] = ()

    @property
    def line(self) -> str:
        verb = "edit" if self.comment else "add"
        digest = hashlib.sha256(self.body.encode()).hexdigest()[:12]
        return f"comment  #{self.pull}   {verb}  {digest}"


@dataclass(frozen=True, slots=True)
class SetLabels:
    """Make `labels` all the labels of the pull request."""

    pull: int
    labels: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"label    #{self.pull}   {', '.join(self.labels)}"


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Bind the outcome to exactly this head commit."""

    pull: int
    head: str
    state: Literal["success", "failure", "pending", "error"]
    description: str

    @property
    def line(self) -> str:
        return f"status   #{self.pull}   {self.state} at {self.head[:12]}: {self.description}"


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the report, what was let in, and the last word on this head, in one commit."""

    pull: int
    memory: Memory
    report: Report | None = None
    id: ExtensionId | None = None
    version: Version | None = None
    approved: Approved | None = None

    @property
    def line(self) -> str:
        what = f"report of {self.id} {self.version}" if self.report else "the outcome"
        return f"remember #{self.pull}   {what}, {self.memory.outcome}, look {self.memory.attempts}"


@dataclass(frozen=True, slots=True)
class Merge:
    """Merge exactly the reviewed head; if somebody pushed since, nothing is merged."""

    pull: int
    head: str
    method: Literal["merge", "squash"]
    title: str

    @property
    def line(self) -> str:
        return f"merge    #{self.pull}   {self.title} at {self.head[:12]}"


@dataclass(frozen=True, slots=True)
class DispatchPublish:
    """Start `publish`: a merge made with the job's token starts no workflow by itself."""

    branch: str

    @property
    def line(self) -> str:
        return f"dispatch publish on {self.branch}"


ReviewChange = PutComment | SetLabels | SetStatus | Remember | Merge | DispatchPublish


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
    asks for one (**person**), unless a maintainer approved exactly this. Else it is merged.

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
    if for_people and not approved_by:
        return Decision(outcome="person", reasons=_shortened(for_people))
    if not policy.review.merge and not approved_by:
        return Decision(outcome="person", reasons=("the policy has a person look at everything",))
    reasons = (f"approved by {', '.join(approved_by)}",) if approved_by else ()
    return Decision(outcome="merge", reasons=reasons)


def _mean_score(reports: Iterable[CheckReport]) -> int | None:
    """The mean over the checks of the extension; what a person must see costs no points."""
    scores = [report.score for report in reports if report.name != "decision"]
    return round(sum(scores) / len(scores)) if scores else None


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
