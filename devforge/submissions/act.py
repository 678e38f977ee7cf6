"""Does what the plan for submissions says, one issue after the other. Decides nothing."""

from __future__ import annotations

import hashlib
import logging

from devforge.adapters.branches import delete_branch, make_commit, push_branch
from devforge.adapters.git import Objects
from devforge.adapters.state import State
from devforge.adapters.submitting import Submitting
from devforge.errors import DevForgeError, Refused
from devforge.model.correspondence import Correspondence, correspondence_path
from devforge.model.submitter import Submitter, submitter_path
from devforge.plan import Plan
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
from devforge.submissions.words import PULL

_LOG = logging.getLogger(__name__)
_ISSUES = 0  # what failures that belong to no issue are kept under


class Clerk:
    """Applies changes. What fails for one issue ends the acts on that one alone."""

    def __init__(self, github: Submitting, objects: Objects, state: State) -> None:
        self._github, self._objects, self._state = github, objects, state
        self._heads: dict[int, str] = {}
        self._pulls: dict[int, int] = {}
        self._comments: dict[int, tuple[int, str]] = {}
        self.failures: dict[int, str] = {}

    def carry_out(self, plan: Plan[SubmissionChange]) -> None:
        """Apply the plan's changes in order; the next run begins again where this one stopped."""
        if plan.refusals:
            raise Refused("; ".join(plan.refusals))
        for change in plan.changes:
            issue = 0 if isinstance(change, DispatchReview) else change.issue
            if issue in self.failures or (
                _ISSUES in self.failures and isinstance(change, Remember)
            ):
                continue
            try:
                self._do(change)
            except DevForgeError as error:
                _LOG.error("#%d: %s: %s", issue, type(error).__name__, error)
                self.failures[issue] = str(error)

    def _do(self, change: SubmissionChange) -> None:
        match change:
            case Push():
                self._push(change)
            case OpenPull():
                self._pulls[change.issue] = self._github.open_pull(
                    head=change.branch, base=change.into, title=change.title, body=change.body
                )
            case EditPull():
                self._github.edit_pull(change.pull, title=change.title, body=change.body)
            case Answer():
                self._answer(change)
            case CloseIssue() | ClosePull() | DeleteBranch():
                self._end(change)
            case DispatchReview():
                if set(change.issues) - set(self.failures):
                    self._github.dispatch("review.yml", change.branch)
            case Remember():
                self._remember(change.issue, self._filled(change))

    def _end(self, change: CloseIssue | ClosePull | DeleteBranch) -> None:
        match change:
            case CloseIssue():
                self._github.close_issue(change.issue, change.reason)
            case ClosePull():
                self._github.close_pull(change.pull)
            case DeleteBranch():
                delete_branch(self._objects, branch_of(change.issue))

    def _push(self, change: Push) -> None:
        """Who asked is written down before anything points at the commit."""
        head = make_commit(self._objects, change.base, dict(change.files), change.message)
        who = Submitter(
            head=head, id=change.account.id, login=change.account.login, issue=change.issue
        )
        memory = change.memory.model_copy(update={"head": head})
        self._remember(change.issue, memory, {submitter_path(head): _json(who)})
        push_branch(self._objects, head, change.branch)
        self._heads[change.issue] = head

    def _answer(self, change: Answer) -> None:
        number = self._pulls.get(change.issue, change.pull)
        body = change.body.replace(PULL, f"#{number}" if number else "The pull request")
        digest = hashlib.sha256(body.encode()).hexdigest()
        known = change.comment
        if known is not None and digest == change.said_sha256:
            return
        if known is None or not self._github.edit_comment(known, body):
            known = self._github.add_comment(change.issue, body).id
        self._comments[change.issue] = known, digest

    def _filled(self, change: Remember) -> Correspondence:
        """What is remembered, with what this run made."""
        memory = change.memory
        found: dict[str, object] = {}
        if change.issue in self._heads:
            head = self._heads[change.issue]
            found |= {"head": head, "reviewed": head}
        if change.issue in self._pulls:
            found |= {"pull": self._pulls[change.issue]}
        if change.issue in self._comments:
            comment, digest = self._comments[change.issue]
            found |= {"comment": comment, "comment_sha256": digest}
        return memory.model_copy(update=found)

    def _remember(
        self, issue: int, memory: Correspondence, more: dict[str, bytes] | None = None
    ) -> None:
        files = {correspondence_path(issue): _json(memory)} | (more or {})
        self._state.commit(files, f"submissions: issue #{issue}")


def _json(record: Correspondence | Submitter) -> bytes:
    return (record.model_dump_json(indent=2) + "\n").encode()
