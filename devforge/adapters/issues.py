"""Issues that jobs open and keep up to date. Speaks HTTP and decides nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.adapters.github_answers import Account
from devforge.adapters.github_connection import GitHubConnection, parsed
from devforge.model.base import Foreign


class Issue(Foreign):
    """An issue as the list shows it; `pull_request` is there where it is one."""

    number: Annotated[int, Field(gt=0)]
    title: str = ""
    body: str | None = None
    state: Literal["open", "closed"] = "open"
    user: Account | None = None
    author_association: str = "NONE"
    pull_request: object | None = None
    html_url: str = ""

    @property
    def by_us(self) -> bool:
        """Whether a job opened it, or a person who may write here ran the job by hand."""
        if self.user is not None and self.user.type == "Bot":
            return True
        return self.author_association in ("OWNER", "MEMBER", "COLLABORATOR")

    @property
    def text(self) -> str:
        """Its text, with plain line ends."""
        return (self.body or "").replace("\r\n", "\n")


class Issues(GitHubConnection):
    """The issues of one repository; see `GitHub` for what its arguments mean."""

    def labelled(self, label: str) -> tuple[Issue, ...]:
        """Return every issue of ours with `label`, open or closed, the oldest first."""
        query = {"state": "all", "labels": label, "sort": "created", "direction": "asc"}
        found = self._pages(Issue, f"{self._base}/issues", query)
        return tuple(issue for issue in found if issue.pull_request is None and issue.by_us)

    def open(self, title: str, body: str, label: str) -> Issue:
        """Open an issue. Asking twice makes two: look at `labelled` first."""
        wanted = {"title": title, "body": body, "labels": [label]}
        return parsed(Issue, self._write("POST", f"{self._base}/issues", wanted), "issue")

    def edit(self, number: int, title: str, body: str, state: Literal["open", "closed"]) -> None:
        """Make an issue say this. Safe to repeat."""
        wanted = {"title": title, "body": body, "state": state}
        if state == "closed":
            wanted["state_reason"] = "completed"
        self._write("PATCH", f"{self._base}/issues/{number}", wanted)
