"""The single acts of answering submissions, as data. Each can be repeated. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from devforge.model.correspondence import Correspondence
from devforge.submissions.plan import Account


def branch_of(issue: int) -> str:
    """Return the branch of the registry on which an issue's submission is proposed."""
    return f"submit/{issue}"


@dataclass(frozen=True, slots=True)
class Push:
    """Make the issue's branch one commit of `files` on `base`, written down as `account`'s."""

    issue: int
    branch: str
    base: str
    files: tuple[tuple[str, str], ...]
    message: str
    account: Account
    memory: Correspondence  # kept before the branch is pushed

    @property
    def line(self) -> str:
        paths = ", ".join(path for path, _ in self.files)
        who = f"{self.account.login} (id {self.account.id})"
        return f"push     issue #{self.issue}   {self.message} for {who}   {paths}"


@dataclass(frozen=True, slots=True)
class OpenPull:
    """Have a pull request from the issue's branch."""

    issue: int
    branch: str
    into: str
    title: str
    body: str

    @property
    def line(self) -> str:
        return f"open     issue #{self.issue}   pull request “{self.title}” from {self.branch}"


@dataclass(frozen=True, slots=True)
class EditPull:
    """Have the pull request say what its branch holds now."""

    issue: int
    pull: int
    title: str
    body: str

    @property
    def line(self) -> str:
        return f"retitle  issue #{self.issue}   #{self.pull} “{self.title}”"


@dataclass(frozen=True, slots=True)
class Answer:
    """Have exactly one answer of ours below the issue, and this its text.

    `words.PULL` in it stands for the pull request's number, which may not be known before.
    """

    issue: int
    comment: int | None
    body: str
    said_sha256: str | None
    pull: int | None

    @property
    def line(self) -> str:
        first = next((line for line in self.body.splitlines() if line.startswith("##")), "")
        return f"answer   issue #{self.issue}   {first.strip('# ')}"


@dataclass(frozen=True, slots=True)
class CloseIssue:
    """There is nothing more to come."""

    issue: int
    reason: Literal["completed", "not_planned"]

    @property
    def line(self) -> str:
        return f"close    issue #{self.issue}   {self.reason.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class ClosePull:
    """Close a pull request that nobody asks for any longer."""

    issue: int
    pull: int

    @property
    def line(self) -> str:
        return f"close    issue #{self.issue}   pull request #{self.pull}"


@dataclass(frozen=True, slots=True)
class DeleteBranch:
    """Remove the issue's branch: there is nothing more to come of it."""

    issue: int

    @property
    def line(self) -> str:
        return f"delete   issue #{self.issue}   {branch_of(self.issue)}"


@dataclass(frozen=True, slots=True)
class DispatchReview:
    """Wake the review: what a job's own token does starts no workflow."""

    branch: str
    issues: tuple[int, ...]

    @property
    def line(self) -> str:
        return f"dispatch review for {', '.join(f'issue #{number}' for number in self.issues)}"


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep what was made of the issue, after everything else was done."""

    issue: int
    memory: Correspondence

    @property
    def line(self) -> str:
        return f"remember issue #{self.issue}"


SubmissionChange = (
    Push
    | OpenPull
    | EditPull
    | Answer
    | CloseIssue
    | ClosePull
    | DeleteBranch
    | DispatchReview
    | Remember
)
