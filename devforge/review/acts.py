"""The acts a review may plan: each one line to a person, and safe to do twice. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from devforge.model.change import Approved
from devforge.model.names import ExtensionId
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.review.memory import Memory


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
        return f"remember #{self.pull}   {what}, {self.memory.outcome}, try {self.memory.attempts}"


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
