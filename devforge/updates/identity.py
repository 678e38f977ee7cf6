"""This install's own random name, which decides when a roll-out reaches it. It never leaves here.

Source: attack table B9: a damaged name is replaced by another, whole, in one step.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from pathlib import Path

from devforge.adapters.files import UNFINISHED
from devforge.errors import Unavailable
from devforge.updates.durable import read_capped, write_durably

_NAME = re.compile(rb"[0-9a-f]{32}\n?")


def install_id(path: Path) -> str | None:
    """Return the name kept at `path`, made when there is none or only a damaged one.

    None where nothing can be written: such an install is offered what everybody is offered.
    """
    try:
        if (name := _read(path)) is not None:
            return name
        if not path.exists():
            _make_once(path)
        elif _read(path) is None:  # damaged, and not just made by another client
            write_durably(path, _new())
        return _read(path)
    except (Unavailable, OSError):
        return None


def is_sound(path: Path) -> bool:
    """Whether there is none yet, or a good one."""
    try:
        return not path.exists() or _read(path) is not None
    except (Unavailable, OSError):
        return False


def _read(path: Path) -> str | None:
    try:
        content = read_capped(path, limit_bytes=64)
    except Unavailable:
        if path.is_dir():
            raise
        return None
    return content.decode().strip() if content and _NAME.fullmatch(content) else None


def _make_once(path: Path) -> None:
    """Make the name; where two do so at once, the first stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_new())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
    except OSError:  # a disk without links
        Path(made).replace(path)
    finally:
        with contextlib.suppress(OSError):
            Path(made).unlink()


def _new() -> bytes:
    return secrets.token_hex(16).encode() + b"\n"
