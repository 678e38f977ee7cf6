"""The step that decides: judges what was observed and says what should become of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.github_answers import Pull
from devforge.errors import DevForgeError, Unavailable
from devforge.model.observed import Missing
from devforge.model.verdict import CheckReport, Report
from devforge.review.handover import Listed, Observed, Tried, read_json
from devforge.review.judge import (
    Judgement,
    approval_of,
    approvers,
    judge,
    rejudge,
    report_on,
)
from devforge.review.observe import Candidate
from devforge.review.plan import OldComment, Reviewed
from devforge.review.render import MARKER, Links, render_comment
from devforge.review.session import Session

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What deciding found: reviews to act on, and notes on what is left."""

    reviewed: tuple[Reviewed, ...]
    notes: tuple[str, ...]


def conclude_step(session: Session, *, static: Path, trials: Path) -> Concluded:
    """Judge every pull request of the queue anew from Git, and what other jobs measured of it."""
    listed = read_json(static / "listed.json", Listed)
    reviewed: list[Reviewed] = []
    notes = list(session.queue.notes)
    ready = [pull for pull in session.queue.review if _was_read(pull, listed)]
    notes += [
        f"wait     #{pull.number}   not read in this run; the next one reads it"
        for pull in session.queue.review
        if not _was_read(pull, listed)
    ]
    for pull, candidate in session.candidates(ready):
        if isinstance(candidate, DevForgeError):
            reviewed.append(_unobserved(session, pull, candidate))
            continue
        observed = read_json(static / str(pull.number) / "static.json", Observed)
        tried = read_json(trials / f"trial-{pull.number}" / "trial.json", Tried)
        reviewed.append(_judged(session, candidate, observed, tried))
    for pull, candidate in session.candidates(session.queue.approvals):
        if isinstance(candidate, DevForgeError):
            notes.append(f"wait     #{pull.number}   {candidate}")
            continue
        reviewed += _approved(session, pull, candidate, notes)
    return Concluded(tuple(reviewed), tuple(notes))


def _was_read(pull: Pull, listed: Listed | Missing) -> bool:
    """Whether this head was among those read; where nothing tells, all are judged, and wanting."""
    return isinstance(listed, Missing) or listed.heads.get(pull.number) == pull.head.sha


def _approved(
    session: Session, pull: Pull, candidate: Candidate, notes: list[str]
) -> Iterable[Reviewed]:
    """What an approval since the last look makes of one that waits for a person."""
    judgement = rejudge(candidate, session.registry.state)
    if judgement is None:
        checks = judge(candidate, _GONE, _GONE)
        notes.append(f"again    #{pull.number}   its report is not remembered; it is read again")
        yield _concluded(session, candidate, checks)
    else:
        yield _concluded(session, candidate, judgement)


_GONE = Missing(reason="what was read before is gone; it is read again")


def _concluded(session: Session, candidate: Candidate, judgement: Judgement) -> Reviewed:
    report = report_on(candidate, judgement)
    if report.decision == "person":
        names = approvers(
            candidate.pull, session.github.reviews(candidate.pull.number), session.policy
        )
        if names:
            report = report_on(candidate, judgement, approved_by=names)
    return _reviewed(session, candidate.pull, candidate, _if_it_merges(session, candidate, report))


def _if_it_merges(session: Session, candidate: Candidate, report: Report) -> Report:
    """After as many merges that GitHub did not make as the policy allows, a person is asked."""
    memory = session.memories.get(candidate.pull.number)
    if report.decision != "merge" or memory is None or memory.head != candidate.pull.head.sha:
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
) -> Reviewed:
    try:
        return _concluded(session, candidate, judge(candidate, observed, tried))
    except DevForgeError:
        raise
    except Exception as error:  # a bug of ours on one must not stop the others
        _LOG.exception("#%d could not be judged", candidate.pull.number)
        ours = Unavailable(f"a mistake of ours: {type(error).__name__}")
        return _unobserved(session, candidate.pull, ours)


def _unobserved(session: Session, pull: Pull, error: DevForgeError) -> Reviewed:
    """The answer for one we could not even look at: ours to mend, and said so."""
    checks = (
        CheckReport(
            name="decision", verdict="no verdict", score=0, seconds=0, reason=str(error)[:400]
        ),
    )
    report = Report(
        extension="", version="", decision="no verdict", reasons=(str(error)[:400],), checks=checks
    )
    return _reviewed(session, pull, None, report)


def _reviewed(
    session: Session, pull: Pull, candidate: Candidate | None, report: Report
) -> Reviewed:
    memory = session.memories.get(pull.number)
    again = memory is not None and memory.head == pull.head.sha
    title = candidate.title if candidate else f"pull request #{pull.number}"
    change = candidate.submission.change if candidate else None
    installs = report.decision == "merge" and change is not None and change.version is not None
    body = render_comment(
        report,
        title=title,
        head=pull.head.sha,
        links=_links(session, pull, candidate),
        install=report.extension if installs else None,
        look=memory.attempts + 1 if again and memory else 1,
        looks=session.policy.review.retries,
        by_hand=_is_by_hand(session, pull),
        run_url=session.environment.run_url if report.decision == "no verdict" else None,
    )
    return Reviewed(
        pull=pull.number,
        head=pull.head.sha,
        title=title,
        updated_at=pull.updated_at,
        labels=pull.label_names,
        report=report,
        body=body,
        memory=memory,
        comment=_comment(session, pull),
        id=candidate.submission.id if candidate else None,
        version=change.version if change else None,
        approved=approval_of(candidate) if candidate else None,
        waits_for=candidate.waits_for if candidate else (),
    )


def _is_by_hand(session: Session, pull: Pull) -> bool:
    """Whether nobody's approval could settle it: GitHub lets no author approve their own."""
    author = pull.user.id if pull.user else None
    return all(member.id == author for member in session.policy.maintainers)


def _comment(session: Session, pull: Pull) -> OldComment | None:
    """Our comment below a pull request, as remembered, or else looked for by its marker."""
    memory = session.memories.get(pull.number)
    if memory is not None and memory.comment is not None:
        return OldComment(memory.comment, memory.comment_sha256 or "")
    ours = [
        comment
        for comment in session.github.comments(pull.number)
        if comment.by_us and comment.body.startswith(MARKER)
    ]
    if not ours:
        return None
    return OldComment(ours[0].id, "", tuple(comment.id for comment in ours[1:]))


def _links(session: Session, pull: Pull, candidate: Candidate | None) -> Links:
    submission = candidate.submission if candidate else None
    extension = submission.extension if submission else None
    record = submission.record if submission else None
    return Links(
        server_url=session.environment.server_url,
        registry=session.environment.repository,
        head=pull.head.sha,
        source=extension.repository.url.full_name if extension else None,
        commit=record.commit if record else None,
        subdirectory=record.subdirectory if record else ".",
        files=frozenset(submission.tree.files) if submission else frozenset(),
    )


def write_outputs(out: Path, concluded: Concluded) -> None:
    """Leave each report as JSON and its comment as Markdown, for the run's artifact."""
    for review in concluded.reviewed:
        folder = out / str(review.pull)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "comment.md").write_text(review.body, encoding="utf-8")
        report = json.loads(review.report.model_dump_json())
        (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
