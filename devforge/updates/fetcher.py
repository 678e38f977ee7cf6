"""What python-tuf downloads with: our web, a directory, and no guess about what was not changed.

Source: attack table B19: a 304 counts only beside a body that was verified before.
"""

from __future__ import annotations

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

    def __init__(self, web: Web, remembered: Remembered | None = None) -> None:
        self._web = web
        self._remembered = remembered
        self.seconds: float | None = None  # until the first head was there
        self.named: dict[str, tuple[str | None, str | None]] = {}  # url → ETag, Last-Modified

    def _fetch(self, url: str) -> Iterator[bytes]:
        if url.startswith("file:"):
            yield from read_local(url)
            return
        known = self._known(url)
        headers = {"Accept-Encoding": "gzip", **(known.headers if known else {})}
        with self._web.get(url, headers) as answer:
            self.seconds = answer.seconds if self.seconds is None else self.seconds
            if answer.status == 304:
                yield _unchanged(answer, known)
                return
            if answer.status != 200:
                raise DownloadHTTPError(f"GET {url}: {answer.status}", answer.status)
            self.named[url] = (answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
            yield from answer.chunks()

    def _known(self, url: str) -> Remembered | None:
        known = self._remembered
        return known if known and known.url == url and known.headers else None


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
