"""Reads the issues in which people submit, and what stands at what they name."""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from devforge.adapters.git import Objects
from devforge.adapters.github_answers import Pull
from devforge.adapters.state import State
from devforge.adapters.submitting import SubmittedIssue, Submitting
from devforge.errors import DevForgeError
from devforge.model.correspondence import (
    Correspondence,
    correspondence_path,
    read_correspondence,
)
from devforge.model.policy import Policy
from devforge.model.reading import read_record
from devforge.model.records import Developer
from devforge.submissions import claims
from devforge.submissions.answer import Asked, OpenedPull, Orphan
from devforge.submissions.claims import Claimed
from devforge.submissions.form import LABEL, Mistake, read_form
from devforge.submissions.plan import Account
from devforge.submissions.proof import observe_proof
from devforge.submissions.source import Source
from devforge.submissions.words import MARKER

_LOG = logging.getLogger(__name__)
_BRANCHES = "refs/heads/submit/"
_BRANCH = re.compile(r"submit/([1-9][0-9]{0,9})", re.ASCII)
_AT_ONCE = 5  # open submissions of one account that are looked at


@dataclass(frozen=True, slots=True)
class Desk:
    """The registry as it is, and the ways to look further."""

    github: Submitting
    objects: Objects
    state: State
    policy: Policy
    base: str
    branches: frozenset[int]  # issues whose branch is there

    def read(self, path: str) -> bytes | None:
        """Return a record of the default branch."""
        limit = self.policy.limits.record_bytes
        return self.objects.read(self.base, path, limit_bytes=limit)

    def developer(self, name: str) -> Developer | None:
        """Return a developer's record, if there is one."""
        path = f"registry/developers/{name}.yaml"
        content = self.read(path)
        return None if content is None else read_record(content, Developer, file=path)


def submitted_branches(objects: Objects) -> frozenset[int]:
    """Return the issues for which the registry has a branch. Asks Git alone."""
    names = (
        ref.removeprefix("refs/heads/") for ref in objects.remote_refs("origin", f"{_BRANCHES}*")
    )
    return frozenset(int(match[1]) for name in names if (match := _BRANCH.fullmatch(name)))


def observe_asked(
    desk: Desk, issues: Iterable[SubmittedIssue], pulls: Iterable[Pull]
) -> Iterator[Asked]:
    """Yield every open issue; one that cannot be looked at stops no other."""
    opened = {_issue_of(pull): pull for pull in pulls}
    turn: Counter[int] = Counter()
    for issue in issues:
        if issue.has_label(claims.LABEL):
            continue
        if issue.user is None or issue.user.type == "Bot":
            yield Asked(issue.number, _seen(issue), quiet="nobody answers for it")
            continue
        turn[issue.user.id] += 1
        try:
            yield _asked(desk, issue, opened.get(issue.number), turn[issue.user.id])
        except DevForgeError as error:
            yield Asked(issue.number, _seen(issue), quiet=f"left for the next run: {error}")
        except Exception as error:  # a bug of ours on one must not stop the others
            _LOG.exception("issue #%d could not be looked at", issue.number)
            ours = f"a mistake of ours: {type(error).__name__}"
            yield Asked(issue.number, _seen(issue), quiet=ours)


def observe_claims(desk: Desk, issues: Iterable[SubmittedIssue]) -> Iterator[Claimed]:
    """Yield every open claim of a name about which there is something new."""
    for issue in issues:
        if not issue.has_label(claims.LABEL) or issue.user is None:
            continue
        before = read_correspondence(desk.state.read(correspondence_path(issue.number)))
        seen = _seen(issue)
        if before is not None and before.seen == seen:
            continue
        try:
            found: claims.Proof | tuple[Mistake, ...]
            wanted = claims.read_wanted(issue.body or "")
            if isinstance(wanted, tuple):
                found = wanted
            else:
                holder = desk.developer(wanted.developer)
                found = observe_proof(desk.github, desk.objects, issue, holder, wanted)
            yield Claimed(issue.number, seen, found, before, _comment(desk, issue, before))
        except DevForgeError as error:
            _LOG.warning("issue #%d: left for the next run: %s", issue.number, error)


def observe_orphans(
    desk: Desk, issues: Iterable[SubmittedIssue], pulls: Iterable[Pull]
) -> Iterator[Orphan]:
    """Yield branches of ours, with their open pull requests, whose issue asks for nothing any longer."""
    present = {issue.number for issue in issues}
    opened = {_issue_of(pull): pull.number for pull in pulls}
    for number in sorted(desk.branches - present):
        before = read_correspondence(desk.state.read(correspondence_path(number)))
        pull = opened.get(number)
        if before is None or pull not in (None, before.pull):
            continue  # somebody else's branch that happens to be called so
        issue = desk.github.issue(number)
        if issue is None or issue.state != "open" or not issue.has_label(LABEL):
            yield Orphan(number, pull, before)


def _issue_of(pull: Pull) -> int | None:
    """The issue a pull request was made for, by the branch of ours it comes from."""
    match = _BRANCH.fullmatch(pull.head.ref)
    head, base = pull.head.repo, pull.base.repo
    if match is None or head is None or base is None or head.id != base.id:
        return None
    return int(match[1])


def _asked(desk: Desk, issue: SubmittedIssue, pull: Pull | None, turn: int) -> Asked:
    assert issue.user is not None  # noqa: S101  our caller looked
    before = read_correspondence(desk.state.read(correspondence_path(issue.number)))
    asked = Asked(
        issue.number, _seen(issue),
        account=Account(issue.user.login, issue.user.id),
        pull=OpenedPull(pull.number, pull.head.sha, pull.title) if pull else None,
        before=before,
        has_branch=issue.number in desk.branches,
    )  # fmt: skip
    if _is_settled(asked):
        return replace(asked, quiet="nothing new")
    asked = replace(asked, comment=_comment(desk, issue, before))
    asked = _looked_into(desk, issue, asked, turn)
    is_done = asked.listed is not None and asked.listed.version is not None
    if pull is None and before is not None and before.pull is not None and not is_done:
        ended = desk.github.pull(before.pull)
        if ended is not None and ended.state == "closed" and ended.merged_at is None:
            return replace(asked, closed_pull=ended.number)
    return asked


def _looked_into(desk: Desk, issue: SubmittedIssue, asked: Asked, turn: int) -> Asked:
    form = read_form(issue.body or "")
    if isinstance(form, tuple):
        return replace(asked, mistakes=form)
    if turn > _AT_ONCE:
        many = Mistake(
            "The form", f"you have {_AT_ONCE} other submissions open",
            "wait until one is published, or close one; then write any comment here",
        )  # fmt: skip
        return replace(asked, mistakes=(many,))
    with (
        tempfile.TemporaryDirectory(prefix="devforge-submit-") as scratch,
        Objects(Path(scratch), desk.objects.server_url) as objects,
    ):
        found = Source(desk.github, objects, desk.policy.limits, desk.read).look(form)
    if isinstance(found, tuple):
        return replace(asked, mistakes=found)
    return replace(asked, work=found.work, listed=found.listed)


def _is_settled(asked: Asked) -> bool:
    """Whether everything that followed from it was done, and nothing has happened since."""
    before, pull = asked.before, asked.pull
    if before is None or before.seen != asked.seen:
        return False
    if pull is None:  # nothing was ever made of it, not even half of it
        return before.pull is None and before.head is None
    return pull.number == before.pull and pull.head == before.head == before.reviewed


def _comment(desk: Desk, issue: SubmittedIssue, before: Correspondence | None) -> int | None:
    """Our answer below the issue, also where nobody remembers having written it."""
    if before is not None and before.comment is not None:
        return before.comment
    if not issue.comments:
        return None
    found = (c.id for c in desk.github.comments(issue.number) if c.by_us and MARKER in c.body)
    return next(found, None)


def _seen(issue: SubmittedIssue) -> str:
    return hashlib.sha256(f"{issue.updated_at}\n{issue.body}".encode()).hexdigest()
