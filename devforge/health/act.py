"""Halts versions by one line of their record each, as the operator would, and keeps what is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from devforge.adapters.forks import Forks
from devforge.adapters.github import MergeMethod
from devforge.adapters.state import State
from devforge.errors import DevForgeError, Refused
from devforge.health.plan import Change, Halt, Remember
from devforge.model.health import HealthNote
from devforge.model.names import ExtensionId
from devforge.operator.plan import Edit, Shelf, plan_halt
from devforge.operator.propose import propose, titled
from devforge.plan import Plan
from devforge.settings.wanted import STATUS

_ATTEMPTS = 3


@dataclass(slots=True)
class Actor:
    """Does one change after the other; what fails for one version is no other's trouble.

    The pull request is of this job's own making, one line of one record, so it carries the status
    that merging needs without a review. Only once it is merged is it remembered: a run that is killed
    in between finds the record halted and remembers that.
    """

    forks: Forks
    state: State
    shelf: Callable[[ExtensionId], Shelf]
    read: Callable[[str], bytes | None]  # a record of the checkout, by its path
    method: MergeMethod
    run_url: str | None
    text: Callable[[Halt], str]
    sleep: Callable[[float], object] = time.sleep
    failures: dict[str, str] = field(default_factory=dict)
    merged: int = 0
    _notes: list[HealthNote] = field(default_factory=list)

    def act(self, change: Change) -> None:
        """Do `change`; notes are kept until `finish`."""
        if isinstance(change, Remember):
            self._notes.append(change.note)
            return
        try:
            self._halt(change)
        except DevForgeError as error:
            self.failures[f"{change.id} {change.version}"] = str(error)

    def finish(self) -> None:
        """Put what is remembered on the `state` branch in one commit, and have the index published anew."""
        if self._notes:
            files = {note.path: _json(note) for note in self._notes}
            self.state.commit(files, f"Note the health of {len(files)} versions")
            self._notes.clear()
        if self.merged:
            self.forks.dispatch("publish.yml", self.forks.registry().default_branch)

    def _halt(self, change: Halt) -> None:
        plan = plan_halt(self.shelf(change.id), change.version)
        if plan.refusals:
            raise Refused("; ".join(plan.refusals))
        if plan.changes:
            self._merge(plan, self.text(change))
        self._notes.append(change.note)
        self.merged += 1

    def _merge(self, plan: Plan[Edit], text: str) -> None:
        pull = propose(plan, self.forks, self.read, folder="health", more=text)
        self.forks.set_status(
            pull.head, "success", context=STATUS, url=self.run_url,
            description="One line of one record, by the policy's health rules",
        )  # fmt: skip
        title = f"{titled(plan)} (#{pull.number})"
        for attempt in range(_ATTEMPTS):  # GitHub works out whether it can be merged, for a moment
            if attempt:
                self.sleep(2.0)
            said = self.forks.merge(pull.number, head=pull.head, method=self.method, title=title)
            if said != "blocked":
                break
        if said != "merged":
            raise Refused(f"#{pull.number} was not merged ({said}); the next run tries again")


def _json(note: HealthNote) -> bytes:
    return note.model_dump_json(indent=1, exclude_defaults=True).encode() + b"\n"
