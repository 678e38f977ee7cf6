"""GitHub's REST interface, reduced to what the jobs need. Speaks HTTP and decides nothing."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from devforge.adapters.github_answers import (
    Account,
    Comment,
    MergeAnswer,
    Pull,
    Repository,
    Review,
    Status,
)
from devforge.adapters.github_connection import Answered, GitHubConnection, NotThere, parsed

StatusState = Literal["success", "failure", "pending", "error"]
MergeMethod = Literal["merge", "squash"]
Reaction = Literal["+1", "-1", "confused", "eyes"]


class GitHub(GitHubConnection):
    """One repository as the review sees it and changes it."""

    # Reading

    def open_pulls(self) -> tuple[Pull, ...]:
        """Return every open pull request, the oldest first."""
        query = {"state": "open", "sort": "created", "direction": "asc"}
        return tuple(self._pages(Pull, f"{self._base}/pulls", query))

    def pull(self, number: int) -> Pull | None:
        """Return one pull request, open or not; None if there is none of that number."""
        return self._maybe(Pull, f"{self._base}/pulls/{number}")

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews people left on a pull request, in their order."""
        return tuple(self._pages(Review, f"{self._base}/pulls/{number}/reviews"))

    def comments(self, number: int, *, since: str | None = None) -> tuple[Comment, ...]:
        """Return the comments below an issue or pull request, the oldest first.

        Args:
            since: leave out what was neither written nor edited at this time or later.
        """
        query = {"since": since} if since else None
        return tuple(self._pages(Comment, f"{self._base}/issues/{number}/comments", query))

    def repository_named(self, full_name: str) -> Repository | None:
        """Return what stands at `owner/name` today, redirects followed; None if nothing does."""
        owner, _, name = full_name.partition("/")
        return self._maybe(Repository, f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}")

    def account_named(self, login: str) -> Account | None:
        """Return who has `login` today; None if nobody does."""
        return self._maybe(Account, f"/users/{quote(login, safe='')}")

    # Writing

    def set_status(
        self, commit: str, state: StatusState, *, context: str, description: str, url: str | None
    ) -> str:
        """Say something about a commit; the newest word of a context is the one that counts.

        Return the server's time when it was said.
        """
        body = {"state": state, "context": context, "description": description[:140]}
        answer = self._write(
            "POST", f"{self._base}/statuses/{commit}", body | ({"target_url": url} if url else {})
        )
        return parsed(Status, answer, "status").created_at

    def add_comment(self, number: int, body: str) -> Comment:
        """Add a comment below an issue or pull request."""
        answer = self._write("POST", f"{self._base}/issues/{number}/comments", {"body": body})
        return parsed(Comment, answer, "comment")

    def edit_comment(self, comment: int, body: str) -> bool:
        """Put `body` in a comment's place; False if the comment is there no longer."""
        try:
            self._write("PATCH", f"{self._base}/issues/comments/{comment}", {"body": body})
        except NotThere:
            return False
        return True

    def delete_comment(self, comment: int) -> None:
        """Remove a comment. One that is gone already is fine."""
        try:
            self._write("DELETE", f"{self._base}/issues/comments/{comment}")
        except NotThere:
            return

    def react(self, comment: int, content: Reaction) -> None:
        """React to a comment. The same reaction twice is one; a comment that is gone is fine."""
        path = f"{self._base}/issues/comments/{comment}/reactions"
        try:
            self._write("POST", path, {"content": content})
        except NotThere:
            return

    def set_labels(self, number: int, labels: tuple[str, ...]) -> None:
        """Make `labels` all the labels of an issue or pull request; unknown ones are created."""
        self._write("PUT", f"{self._base}/issues/{number}/labels", {"labels": list(labels)})

    def merge(
        self, number: int, *, head: str, method: MergeMethod, title: str, message: str = ""
    ) -> Literal["merged", "moved", "blocked"]:
        """Merge exactly `head`: "moved" if somebody pushed, "blocked" if GitHub will not merge."""
        body = {
            "sha": head,
            "merge_method": method,
            "commit_title": title,
            "commit_message": message,
        }
        try:
            answer = self._write("PUT", f"{self._base}/pulls/{number}/merge", body)
        except Answered as error:
            if error.status == 409:
                return "moved"
            if error.status == 405:
                return "blocked"
            raise
        return "merged" if parsed(MergeAnswer, answer, "merge").merged else "blocked"

    def dispatch(self, workflow: str, ref: str, inputs: dict[str, str] | None = None) -> None:
        """Start a workflow. Pushes of the job's own token start none, so this is how jobs chain."""
        body: dict[str, object] = {"ref": ref} | ({"inputs": inputs} if inputs else {})
        self._write("POST", f"{self._base}/actions/workflows/{workflow}/dispatches", body)
