"""The one door to GitHub's REST and GraphQL interfaces: requests sent, counted, repeated, and their answers parsed.

PyGithub carries authentication, connections and retries; answers are parsed once, here. Reads
are repeated a few times; a write is made once, because a lost answer may hide a success, and the
next run sees what became of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import github
import requests
from github.GithubRetry import GithubRetry
from pydantic import BaseModel, ValidationError

from devforge.errors import DevForgeError, Refused, Unavailable

T = TypeVar("T", bound=BaseModel)
_PAGE = 100
_PAGES = 100
_TIMEOUT_SECONDS = 20
_LONGEST_WAIT_SECONDS = 90
# GitHub asks for a second between writes once there are many of them.
_WRITES_WITHOUT_PAUSE = 40
_VERSION = {"X-GitHub-Api-Version": "2022-11-28"}


class GitHubConnection:
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
        self.now = datetime.now(UTC)  # the server's clock, as of its last answer
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

    def _pages(self, kind: type[T], path: str, query: dict[str, Any] | None = None) -> Iterator[T]:
        for page in range(1, _PAGES + 1):
            wanted = (query or {}) | {"per_page": _PAGE, "page": page}
            headers, found = self._send("GET", path, query=wanted)
            if not isinstance(found, list):
                raise Unavailable(f"GET {path}: expected a list")
            yield from (parsed(kind, item, path) for item in found)
            if 'rel="next"' not in headers.get("link", ""):
                return
        raise Refused(f"GET {path}: more than {_PAGES * _PAGE} entries; close some first")

    def _names(self) -> dict[str, str]:
        owner, _, name = self.repository.partition("/")
        return {"owner": owner, "name": name}

    def _ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        self.requests += 1
        try:
            _, answer = self._requester.graphql_query(query, variables)
            data: dict[str, Any] = answer["data"]
            return data
        except github.GithubException as error:
            raise translated("POST", "/graphql", error) from error
        except requests.RequestException as error:
            raise Unavailable(f"POST /graphql: {type(error).__name__}, no answer") from error
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("POST /graphql: an answer without data") from error

    def _maybe(self, kind: type[T], path: str) -> T | None:
        try:
            _, found = self._send("GET", path)
        except NotThere:
            return None
        return parsed(kind, found, path)

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
            headers, answer = self._requester.requestJsonAndCheck(
                verb, path, parameters=query, headers=_VERSION, input=body
            )
            self.now = _moment(headers.get("date")) or self.now
            return headers, answer
        except github.GithubException as error:
            raise translated(verb, path, error) from error
        except requests.RequestException as error:
            raise Unavailable(f"{verb} {path}: {type(error).__name__}, no answer") from error
        except ValueError as error:
            raise Unavailable(f"{verb} {path}: the answer is not JSON") from error


def _moment(date: object) -> datetime | None:
    try:
        return parsedate_to_datetime(str(date)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Answered(Refused):
    """The server said no, with this status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class NotThere(Answered):
    """The server said: nothing there, or nothing you may see."""


def translated(verb: str, path: str, error: github.GithubException) -> DevForgeError:
    """Return what PyGithub raised as an error of ours, by who has to act."""
    said = error.data.get("message", "") if isinstance(error.data, dict) else ""
    text = f"{verb} {path}: {error.status} {str(said)[:200]}".rstrip()
    limited = isinstance(error, github.RateLimitExceededException) or error.status == 429
    if limited or error.status >= 500:
        return Unavailable(text)
    if error.status in (404, 410, 451):
        return NotThere(text, error.status)
    if error.status == 401:
        return Refused(f"{text}: the token is wrong or has expired")
    if error.status == 403:
        return Refused(f"{text}: the token lacks a permission this job needs")
    return Answered(text, error.status)


def parsed(kind: type[T], found: object, what: str) -> T:
    """Return an answer as a `kind`. Raises Unavailable where it is none."""
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Unavailable(f"{what}: an answer without a proper {place}") from error
