"""What python-tuf downloads with: our web, a directory, and no guess about what was not changed.

Source: attack table B19: a 304 counts only beside a body that was verified before.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface

from devforge.adapters.web import Web
from devforge.adapters.web_answer import Answer
from devforge.errors import Refused, Unavailable

_WAIT_SECONDS = 120.0  # for all answers of one server together, and beside that
_SLOWEST_BYTES = 8 * 1024  # a second
_LONGEST_NAME = 200  # more than any server needs; a request of many thousand bytes is answered 431


@dataclass(frozen=True, slots=True)
class Remembered:
    """A body that was verified before, and how its server named it."""

    url: str
    body: bytes
    etag: str | None = None
    modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


class Fetcher(FetcherInterface):
    """Fetches metadata and targets, and notes how fast the server was and what it calls things."""

    def __init__(
        self, web: Web, remembered: Remembered | None = None, *, wait_seconds: float = _WAIT_SECONDS
    ) -> None:
        self._web, self._wait_seconds = web, wait_seconds
        self._remembered = remembered
        self._waited_seconds, self._came_bytes = 0.0, 0
        self.seconds: float | None = None  # until the first head was there
        self.named: dict[str, tuple[str | None, str | None]] = {}  # url → ETag, Last-Modified

    def _fetch(self, url: str) -> Iterator[bytes]:
        if url.startswith("file:"):
            yield from read_local(url)
            return
        known = self._known(url)
        headers = {"Accept-Encoding": "gzip", **(known.headers if known else {})}
        with self._timed(), self._web.get(url, headers, total_seconds=self._left(url)) as answer:
            self.seconds = answer.seconds if self.seconds is None else self.seconds
            if answer.status == 304:
                yield _unchanged(answer, known)
                return
            if answer.status != 200:
                raise DownloadHTTPError(f"GET {url}: {answer.status}", answer.status)
            self.named[url] = (_name(answer, "ETag"), _name(answer, "Last-Modified"))
            for chunk in answer.chunks():
                self._came_bytes += len(chunk)
                yield chunk

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self._waited_seconds += time.monotonic() - begun

    def _left(self, url: str) -> float:
        """Return how long the next answer may take: many slow answers are one slow server."""
        allowed = self._wait_seconds + self._came_bytes / _SLOWEST_BYTES
        if (left := allowed - self._waited_seconds) <= 0:
            raise Unavailable(
                f"GET {url}: too slow: {self._came_bytes:,} bytes came in {self._waited_seconds:.0f} seconds"
            )
        return min(left, self._web.patience.total_seconds)

    def _known(self, url: str) -> Remembered | None:
        known = self._remembered
        return known if known and known.url == url and known.headers else None


def _name(answer: Answer, header: str) -> str | None:
    """Return how the server names what it sent, where that is fit to be sent back to it, or to its successor."""
    name = answer.headers.get(header, "")
    is_fit = 0 < len(name) <= _LONGEST_NAME and name.isascii() and name.isprintable()
    return name if is_fit else None


def _unchanged(answer: Answer, known: Remembered | None) -> bytes:
    """Return the body that a 304 vouches for."""
    if known is None:
        raise Refused(f"GET {answer.url}: 304, though nothing was there to compare with")
    etag = answer.headers.get("ETag")
    if etag and known.etag and etag.removeprefix("W/") != known.etag.removeprefix("W/"):
        raise Refused(
            f"GET {answer.url}: 304 for another version than the one that was asked about"
        )
    return known.body


def read_local(url: str) -> Iterator[bytes]:
    """Yield the file at a `file:` address."""
    path = Path(url2pathname(urlsplit(url).path))
    try:
        with path.open("rb") as file:
            while chunk := file.read(64 * 1024):
                yield chunk
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise DownloadHTTPError(f"{path}: is not there", 404) from error
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror}") from error
