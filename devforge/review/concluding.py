"""The step that decides: judges what was observed and says what should become of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devforge.adapters.github_answers import Pull
from devforge.errors import DevForgeError, Unavailable
from devforge.model.observed import Missing
from devforge.model.verdict import CheckReport, Report
from devforge.review.answering import Judged, render
from devforge.review.authors import authors_of
from devforge.review.handover import Listed, Observed, Tried, read_json
from devforge.review.judge import Judgement, judge, last_report, rejudge, report_on
from devforge.review.memory import Memory
from devforge.review.observe import Candidate
from devforge.review.plan import Noted, Reviewed, settled
from devforge.review.queue import is_over
from devforge.review.session import Session
from devforge.review.talk import Talk, read_talk, remembered_talk, with_agreed, with_waivers
from devforge.review.waiting import known_since, new_name, open_until

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What deciding found: reviews to act on, words only answered, and notes on what is left."""

    reviewed: tuple[Reviewed, ...]
    noted: tuple[Noted, ...]
    notes: tuple[str, ...]


def conclude_step(session: Session, *, static: Path, trials: Path) -> Concluded:
    """Judge every pull request of the queue anew from Git, and what other jobs measured of it."""
    listed = read_json(static / "listed.json", Listed)
    judged: list[Judged] = []
    noted: list[Noted] = []
    notes = list(session.queue.notes)
    ready = [pull for pull in session.queue.review if _was_read(pull, listed)]
    notes += [
        f"wait     #{pull.number}   not read in this run; the next one reads it"
        for pull in session.queue.review
        if not _was_read(pull, listed)
    ]
    for pull, candidate in session.candidates(ready):
        if isinstance(candidate, DevForgeError):
            judged.append(_unobserved(session, pull, candidate))
            continue
        observed = read_json(static / str(pull.number) / "static.json", Observed)
        tried = read_json(trials / f"trial-{pull.number}" / "trial.json", Tried)
        judged.append(_judged(session, candidate, observed, tried))
    for pull in session.queue.news:
        try:
            found = _heard(session, pull)
        except DevForgeError as error:
            notes.append(f"wait     #{pull.number}   {error}")
            continue
        if isinstance(found, Judged):
            judged.append(found)
        else:
            noted.append(found)
    return Concluded(render(session, judged, notes), tuple(noted), tuple(notes))


def _was_read(pull: Pull, listed: Listed | Missing) -> bool:
    """Whether this head was among those read; where nothing tells, all are judged, and wanting."""
    return isinstance(listed, Missing) or listed.heads.get(pull.number) == pull.head.sha


def _heard(session: Session, pull: Pull) -> Judged | Noted:
    """What people said since the last look makes of one whose review stands.

    One or two requests where nobody gave a command; only where one changes what is to be said is
    the pull request looked at again, and only where one asks for it is everything read anew.
    """
    memory = session.memories[pull.number]
    last = last_report(session.registry.state, pull.number)
    may_enter = memory.outcome not in ("mend", "no verdict")
    talk = _talk(session, pull, last, with_reviews=may_enter)
    done = [order for order in talk.heard.orders if order.is_done]
    if talk.waived:
        candidate = _observed(session, pull)
        tree = candidate.submission.tree if candidate.has_source else None
        talk = with_waivers(talk, last, tree, session.now)
        return _noted(session, pull, memory, talk, again=True, candidate=candidate)
    if any(order.what == "recheck" for order in done):
        return _noted(session, pull, memory, talk, again=True)
    stands = talk.standing.summary == memory.standing or not may_enter
    if not talk.heard.orders and stands and not is_over(memory, session.listed_at):
        return _noted(session, pull, memory, talk)
    candidate = _observed(session, pull)
    judgement = rejudge(candidate, last)
    if judgement is None:
        return _noted(session, pull, memory, talk, again=True)
    if not may_enter:  # nothing is ever let in past an objection that nobody read
        talk = _talk(session, pull, last, with_reviews=True)
    return _concluded(session, candidate, judgement, talk)


def _observed(session: Session, pull: Pull) -> Candidate:
    for _, candidate in session.candidates([pull]):
        if isinstance(candidate, DevForgeError):
            raise candidate
        return candidate
    raise Unavailable("it was pushed to just now; the next run reads it")


def _talk(session: Session, pull: Pull, last: Report | None, *, with_reviews: bool) -> Talk:
    return read_talk(
        session.github,
        pull,
        authors=authors_of(pull, session.desk.authors.get(pull.number)),
        policy=session.policy,
        memory=session.memories.get(pull.number),
        last=last,
        with_reviews=with_reviews,
        untouched=_is_untouched(session, pull),
    )


def _is_untouched(session: Session, pull: Pull) -> bool:
    """Whether nobody, not even we, has touched it since it was opened: whatever does moves the time."""
    if pull.number in session.memories or pull.created_at != pull.updated_at:
        return False
    return settled(pull.updated_at, session.listed_at)


def _noted(
    session: Session,
    pull: Pull,
    before: Memory,
    talk: Talk,
    *,
    again: bool = False,
    candidate: Candidate | None = None,
) -> Noted:
    memory = before.model_copy(
        update={
            "seen": pull.updated_at,
            "settled": settled(pull.updated_at, session.listed_at),
            "heard": talk.heard.last,
            "orders": talk.orders,
            "again": again or before.again,
        }
    )
    id = candidate.submission.id if candidate else None
    return Noted(pull.number, memory, before, talk, again and not before.again, id)


def _concluded(
    session: Session, candidate: Candidate, judgement: Judgement, talk: Talk | None = None
) -> Judged:
    """The report with what people said, and with what they accepted by it."""
    pull, policy = candidate.pull, session.policy
    memory = session.memories.get(pull.number)
    change = candidate.submission.change
    name = new_name(change)
    since = known_since(name, memory, change.now) if name and change else None
    not_before = open_until(since, policy.review.names) if since else None
    if talk is None:
        talk = _talk_on_review(session, candidate, judgement, not_before)
    report = report_on(candidate, judgement, talk, not_before=not_before)
    talk = with_agreed(talk, report, candidate.submission.tree, policy, session.now)
    report = _if_it_merges(session, pull, report)
    return Judged(pull, report, talk, candidate, name, since, not_before, judgement.scans)


def _talk_on_review(
    session: Session, candidate: Candidate, judgement: Judgement, not_before: datetime | None
) -> Talk:
    """What people said, on a full review: their reviews count only where something may go in."""
    pull = candidate.pull
    alone = report_on(candidate, judgement, Talk(), not_before=not_before)
    memory = session.memories.get(pull.number)
    is_same = memory is not None and memory.head == pull.head.sha
    last = last_report(session.registry.state, pull.number) if is_same else None
    may_enter = alone.decision in ("merge", "person", "wait")
    talk = _talk(session, pull, last, with_reviews=may_enter)
    tree = candidate.submission.tree if candidate.has_source else None
    return with_waivers(talk, last, tree, session.now)


def _if_it_merges(session: Session, pull: Pull, report: Report) -> Report:
    """After as many merges that GitHub did not make as the policy allows, a person is asked."""
    memory = session.memories.get(pull.number)
    if report.decision != "merge" or memory is None or memory.head != pull.head.sha:
        return report
    if memory.outcome != "merge" or memory.attempts < session.policy.review.retries - 1:
        return report
    reason = (
        f"GitHub was asked {memory.attempts} times to merge this and did not: look at the rules of the "
        f"branch {session.branch}, then merge it by hand"
    )
    return report.model_copy(update={"decision": "person", "reasons": (reason,)})


def _judged(
    session: Session, candidate: Candidate, observed: Observed | Missing, tried: Tried | Missing
) -> Judged:
    try:
        return _concluded(session, candidate, judge(candidate, observed, tried))
    except DevForgeError as error:
        return _unobserved(session, candidate.pull, error)
    except Exception as error:  # a bug of ours on one must not stop the others
        _LOG.exception("#%d could not be judged", candidate.pull.number)
        ours = Unavailable(f"a mistake of ours: {type(error).__name__}")
        return _unobserved(session, candidate.pull, ours)


def _unobserved(session: Session, pull: Pull, error: DevForgeError) -> Judged:
    """The answer for one we could not even look at: ours to mend, and said so."""
    reason = str(error)[:400]
    silent = CheckReport(name="decision", verdict="no verdict", score=0, seconds=0, reason=reason)
    report = Report(
        extension="", version="", decision="no verdict", reasons=(reason,), checks=(silent,)
    )
    return Judged(pull, report, remembered_talk(session.memories.get(pull.number)))


def write_outputs(out: Path, reviewed: Iterable[Reviewed]) -> None:
    """Leave each report as JSON and its comment as Markdown, for the run's artifact."""
    for review in reviewed:
        folder = out / str(review.pull)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "comment.md").write_text(review.body, encoding="utf-8")
        report = json.loads(review.report.model_dump_json())
        (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
