"""Files that are whole or as they were, also after a kill and a power cut. Decides nothing."""

from __future__ import annotations

from pathlib import Path

from devforge.adapters.files import read_plain, write_whole
from devforge.errors import Unavailable


def write_durably(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step.

    Raises:
        Unavailable: it could not be written; what was there still is.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise Unavailable(f"{path}: cannot be written ({error.strerror or error})") from error


def read_capped(path: Path, *, limit_bytes: int) -> bytes | None:
    """Return the file's bytes; None if there is none.

    Raises:
        Unavailable: it cannot be read, or is larger than anything we write.
    """
    try:
        return read_plain(path, limit_bytes=limit_bytes)
    except FileNotFoundError as error:
        if path.is_symlink():  # what it leads to may be back tomorrow: a disk, a share
            raise Unavailable(f"{path}: is a link to what is not there") from error
        return None
    except OSError as error:
        raise Unavailable(f"{path}: cannot be read ({error.strerror or error})") from error
