"""The files of a package: what an archive is read to, and what is written from it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.files import sync_directory
from devforge.errors import Unavailable


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One regular file: its path with forward slashes, whether it may be run, and its bytes."""

    path: str
    is_executable: bool
    content: bytes


def write_members(members: Iterable[ArchiveMember], into: Path) -> None:
    """Write `members` below `into`, a directory that does not exist yet, and fsync each file."""
    try:
        into.mkdir(parents=True)
        for member in members:
            _write(member, into)
        for directory in {into, *(path for path in into.rglob("*") if path.is_dir())}:
            sync_directory(directory)
    except OSError as error:
        raise Unavailable(f"could not write {into}: {error.strerror or error}") from error


def _write(member: ArchiveMember, into: Path) -> None:
    path = into.joinpath(*member.path.split("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Exclusive and without following: the directory is ours and new, so anything there is an attack.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, 0o755 if member.is_executable else 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(member.content)
        file.flush()
        os.fsync(file.fileno())
