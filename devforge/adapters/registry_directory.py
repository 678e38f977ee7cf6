"""Records in a plain directory: regular files of bounded size, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from devforge.model.layout import ROOT
from devforge.model.plaintext import shorten, too_large
from devforge.model.problem import Problem


def walk(root: Path) -> Iterator[str]:
    """Yield every file below `root` as a path with /, in order; links are named, not followed."""
    waiting = [("", True)]
    while waiting:
        path, is_directory = waiting.pop()
        if not is_directory:
            yield path
            continue
        with os.scandir(root / path) as found:
            entries = sorted(found, key=lambda entry: entry.name, reverse=True)
        waiting += [
            (f"{path}/{entry.name}".removeprefix("/"), entry.is_dir(follow_symlinks=False))
            for entry in entries
        ]


def read_files(root: Path, paths: list[str], *, limit_bytes: int) -> dict[str, bytes | Problem]:
    """Return path → content, or why it was not read."""
    return {
        path: read_file(root / path, f"{ROOT}/{shorten(path, 200)}", limit_bytes=limit_bytes)
        for path in paths
    }


def read_file(path: Path, name: str, *, limit_bytes: int) -> bytes | Problem:
    """Return a regular file's bytes, looking at its size before reading it; else the problem."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return Problem(name, "is not a plain file", "put a file there, not a link")
        if status.st_size > limit_bytes:
            return too_large(status.st_size, file=name, limit_bytes=limit_bytes)
        with path.open("rb") as file:
            return file.read(limit_bytes + 1)
    except FileNotFoundError:
        return Problem(name, "does not exist", "add it")
    except OSError as error:
        return Problem(name, f"cannot be read: {error.strerror}", "mend its permissions")
