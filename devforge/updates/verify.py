"""Compares what is on the disk with what was recorded when it was put there. Reads, changes nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.members import ArchiveMember
from devforge.updates.installed import Record, StoredFile

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it was installed."""

    path: str
    how: str  # "changed", "missing", "added" or "unreadable"

    @property
    def line(self) -> str:
        return f"{self.how:<10} {self.path}"


def stored_files(members: Sequence[ArchiveMember]) -> dict[str, StoredFile]:
    """Return what is to be recorded of unpacked files."""
    return {
        m.path: StoredFile(
            sha256=hashlib.sha256(m.content).hexdigest(),
            length=len(m.content),
            executable=m.is_executable,
        )
        for m in members
    }


def tree_hash(members: Sequence[ArchiveMember]) -> str:
    """Return the name of exactly these files."""
    from devforge.model.observed import SourceFile, SourceTree  # noqa: PLC0415 - only to install

    return SourceTree(
        {
            m.path: SourceFile(m.path, "executable" if m.is_executable else "file", m.content)
            for m in members
        }
    ).sha256


def differences(directory: Path, record: Record) -> tuple[Difference, ...]:
    """Return every file below `directory` that is not as `record` says.

    What Python leaves beside code it ran (`__pycache__`) is not counted.
    """
    found = []
    here = set(_walk(directory))
    for path, stored in sorted(record.files.items()):
        if path not in here:
            found.append(Difference(path, "missing"))
            continue
        problem = _problem(directory / path, stored)
        if problem:
            found.append(Difference(path, problem))
    found += [Difference(path, "added") for path in sorted(here - record.files.keys())]
    return tuple(found)


def is_intact(directory: Path, record: Record) -> bool:
    """Whether `directory` is there and exactly what `record` says."""
    return directory.is_dir() and not differences(directory, record)


def _problem(path: Path, stored: StoredFile) -> str | None:
    if path.is_symlink() or not path.is_file():
        return "changed"
    digest = hashlib.sha256()
    try:
        if path.stat().st_size != stored.length:
            return "changed"
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return "unreadable"
    return None if digest.hexdigest() == stored.sha256 else "changed"


def _walk(directory: Path) -> list[str]:
    found: list[str] = []
    for folder, folders, files in os.walk(directory):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [n for n in folders if n != "__pycache__" and n not in links]
        found += [(Path(folder) / n).relative_to(directory).as_posix() for n in (*files, *links)]
    return found
