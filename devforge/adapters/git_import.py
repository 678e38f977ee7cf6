"""Makes one commit of a few files on top of another, by `git fast-import`: the rest is not looked at."""

from __future__ import annotations

import re
import time
from typing import BinaryIO

from devforge.adapters.git import Objects
from devforge.errors import BadInput

_AUTHOR = "Dev Forge Registry <registry@devforge.invalid>"
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*(?:/[A-Za-z0-9_][A-Za-z0-9._+-]*)*", re.ASCII)
_SECONDS = 600


def write_commit(stream: BinaryIO, ref: str, parent: str | None, message: str) -> None:
    """Begin a commit on top of `parent`, to be named `ref`."""
    stream.write(f"commit {ref}\ncommitter {_AUTHOR} {int(time.time())} +0000\n".encode())
    _write_data(stream, message.encode())
    if parent is not None:
        stream.write(f"from {parent}\n".encode())


def write_file(stream: BinaryIO, path: str, content: bytes) -> None:
    """Have the commit hold these bytes at `path`."""
    stream.write(f"M 100644 inline {_plain(path)}\n".encode())
    _write_data(stream, content)


def write_removal(stream: BinaryIO, path: str) -> None:
    """Have the commit hold nothing at `path`."""
    stream.write(f"D {_plain(path)}\n".encode())


def import_commit(store: Objects, stream: BinaryIO, ref: str) -> str:
    """Make the commit that `stream` holds; return it. The stream is read from its beginning."""
    stream.write(b"done\n")
    stream.seek(0)
    # Objects are made first and then named, so --force only ever moves a name of our own.
    store.program.run("fast-import", "--quiet", "--done", "--force", stdin=stream, seconds=_SECONDS)
    return store.resolve(ref, "commit")


def _write_data(stream: BinaryIO, content: bytes) -> None:
    stream.write(b"data %d\n%s\n" % (len(content), content))


def _plain(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise BadInput(f"{path!r} cannot be a path on a branch of ours")
    return path
