"""Where servers put their access logs: a bucket, or a directory of this machine. Reads, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from devforge.adapters.buckets import Bucket
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.analytics import LogSource

FILE_BYTES = 256 * 1024 * 1024  # of one file, as it lies there


class StoredLog(NamedTuple):
    """A log file; its name never changes, its content does while it is still written to."""

    name: str
    length: int
    modified: datetime


class LogFiles(Protocol):
    """The files of one source."""

    def listing(self) -> Iterator[StoredLog]:
        """Yield every file, in order of name. Raises Unavailable, Refused or BadInput."""

    def read(self, name: str) -> bytes:
        """Return a file's content. Raises Unavailable, Refused or BadInput."""


def log_files(source: LogSource, *, checkout: Path) -> LogFiles:
    """Return the files of `source`; a directory is one of `checkout`, unless it is absolute."""
    if source.bucket is not None:
        bucket = Bucket(source.bucket, region=source.region, endpoint=source.endpoint)
        return _InBucket(bucket, source.prefix)
    return _InDirectory(checkout / (source.directory or ""), source.prefix)


class _InBucket:
    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket, self._prefix = bucket, prefix

    def listing(self) -> Iterator[StoredLog]:
        for found in self._bucket.objects(self._prefix):
            yield StoredLog(found.key, found.length, found.modified)

    def read(self, name: str) -> bytes:
        content = self._bucket.read(name, limit_bytes=FILE_BYTES)
        if content is None:
            raise Unavailable(f"{name}: is gone since it was listed")
        return _capped(name, content)


class _InDirectory:
    def __init__(self, directory: Path, prefix: str) -> None:
        self._directory, self._prefix = directory, prefix

    def listing(self) -> Iterator[StoredLog]:
        if not self._directory.is_dir():
            raise BadInput(f"{self._directory}: is no directory, and logs should lie in it")
        for path in sorted(self._directory.iterdir()):
            if path.name.startswith(self._prefix) and path.is_file():
                found = path.stat()
                modified = datetime.fromtimestamp(found.st_mtime, UTC)
                yield StoredLog(path.name, found.st_size, modified)

    def read(self, name: str) -> bytes:
        try:
            with (self._directory / name).open("rb") as file:
                return _capped(name, file.read(FILE_BYTES + 1))
        except OSError as error:
            raise Unavailable(f"{self._directory / name}: {error.strerror or error}") from error


def _capped(name: str, content: bytes) -> bytes:
    if len(content) > FILE_BYTES:
        raise Refused(f"{name}: is more than {FILE_BYTES:,} bytes; have it rotated more often")
    return content
