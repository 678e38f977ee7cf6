"""Does what a review's plan says, one pull request after the other. Decides nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from devforge.adapters.github import GitHub
from devforge.adapters.state import State
from devforge.errors import DevForgeError, Refused
from devforge.model.base import Strict
from devforge.model.pace import pace_path, read_pace
from devforge.model.release import report_path
from devforge.model.scans import scans_path
from devforge.model.waivers import Acceptances
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
from devforge.review.memory import last_report_path, memory_path
from devforge.review.places import WAITS_PATH, read_waits
from devforge.review.plan import CONTEXT
from devforge.review.source import approved_path
from devforge.review.waiving import acceptances_path, added

_LOG = logging.getLogger(__name__)


class Actor:
    """Applies changes. Each may be repeated; `merged` and `failures` say what came of them."""

    def __init__(self, github: GitHub, state: State, *, run_url: str | None) -> None:
        self._github, self._state, self._run_url = github, state, run_url
        self._comments: dict[int, int] = {}
        self._posted: dict[int, str] = {}
        self.merged: list[int] = []
        self.failures: dict[int, str] = {}

    def carry_out(self, plan: Plan[ReviewChange]) -> None:
        """Apply the plan's changes in order.

        What fails for one pull request ends the acts on that one alone; the others go on, and
        the next run begins again where this one stopped.
        """
        if plan.refusals:
            raise Refused("; ".join(plan.refusals))
        for change in plan.changes:
            if isinstance(change, DispatchPublish):
                if self.merged:
                    self._github.dispatch("publish.yml", change.branch)
            elif isinstance(change, DispatchReview):
                self._wake(change)
            elif change.pull not in self.failures:
                self._try(change)

    def _wake(self, change: DispatchReview) -> None:
        """Start another run. Without it the next one by the clock does the same, a little later."""
        try:
            self._github.dispatch("review.yml", change.branch)
        except DevForgeError as error:
            _LOG.warning("%s", error)

    def _try(self, change: ReviewChange) -> None:
        assert not isinstance(change, DispatchPublish | DispatchReview)  # noqa: S101  type checker
        try:
            self._do(change)
        except DevForgeError as error:
            _LOG.error("#%d: %s: %s", change.pull, type(error).__name__, error)
            self.failures[change.pull] = str(error)

    def _do(self, change: ReviewChange) -> None:
        match change:
            case PutComment():
                self._comment(change)
            case SetLabels():
                self._github.set_labels(change.pull, change.labels)
            case SetStatus():
                self._posted[change.pull] = self._github.set_status(
                    change.head,
                    change.state,
                    context=CONTEXT,
                    description=change.description,
                    url=self._run_url,
                )
            case React():
                self._github.react(change.comment, change.content)
            case Remember():
                self._remember(change)
            case Merge():
                self._merge(change)

    def _comment(self, change: PutComment) -> None:
        for duplicate in change.duplicates:
            self._github.delete_comment(duplicate)
        known = change.comment
        if known is not None and self._github.edit_comment(known, change.body):
            return
        self._comments[change.pull] = self._github.add_comment(change.pull, change.body).id

    def _remember(self, change: Remember) -> None:
        memory = change.memory
        if change.pull in self._comments:
            memory = memory.model_copy(update={"comment": self._comments[change.pull]})
        if memory.posted is None and change.pull in self._posted:
            memory = memory.model_copy(update={"posted": self._posted[change.pull]})
        files: dict[str, Strict] = {memory_path(change.pull): memory}
        if change.last is not None:
            files[last_report_path(change.pull)] = change.last
        if change.report and change.id and change.version:
            files[report_path(change.id, change.version)] = change.report
            if change.approved:
                files[approved_path(change.id, change.version)] = change.approved
        if change.scans and change.id:
            files[scans_path(change.id)] = change.scans
        files |= self._added(change)
        content = {path: _json(value) for path, value in files.items()}
        self._state.commit(content, f"review: #{change.pull} {memory.outcome}")

    def _added(self, change: Remember) -> dict[str, Strict]:
        """What grows by this: read as it is now, so that the changes before it count."""
        files: dict[str, Strict] = {}
        if change.accepted and change.id:
            path = acceptances_path(change.id)
            old = self._state.read(path)
            known = Acceptances.model_validate_json(old) if old else Acceptances()
            files[path] = added(known, change.accepted)
        if change.waited_seconds is not None:
            waits = read_waits(self._state.read(WAITS_PATH))
            files[WAITS_PATH] = waits.and_now(change.waited_seconds)
        if change.merged is not None and change.author is not None:
            path = pace_path(change.author)
            pace = read_pace(self._state.read(path))
            files[path] = pace.and_now(change.merged.pull, change.merged.when)
        return files

    def _merge(self, change: Merge) -> None:
        said = self._github.merge(
            change.pull, head=change.head, method=change.method, title=change.title
        )
        if said == "merged":
            self.merged.append(change.pull)
        elif said == "moved":
            _LOG.warning("#%d was pushed to since; it is reviewed again", change.pull)
        else:
            self.failures[change.pull] = "GitHub does not merge it; the next run tries again"


def failures_in_words(failures: Iterable[tuple[int, str]]) -> str:
    """Return one line for each pull request that could not be finished."""
    return "\n".join(f"#{number}: {why}" for number, why in sorted(failures))


def _json(value: Strict) -> bytes:
    return f"{value.model_dump_json(indent=1)}\n".encode()
