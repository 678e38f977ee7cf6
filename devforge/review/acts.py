"""The acts a review may plan: each one line to a person, and safe to do twice. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from devforge.adapters.github import Reaction
from devforge.model.change import Approved
from devforge.model.names import ExtensionId
from devforge.model.pace import Merged
from devforge.model.scans import Scans
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.model.waivers import Accepted
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
class React:
    """Answer a comment that gave a command."""

    pull: int
    comment: int
    content: Reaction

    @property
    def line(self) -> str:
        return f"react    #{self.pull}   {self.content} to comment {self.comment}"


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the report, what was let in, and the last word on this head, in one commit."""

    pull: int
    memory: Memory
    last: Report | None = None  # the report on this head, whatever it decided
    report: Report | None = None  # the same where a merge may follow: publishing needs it
    id: ExtensionId | None = None
    version: Version | None = None
    approved: Approved | None = None
    accepted: tuple[Accepted, ...] = ()  # findings that stay accepted
    waited_seconds: float | None = None  # how long a maintainer was waited for, now that it is over
    merged: Merged | None = None  # and of whom, by id: what is let in counts for their pace
    author: int | None = None
    scans: Scans | None = None  # what the tools said of each file

    @property
    def line(self) -> str:
        what = f"report of {self.id} {self.version}" if self.report else "the outcome"
        more = f", {len(self.accepted)} accepted" if self.accepted else ""
        memory = self.memory
        return f"remember #{self.pull}   {what}, {memory.outcome}, try {memory.attempts}{more}"


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


@dataclass(frozen=True, slots=True)
class DispatchReview:
    """Start the review again, for what somebody asked to be looked at anew."""

    branch: str

    @property
    def line(self) -> str:
        return f"dispatch review on {self.branch}"


ReviewChange = (
    PutComment | SetLabels | SetStatus | React | Remember | Merge | DispatchPublish | DispatchReview
)
