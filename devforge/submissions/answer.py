"""Decides what becomes of the issues in which people submit: pull requests, answers, an end. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from devforge.model.correspondence import Correspondence
from devforge.plan import Plan
from devforge.submissions import words
from devforge.submissions.changes import (
    Answer,
    CloseIssue,
    ClosePull,
    DeleteBranch,
    DispatchReview,
    EditPull,
    OpenPull,
    Push,
    Remember,
    SubmissionChange,
    branch_of,
)
from devforge.submissions.claims import Claimed
from devforge.submissions.form import Mistake
from devforge.submissions.plan import Account, Listed, Propose, Work, plan_submit


@dataclass(frozen=True, slots=True)
class OpenedPull:
    """The open pull request that was made for an issue."""

    number: int
    head: str
    title: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One open issue, observed as far as anything is new about it."""

    issue: int
    seen: str  # names its text and the time of its last change
    account: Account | None = None
    mistakes: tuple[Mistake, ...] = ()  # in the form, or in what stands at what it names
    work: Work | None = None
    listed: Listed | None = None
    pull: OpenedPull | None = None
    closed_pull: int | None = None  # what was made for it, and closed without being merged
    before: Correspondence | None = None
    comment: int | None = None
    has_branch: bool = False
    quiet: str = ""  # why there is nothing to do for it in this run


@dataclass(frozen=True, slots=True)
class Orphan:
    """A branch of ours whose issue was closed, deleted or moved away."""

    issue: int
    pull: int | None  # that is still open from it
    before: Correspondence


def plan_submissions(
    *, asked: Iterable[Asked], orphans: Iterable[Orphan], claims: Iterable[Claimed], base: str,
    branch: str,
) -> Plan[SubmissionChange]:  # fmt: skip
    """Return what brings every open issue to its pull request and its answer.

    Args:
        base: the commit of the registry's default branch that the records were read from.
        branch: that branch's name.
    """
    changes: list[SubmissionChange] = []
    remember: list[Remember] = []
    notes: list[str] = []
    for orphan in orphans:
        if orphan.pull is not None:
            changes.append(ClosePull(orphan.issue, orphan.pull))
        changes.append(DeleteBranch(orphan.issue))
        remember.append(Remember(orphan.issue, _ended(orphan.before, orphan.before.seen)))
    for claim in claims:
        said = claim.before.comment_sha256 if claim.before else None
        changes.append(Answer(claim.issue, claim.comment, _told(claim), said, None))
        memory = Correspondence(seen=claim.seen, comment=claim.comment, comment_sha256=said)
        remember.append(Remember(claim.issue, memory))
    for each in asked:
        if each.quiet:
            notes.append(f"quiet    issue #{each.issue}: {each.quiet}")
            continue
        *acts, last = _case(each, base, branch)
        changes += acts
        assert isinstance(last, Remember)  # noqa: S101  every case ends with what is remembered
        remember.append(last)
    pushed = {act.issue for act in changes if isinstance(act, Push | OpenPull)}
    unseen = {r.issue for r in remember if r.memory.head and r.memory.head != r.memory.reviewed}
    if pushed | unseen:
        changes.append(DispatchReview(branch, tuple(sorted(pushed | unseen))))
    return Plan("submissions", (*changes, *map(_reviewed, remember)), tuple(notes))


def _told(claim: Claimed) -> str:
    found = claim.found
    return words.to_correct(found, None) if isinstance(found, tuple) else words.claimed(found)


def _case(asked: Asked, base: str, branch: str) -> Iterator[SubmissionChange]:
    if asked.closed_pull is not None:
        yield _answer(asked, words.turned_down(asked.closed_pull))
        yield from _swept(asked)
        yield CloseIssue(asked.issue, "not_planned")
        yield Remember(asked.issue, _ended(asked.before, asked.seen))
        return
    if asked.mistakes or asked.account is None or asked.work is None or asked.listed is None:
        yield _answer(asked, words.to_correct(asked.mistakes, _number(asked)))
        yield Remember(asked.issue, _looked_at(asked))
        return
    plan = plan_submit(account=asked.account, work=asked.work, listed=asked.listed)
    if plan.refusals:
        refused = tuple(Mistake("Your extension", said, "") for said in plan.refusals)
        yield _answer(asked, words.to_correct(refused, _number(asked)))
        yield Remember(asked.issue, _looked_at(asked))
    elif plan.changes:
        yield from _proposed(asked, asked.account, asked.work, plan.changes[0], base, branch)
    else:
        if asked.pull is not None:
            yield ClosePull(asked.issue, asked.pull.number)
        yield from _swept(asked)
        yield _answer(asked, words.published(asked.work.manifest))
        yield CloseIssue(asked.issue, "completed")
        yield Remember(asked.issue, _ended(asked.before, asked.seen))


def _swept(asked: Asked) -> Iterator[SubmissionChange]:
    if asked.has_branch:
        yield DeleteBranch(asked.issue)


def _proposed(
    asked: Asked, account: Account, work: Work, propose: Propose, base: str, branch: str
) -> Iterator[SubmissionChange]:
    before, pull = asked.before, asked.pull
    digest = hashlib.sha256(json.dumps(sorted(propose.files)).encode()).hexdigest()
    ours = branch_of(asked.issue)
    memory = _looked_at(asked).model_copy(update={"files": digest})
    stands = before is not None and before.files == digest and before.head is not None
    if not (stands and before and pull and pull.head == before.head):
        memory = memory.model_copy(update={"head": None, "reviewed": None})
        yield Push(asked.issue, ours, base, propose.files, propose.title, account, memory)
    body = words.pull_request(asked.issue, account, work.manifest, propose)
    if pull is None:
        yield OpenPull(asked.issue, ours, branch, propose.title, body)
    elif pull.title != propose.title:
        yield EditPull(asked.issue, pull.number, propose.title, body)
    is_first = asked.listed is not None and asked.listed.developer is None
    yield _answer(asked, words.proposed(work, introduces=is_first))
    yield Remember(asked.issue, memory)


def _answer(asked: Asked, body: str) -> Answer:
    said = asked.before.comment_sha256 if asked.before else None
    return Answer(asked.issue, asked.comment, body, said, _number(asked))


def _number(asked: Asked) -> int | None:
    return asked.pull.number if asked.pull else None


def _looked_at(asked: Asked) -> Correspondence:
    before = asked.before or Correspondence(seen=asked.seen)
    news = {"seen": asked.seen, "pull": _number(asked), "comment": asked.comment}
    if asked.pull is None:
        news |= {"files": None, "head": None, "reviewed": None}
    return before.model_copy(update=news)


def _ended(before: Correspondence | None, seen: str) -> Correspondence:
    """What is kept once there is nothing more to come: the comment, should it be opened again."""
    kept = before or Correspondence(seen=seen)
    return Correspondence(seen=seen, comment=kept.comment, comment_sha256=kept.comment_sha256)


def _reviewed(remember: Remember) -> Remember:
    """What is remembered after a review was started; the head that was pushed is filled in then."""
    memory = remember.memory
    return Remember(remember.issue, memory.model_copy(update={"reviewed": memory.head}))
