"""GitHub's REST interface, reduced to what the jobs need. Speaks HTTP and decides nothing.

PyGithub carries authentication, connections and retries; answers are parsed once, here. Reads
are repeated a few times; a write is made once, because a lost answer may hide a success, and the
next run sees what became of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import github
import requests
from github.GithubRetry import GithubRetry
from pydantic import BaseModel, ValidationError

from devforge.adapters.github_answers import (
    Account,
    Comment,
    MergeAnswer,
    Pull,
    Repository,
    Review,
)
from devforge.errors import DevForgeError, Refused, Unavailable

T = TypeVar("T", bound=BaseModel)
StatusState = Literal["success", "failure", "pending", "error"]
MergeMethod = Literal["merge", "squash"]
_PAGE = 100
_PAGES = 100
_TIMEOUT_SECONDS = 20
_LONGEST_WAIT_SECONDS = 90
# GitHub asks for a second between writes once there are many of them.
_WRITES_WITHOUT_PAUSE = 40
_VERSION = {"X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    """One repository on one server. `requests` counts what it cost; every error is ours."""

    def __init__(
        self,
        repository: str,
        token: str,
        *,
        api_url: str = "https://api.github.com",
        retries: int = 4,
        backoff_seconds: float = 1.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.repository = repository
        self.requests = 0
        self._writes = 0
        self._sleep = sleep
        self._base = f"/repos/{repository}"
        # urllib3 repeats reads; Retry-After is obeyed, but never waited for longer than the job.
        retry = GithubRetry(
            total=retries,
            backoff_factor=backoff_seconds,
            allowed_methods=frozenset({"GET", "HEAD"}),
            secondary_rate_wait=_LONGEST_WAIT_SECONDS,
            max_rate_limit_wait=_LONGEST_WAIT_SECONDS,
            retry_after_max=_LONGEST_WAIT_SECONDS,
        )
        client = github.Github(
            auth=github.Auth.Token(token),
            base_url=api_url,
            timeout=_TIMEOUT_SECONDS,
            user_agent="devforge-registry",
            retry=retry,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._client, self._requester = client, client.requester

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

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

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return the comments below an issue or pull request, the oldest first."""
        return tuple(self._pages(Comment, f"{self._base}/issues/{number}/comments"))

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
    ) -> None:
        """Say something about a commit; the newest word of a context is the one that counts."""
        body = {"state": state, "context": context, "description": description[:140]}
        self._write(
            "POST", f"{self._base}/statuses/{commit}", body | ({"target_url": url} if url else {})
        )

    def add_comment(self, number: int, body: str) -> Comment:
        """Add a comment below an issue or pull request."""
        answer = self._write("POST", f"{self._base}/issues/{number}/comments", {"body": body})
        return _parsed(Comment, answer, "comment")

    def edit_comment(self, comment: int, body: str) -> bool:
        """Put `body` in a comment's place; False if the comment is there no longer."""
        try:
            self._write("PATCH", f"{self._base}/issues/comments/{comment}", {"body": body})
        except _NotThere:
            return False
        return True

    def delete_comment(self, comment: int) -> None:
        """Remove a comment. One that is gone already is fine."""
        try:
            self._write("DELETE", f"{self._base}/issues/comments/{comment}")
        except _NotThere:
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
        except _Answered as error:
            if error.status == 409:
                return "moved"
            if error.status == 405:
                return "blocked"
            raise
        return "merged" if _parsed(MergeAnswer, answer, "merge").merged else "blocked"

    def dispatch(self, workflow: str, ref: str, inputs: dict[str, str] | None = None) -> None:
        """Start a workflow. Pushes of the job's own token start none, so this is how jobs chain."""
        body: dict[str, object] = {"ref": ref} | ({"inputs": inputs} if inputs else {})
        self._write("POST", f"{self._base}/actions/workflows/{workflow}/dispatches", body)

    # The one door

    def _pages(self, kind: type[T], path: str, query: dict[str, Any] | None = None) -> Iterator[T]:
        for page in range(1, _PAGES + 1):
            wanted = (query or {}) | {"per_page": _PAGE, "page": page}
            headers, found = self._send("GET", path, query=wanted)
            if not isinstance(found, list):
                raise Unavailable(f"GET {path}: expected a list")
            yield from (_parsed(kind, item, path) for item in found)
            if 'rel="next"' not in headers.get("link", ""):
                return
        raise Refused(f"GET {path}: more than {_PAGES * _PAGE} entries; close some first")

    def _maybe(self, kind: type[T], path: str) -> T | None:
        try:
            _, found = self._send("GET", path)
        except _NotThere:
            return None
        return _parsed(kind, found, path)

    def _write(self, verb: str, path: str, body: object | None = None) -> Any:
        self._writes += 1
        if self._writes > _WRITES_WITHOUT_PAUSE:
            self._sleep(1.0)
        return self._send(verb, path, body=body)[1]

    def _send(
        self,
        verb: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: object | None = None,
    ) -> tuple[dict[str, Any], Any]:
        self.requests += 1
        try:
            return self._requester.requestJsonAndCheck(
                verb, path, parameters=query, headers=_VERSION, input=body
            )
        except github.GithubException as error:
            raise _translated(verb, path, error) from error
        except requests.RequestException as error:
            raise Unavailable(f"{verb} {path}: {type(error).__name__}, no answer") from error
        except ValueError as error:
            raise Unavailable(f"{verb} {path}: the answer is not JSON") from error


class _Answered(Refused):
    """The server said no, with this status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class _NotThere(_Answered):
    """The server said: nothing there, or nothing you may see."""


def _translated(verb: str, path: str, error: github.GithubException) -> DevForgeError:
    said = error.data.get("message", "") if isinstance(error.data, dict) else ""
    text = f"{verb} {path}: {error.status} {str(said)[:200]}".rstrip()
    limited = isinstance(error, github.RateLimitExceededException) or error.status == 429
    if limited or error.status >= 500:
        return Unavailable(text)
    if error.status in (404, 410, 451):
        return _NotThere(text, error.status)
    if error.status == 401:
        return Refused(f"{text}: the token is wrong or has expired")
    if error.status == 403:
        return Refused(f"{text}: the token lacks a permission this job needs")
    return _Answered(text, error.status)


def _parsed(kind: type[T], found: object, what: str) -> T:
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Unavailable(f"{what}: an answer without a proper {place}") from error
