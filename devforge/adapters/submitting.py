"""The issues people submit in, and pull requests between the registry's own branches. Decides nothing."""

from __future__ import annotations

from typing import Literal

from devforge.adapters.github import GitHub
from devforge.adapters.github_answers import Account, Label
from devforge.adapters.github_connection import parsed
from devforge.model.base import Foreign


class SubmittedIssue(Foreign):
    """An issue as a list shows it. `user` is absent once an account is deleted."""

    number: int
    state: str = "open"
    body: str | None = None
    user: Account | None
    updated_at: str
    comments: int = 0
    labels: tuple[Label, ...] = ()
    pull_request: object | None = None

    def has_label(self, name: str) -> bool:
        """Whether it carries the label `name`."""
        return any(label.name == name for label in self.labels)


class _Opened(Foreign):
    number: int


class Submitting(GitHub):
    """The registry as the submit job sees it and changes it."""

    def open_issues(self, label: str) -> tuple[SubmittedIssue, ...]:
        """Return the open issues with `label`, the oldest first; pull requests are none."""
        query = {"state": "open", "labels": label, "sort": "created", "direction": "asc"}
        found = self._pages(SubmittedIssue, f"{self._base}/issues", query)
        return tuple(issue for issue in found if issue.pull_request is None)

    def issue(self, number: int) -> SubmittedIssue | None:
        """Return an issue, open or not; None if it was deleted or moved elsewhere."""
        return self._maybe(SubmittedIssue, f"{self._base}/issues/{number}")

    def close_issue(self, number: int, reason: Literal["completed", "not_planned"]) -> None:
        """Close an issue; one that is closed stays so."""
        body = {"state": "closed", "state_reason": reason}
        self._write("PATCH", f"{self._base}/issues/{number}", body)

    def open_pull(self, *, head: str, base: str, title: str, body: str) -> int:
        """Open a pull request from a branch of this repository and return its number.

        Raises:
            Refused: the repository forbids its workflows to open pull requests.
        """
        content = {"head": head, "base": base, "title": title, "body": body}
        answer = self._write("POST", f"{self._base}/pulls", content)
        return parsed(_Opened, answer, "pull request").number

    def edit_pull(self, number: int, *, title: str, body: str) -> None:
        """Put other words on a pull request."""
        self._write("PATCH", f"{self._base}/pulls/{number}", {"title": title, "body": body})

    def close_pull(self, number: int) -> None:
        """Close a pull request without merging it; one that is closed stays so."""
        self._write("PATCH", f"{self._base}/pulls/{number}", {"state": "closed"})
