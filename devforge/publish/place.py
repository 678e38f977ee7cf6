"""Where an index lies: read piece by piece, written file by file.

A directory is one. The branch `index` is another, of which only what is read is fetched
(`devforge/adapters/index_files.py`).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from devforge.errors import Unavailable
from devforge.model.generation import SignedUntil
from devforge.publish.files import Writer


class Writes(Protocol):
    """Puts files into a place, one by one; `written` are those that differ from what was there."""

    written: list[str]

    def write(self, path: str, content: bytes) -> None:
        """Make `path` hold `content`."""

    def write_named_by_hash(self, path: str, content: bytes) -> None:
        """The same, for a file whose name is its content's hash."""


class Place(Protocol):
    """What reads and writes an index need of where it lies. Paths are those of the index."""

    @property
    def signed_until(self) -> Mapping[str, SignedUntil]:
        """What is known of the roles' expiry without reading them; it may be nothing."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it is at hand, so that looking at every file costs nothing much."""

    def only_writer(self) -> AbstractContextManager[None]:
        """Wait until nobody else writes there, and keep others out."""

    def look(self, paths: Iterable[str]) -> None:
        """Find out at once which of `paths` there are."""

    def bring(self, paths: Iterable[str]) -> None:
        """Fetch at once what will be read; what is at hand, or not there at all, costs nothing."""

    def read(self, path: str) -> bytes:
        """Return the bytes at `path`. Raises OSError where it is not there."""

    def has(self, path: str) -> bool:
        """Whether there is a file at `path`."""

    def names(self, folder: str) -> Collection[str]:
        """Return the path below `folder` of every file at any depth of it."""

    def writer(self) -> Writes:
        """Return what writes there."""

    def remove(self, path: str) -> None:
        """Make `path` hold nothing."""


class Directory:
    """An index in a directory."""

    signed_until: Mapping[str, SignedUntil] = {}
    is_whole = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    @contextmanager
    def only_writer(self) -> Iterator[None]:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDONLY)
        except OSError as error:
            raise Unavailable(f"could not open {self}: {error.strerror or error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def look(self, paths: Iterable[str]) -> None:
        pass

    def bring(self, paths: Iterable[str]) -> None:
        pass

    def read(self, path: str) -> bytes:
        return (self._path / path).read_bytes()

    def has(self, path: str) -> bool:
        return (self._path / path).is_file()

    def names(self, folder: str) -> Collection[str]:
        base = self._path / folder
        return [
            Path(parent, name).relative_to(base).as_posix()
            for parent, _, names in os.walk(base)
            for name in names
        ]

    def writer(self) -> Writer:
        return Writer(self._path)

    def remove(self, path: str) -> None:
        (self._path / path).unlink(missing_ok=True)


def place_at(at: Path | Place) -> Place:
    """Return the place that `at` is; a path is a directory."""
    return Directory(at) if isinstance(at, Path) else at
