"""Puts what was judged into what people read, with each one's place among those who wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from devforge.adapters.github_answers import Pull
from devforge.errors import DevForgeError
from devforge.model.scans import Scans
from devforge.model.verdict import Report
from devforge.review.authors import authors_of
from devforge.review.decide import approvals_needed
from devforge.review.judge import approval_of
from devforge.review.observe import Candidate
from devforge.review.places import WAITS_PATH, Turn, Waits, read_waits, turn_of
from devforge.review.plan import LABELS, OldComment, Reviewed, settled
from devforge.review.render import MARKER, Around, Links, render_comment
from devforge.review.session import Session
from devforge.review.talk import Talk


@dataclass(frozen=True, slots=True)
class Judged:
    """One pull request with its report, what people said of it, and its new name, if it has one."""

    pull: Pull
    report: Report
    talk: Talk
    candidate: Candidate | None = None  # None: it could not even be looked at
    name: str | None = None
    name_since: datetime | None = None
    not_before: datetime | None = None
    scans: Scans | None = None


def render(session: Session, judged: Iterable[Judged], notes: list[str]) -> tuple[Reviewed, ...]:
    """Return the reviews as people will read them. What fails for one is a note, and its next run's.

    Places are those of this moment. A comment is not edited only because others moved: it leads to
    the list itself, which is always true and costs nobody a request.
    """
    everyone = sorted(judged, key=lambda one: one.pull.number)
    waiting = {n for n, memory in session.memories.items() if memory.outcome == "person"}
    waiting -= {one.pull.number for one in everyone}
    waiting |= {one.pull.number for one in everyone if one.report.decision == "person"}
    waits = read_waits(session.registry.state.read(WAITS_PATH))
    return tuple(_rendered(session, everyone, waiting, waits, notes))


def _rendered(
    session: Session, everyone: list[Judged], waiting: set[int], waits: Waits, notes: list[str]
) -> Iterator[Reviewed]:
    for one in everyone:
        try:
            turn = turn_of(one.pull.number, waiting, waits)
            yield _reviewed(session, one, turn)
        except DevForgeError as error:
            notes.append(f"wait     #{one.pull.number}   {error}")


def _reviewed(session: Session, one: Judged, turn: Turn) -> Reviewed:
    pull, report, candidate = one.pull, one.report, one.candidate
    memory = session.memories.get(pull.number)
    change = candidate.submission.change if candidate else None
    title = candidate.title if candidate else f"pull request #{pull.number}"
    author = session.desk.authors.get(pull.number)
    body = render_comment(
        report,
        title=title,
        head=pull.head.sha,
        links=_links(session, pull, candidate),
        around=_around(session, one, turn),
    )
    return Reviewed(
        pull=pull.number,
        head=pull.head.sha,
        title=title,
        updated_at=pull.updated_at,
        labels=pull.label_names,
        report=report,
        body=body,
        now=session.now,
        settled=settled(pull.updated_at, session.listed_at),
        talk=one.talk,
        memory=memory,
        comment=_comment(session, one),
        id=candidate.submission.id if candidate else None,
        version=change.version if change else None,
        approved=approval_of(candidate, report.profile) if candidate else None,
        waits_for=candidate.waits_for if candidate else (),
        author=author.id if author else None,
        name=one.name,
        name_since=one.name_since,
        not_before=one.not_before,
        scans=one.scans,
    )


def _around(session: Session, one: Judged, turn: Turn) -> Around:
    pull, report = one.pull, one.report
    memory = session.memories.get(pull.number)
    change = one.candidate.submission.change if one.candidate else None
    authors = authors_of(pull, session.desk.authors.get(pull.number))
    installs = report.decision == "merge" and change is not None and change.version is not None
    again = memory if memory and memory.head == pull.head.sha and not memory.again else None
    query = f'is:pr is:open label:"{LABELS["person"]}" sort:created-asc'
    where = f"{session.environment.server_url}/{session.environment.repository}/pulls"
    return Around(
        install=report.extension if installs else None,
        look=again.attempts + 1 if again else 1,
        looks=session.policy.review.retries,
        maintainers=sum(member.id not in authors for member in session.policy.maintainers),
        needed=approvals_needed(report.checks, session.policy),
        standing=one.talk.standing,
        orders=one.talk.orders,
        turn=turn if report.decision == "person" else None,
        line_url=f"{where}?q={quote(query)}",
        name=one.name,
        not_before=one.not_before,
        run_url=session.environment.run_url if report.decision == "no verdict" else None,
    )


def _comment(session: Session, one: Judged) -> OldComment | None:
    """Our comment below a pull request, as remembered, or else looked for by its marker."""
    memory = session.memories.get(one.pull.number)
    if memory is not None and memory.comment is not None:
        return OldComment(memory.comment, memory.comment_sha256 or "")
    comments = one.talk.comments
    if comments is None:
        comments = session.github.comments(one.pull.number)
    ours = [c for c in comments if c.by_us and c.body.startswith(MARKER)]
    if not ours:
        return None
    return OldComment(ours[0].id, "", tuple(comment.id for comment in ours[1:]))


def _links(session: Session, pull: Pull, candidate: Candidate | None) -> Links:
    submission = candidate.submission if candidate else None
    extension = submission.extension if submission else None
    record = submission.record if submission else None
    return Links(
        server_url=session.environment.server_url,
        site=session.environment.site_url,
        registry=session.environment.repository,
        head=pull.head.sha,
        source=extension.repository.url.full_name if extension else None,
        commit=record.commit if record else None,
        subdirectory=record.subdirectory if record else ".",
        files=frozenset(submission.tree.files) if submission else frozenset(),
        lent=frozenset(submission.tree.lent) if submission else frozenset(),
    )
