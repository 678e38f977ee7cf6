"""Writes generated files: only what differs, and each in one step, so no reader sees half a file."""

from __future__ import annotations

import os
from pathlib import Path

from devforge.errors import Unavailable


class Writer:
    """Puts files below one directory and remembers what it wrote."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.written: list[str] = []
        self._made: set[Path] = set()

    def write(self, path: str, content: bytes, *, immutable: bool = False) -> None:
        """Make `path` hold `content`. An `immutable` one that is there is taken as it is.

        Raises:
            Unavailable: the disk refused.
        """
        target = self.directory / path
        try:
            if immutable and target.stat().st_size == len(content):
                return
            if not immutable and target.read_bytes() == content:
                return
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Unavailable(f"could not read {target}: {error.strerror or error}") from error
        self._replace(target, content)
        self.written.append(path)

    def _replace(self, target: Path, content: bytes) -> None:
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            if target.parent not in self._made:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(target.parent)
            beside.write_bytes(content)
            beside.replace(target)
        except OSError as error:
            beside.unlink(missing_ok=True)
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
