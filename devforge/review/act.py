"""Does what a review's plan says, one pull request after the other. Decides nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from devforge.adapters.github import GitHub
from devforge.adapters.state import State
from devforge.errors import DevForgeError, Refused
from devforge.model.release import report_path
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
from devforge.review.memory import memory_path
from devforge.review.plan import CONTEXT
from devforge.review.source import approved_path

_LOG = logging.getLogger(__name__)


class Actor:
    """Applies changes. Each may be repeated; `merged` and `failures` say what came of them."""

    def __init__(self, github: GitHub, state: State, *, run_url: str | None) -> None:
        self._github, self._state, self._run_url = github, state, run_url
        self._comments: dict[int, int] = {}
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
            elif change.pull not in self.failures:
                self._try(change)

    def _try(self, change: ReviewChange) -> None:
        assert not isinstance(change, DispatchPublish)  # noqa: S101  for the type checker
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
                self._github.set_status(
                    change.head,
                    change.state,
                    context=CONTEXT,
                    description=change.description,
                    url=self._run_url,
                )
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
        files = {memory_path(change.pull): _json(memory.model_dump_json(indent=1))}
        if change.report and change.id and change.version:
            path = report_path(change.id, change.version)
            files[path] = _json(change.report.model_dump_json(indent=1))
            if change.approved:
                kept = change.approved.model_dump_json(indent=1)
                files[approved_path(change.id, change.version)] = _json(kept)
        self._state.commit(files, f"review: #{change.pull} {memory.outcome}")

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


def _json(text: str) -> bytes:
    return f"{text}\n".encode()
