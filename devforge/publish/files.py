"""Writes generated files: only what differs, and each in one step, so no reader sees half a file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from devforge.errors import Unavailable


class Writer:
    """Puts files below one directory and remembers what it wrote."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.written: list[str] = []
        self._root = os.fspath(directory)
        self._made: set[str] = set()

    def write(self, path: str, content: bytes) -> None:
        """Make `path` hold `content`: a reader finds the old or the new.

        Raises:
            Unavailable: the disk refused.
        """
        target = self._target(path)
        try:
            if Path(target).read_bytes() == content:
                return
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Unavailable(f"could not read {target}: {error.strerror or error}") from error
        self._replace(target, content)
        self.written.append(path)

    def write_named_by_hash(self, path: str, content: bytes) -> None:
        """Make `path` hold `content`, which its name promises and which nothing refers to yet.

        One that is there and whole is taken as it is; what a run that was killed left of one is not.

        Raises:
            Unavailable: the disk refused.
        """
        target = self._target(path)
        # Not through pathlib: an index is ten thousand files, and its paths cost more than the disk.
        try:
            try:
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            except FileExistsError:
                if os.stat(target).st_size == len(content):  # noqa: PTH116
                    return
                descriptor = os.open(target, os.O_WRONLY | os.O_TRUNC)
            try:
                while content := content[os.write(descriptor, content) :]:
                    pass
            finally:
                os.close(descriptor)
        except OSError as error:
            raise Unavailable(f"could not write {target}: {error.strerror or error}") from error
        self.written.append(path)

    def _target(self, path: str) -> str:
        target = f"{self._root}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in self._made:
            try:
                Path(folder).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise Unavailable(f"could not write {target}: {error.strerror or error}") from error
            self._made.add(folder)
        return target

    def _replace(self, target: str, content: bytes) -> None:
        folder, _, name = target.rpartition("/")
        beside = f"{folder}/.{name}.{os.getpid()}"
        try:
            with open(beside, "wb") as file:  # noqa: PTH123
                file.write(content)
            os.replace(beside, target)  # noqa: PTH105
        except OSError as error:
            with suppress(OSError):
                Path(beside).unlink()
            raise Unavailable(f"could not write {target}: {error.strerror or error}") from error


def remove_unnamed(directory: Path, keep: set[str]) -> list[str]:
    """Remove every file below `directory` whose path is not in `keep`; return what went, sorted."""
    gone: list[str] = []
    for parent, _, names in os.walk(directory):
        for name in names:
            path = Path(parent, name).relative_to(directory).as_posix()
            if path not in keep:
                (directory / path).unlink(missing_ok=True)
                gone.append(path)
    return sorted(gone)
