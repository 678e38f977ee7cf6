"""Where an index is read from: a directory, or a web server. Decides nothing, believes nothing.

Every read has a cap on bytes, time and redirects; whoever calls verifies what came.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from devforge.errors import BadInput, Refused, Unavailable

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
REDIRECTS = 5


class Source(Protocol):
    """Something that has files by relative path, and can fetch the URLs those files name."""

    @property
    def location(self) -> str: ...

    def read(self, path: str, *, limit_bytes: int) -> bytes | None:
        """Return the file at `path` below the index, or None if there is none.

        `path` may also be an absolute https URL, as package links are.

        Raises:
            Unavailable: no answer, or a broken one. Refused: more bytes than allowed, or a
            redirect to somewhere less safe.
        """
        ...


def open_source(location: str) -> Source:
    """Return the source at `location`, a directory or an http(s) URL of an index or of its site.

    Raises:
        BadInput: neither; plain http is only for this machine.
    """
    if location.startswith(("https://", "http://")):
        _refuse_plain_http(location, BadInput)
        return _Web(location.removesuffix("index.json").rstrip("/") + "/")
    directory = Path(location).expanduser()
    if not directory.is_dir():
        raise BadInput(f"{location}: not a directory and not an https URL; name an index by either")
    return _Directory(directory)


class _Directory:
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self.location = str(root)

    def read(self, path: str, *, limit_bytes: int) -> bytes | None:
        if path.startswith(("https://", "http://")):
            return _Web(self.location).read(path, limit_bytes=limit_bytes)
        file = (self._root / path).resolve()
        if not file.is_relative_to(self._root.parent):
            raise Refused(f"{path}: points outside {self._root.parent}")
        try:
            with file.open("rb") as stream:
                content = stream.read(limit_bytes + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise Unavailable(f"{file}: {error.strerror}") from error
        return _capped(content, limit_bytes, str(file))


class _Web:
    def __init__(self, base: str) -> None:
        import urllib3  # noqa: PLC0415 - commands that read no network start faster without it

        self.location = base
        self._errors = urllib3.exceptions.HTTPError
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=urllib3.Retry(total=2, redirect=0, status=0, backoff_factor=0.2),
        )

    def read(self, path: str, *, limit_bytes: int) -> bytes | None:
        url = urljoin(self.location, path)
        for _ in range(REDIRECTS + 1):
            _refuse_plain_http(url, Refused)
            status, where, content = self._get(url, limit_bytes)
            if where is None:
                return self._answer(url, status, content, limit_bytes)
            url = urljoin(url, where)
        raise Refused(f"{url}: more than {REDIRECTS} redirects")

    def _get(self, url: str, limit_bytes: int) -> tuple[int, str | None, bytes]:
        try:
            response = self._pool.request(
                "GET", url, preload_content=False, redirect=False, decode_content=False
            )
            try:
                where = response.headers.get("Location") if 300 <= response.status < 400 else None
                return response.status, where, response.read(limit_bytes + 1)
            finally:
                response.close()
        except self._errors as error:
            raise Unavailable(
                f"GET {url}: no answer ({_reason(error)}); try again later"
            ) from error

    @staticmethod
    def _answer(url: str, status: int, content: bytes, limit_bytes: int) -> bytes | None:
        if status in (404, 410, 451):
            return None
        if status != 200:
            raise Unavailable(f"GET {url}: {status}")
        return _capped(content, limit_bytes, url)


def _reason(error: Exception) -> str:
    """Return what went wrong underneath, without the pool and the retries around it."""
    cause = getattr(error, "reason", None) or error
    while (below := cause.__cause__ or cause.__context__) is not None:
        cause = below
    return (getattr(cause, "strerror", None) or str(cause) or type(cause).__name__)[:200]


def _capped(content: bytes, limit_bytes: int, what: str) -> bytes:
    if len(content) > limit_bytes:
        raise Refused(f"{what}: more than the {limit_bytes:,} bytes expected")
    return content


def _refuse_plain_http(url: str, kind: type[BadInput] | type[Refused]) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        return
    raise kind(f"{url}: only https is followed (plain http only to this machine)")


def _is_this_machine(host: str | None) -> bool:
    if host is None or host == "localhost":
        return host is not None
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
