"""Writes a file whole or not at all, and keeps two programs from writing at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_BEYOND = 0x7FFF0000  # past the end of any file we lock
_IN_USE_SECONDS = 2.0
UNFINISHED = ".new-"
_WORKED_IN: set[Path] = set()  # where this program may have left something unfinished
_GIVEN_UP_SECONDS = 3600  # nobody writes one file for so long
_LEFT_SECONDS = 86400  # nor works that long in a folder


def read_plain(path: Path, *, limit_bytes: int) -> bytes:
    """Return a file's bytes: never of a pipe or a device, which need not end, and of nothing vast.

    Raises:
        OSError: it is not there, cannot be read, is no plain file, or larger than `limit_bytes`.
    """
    # Without waiting for somebody to write, as a pipe would have us do.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "is not a plain file", str(path))
        if found.st_size > limit_bytes:
            raise OSError(
                0, f"more than {limit_bytes:,} bytes; this was not written by us", str(path)
            )
        return file.read(limit_bytes)


def sync_directory(path: Path) -> None:
    """Make renames and new names in `path` survive a power cut, where the platform can."""
    if os.name == "nt":  # Windows cannot open a directory
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step that survives a power cut. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_ours(path.parent))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: Path(name).replace(path))
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    sync_directory(path.parent)


def folder_aside(directory: Path) -> Path:
    """Return an empty folder of our own in `directory`; where that takes none, among the system's. Raises OSError."""
    with contextlib.suppress(OSError):
        return Path(tempfile.mkdtemp(dir=directory, prefix=_ours(directory)))
    return Path(tempfile.mkdtemp(prefix="devforge-"))


def leave_nothing() -> None:
    """Delete what this program left unfinished, for where it is stopped between any two steps."""
    for directory in _WORKED_IN:
        for left in directory.glob(f"{UNFINISHED}{os.getpid()}-*"):
            with contextlib.suppress(OSError):
                left.unlink() if left.is_file() else shutil.rmtree(left)


def _ours(directory: Path) -> str:
    _WORKED_IN.add(directory)
    return f"{UNFINISHED}{os.getpid()}-"


def sweep_unfinished(directory: Path) -> None:
    """Delete what `write_whole` and `folder_aside` left in `directory` where they were killed. Raises OSError."""
    for left in directory.glob(f"{UNFINISHED}*"):
        age = abs(time.time() - left.stat().st_mtime)  # of tomorrow is what another clock left
        if left.is_dir() and age > _LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
        elif not left.is_dir() and age > _GIVEN_UP_SECONDS:
            left.unlink(missing_ok=True)


def patiently(rename: Callable[[], object]) -> None:
    """Rename something that another program may be reading: Windows refuses that, and it soon ends."""
    until = time.monotonic() + (_IN_USE_SECONDS if os.name == "nt" else 0)
    while True:
        try:
            rename()
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)
        else:
            return


@contextlib.contextmanager
def locked(path: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold `path` alone; it is free again when this process ends, however it ends.

    Raises:
        OSError: it cannot be opened, or somebody still holds it after `wait_seconds`.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        until = time.monotonic() + wait_seconds
        while not take_lock(handle):
            if time.monotonic() >= until:
                raise BlockingIOError(f"{path}: held by another program")
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def take_lock(handle: int) -> bool:
    """Take an exclusive lock that dies with the process; False if somebody has it."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - Windows alone has it

            # A lock there is one on bytes, and keeps others from reading them: so on none that are.
            before = os.lseek(handle, 0, os.SEEK_CUR)
            os.lseek(handle, _BEYOND, os.SEEK_SET)
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            finally:
                os.lseek(handle, before, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415 - everywhere else

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
