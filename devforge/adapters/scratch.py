"""A directory for the time of one job, and an extension's tree in it for tools and the sandbox."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import FrameType

from devforge.adapters.sandbox.watching import Tree
from devforge.errors import BadInput, Unavailable
from devforge.model.observed import SourceFile, SourceTree

_TOLD_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def scratch_directory(prefix: str) -> Iterator[Path]:
    """A directory that is gone afterwards, also where this program is told to end in between.

    Told so, it takes the programs it started along: they would go on writing there.
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        path = Path(name)
        if threading.current_thread() is not threading.main_thread():
            yield path  # signals are the main thread's to handle
            return

        def end(number: int, _: FrameType | None) -> None:
            Tree(os.getpid()).end_children()
            shutil.rmtree(path, ignore_errors=True)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        before = {number: signal.signal(number, end) for number in _TOLD_TO_END}
        try:
            yield path
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def write_tree(tree: SourceTree, into: Path) -> None:
    """Write the files of `tree` below `into`, which is made; nothing outside it is touched.

    Submodules, and links that lead out of the tree, are left out: what they point at was not
    reviewed. Links come last, so that no file is ever written through one.

    Raises:
        BadInput: a path that is absolute, has `..`, or is a file and a directory at once.
        Unavailable: the disk is full or `into` can't be written.
    """
    into.mkdir(parents=True, exist_ok=True)
    files = sorted(tree.files.values(), key=lambda file: (file.mode == "symlink", file.path))
    for file in files:
        try:
            _write(file, into)
        except (FileExistsError, NotADirectoryError, IsADirectoryError, ValueError) as error:
            raise BadInput(f"{file.path!r} cannot be written: {error}") from error
        except OSError as error:
            raise Unavailable(f"{file.path!r} could not be written: {error.strerror}") from error


def _write(file: SourceFile, into: Path) -> None:
    path = into / _inner(file.path)
    if file.mode == "submodule" or (file.mode == "symlink" and _leads_out(file)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.mode == "symlink":
        path.symlink_to(os.fsdecode(file.content))
        return
    with path.open("xb") as out:
        out.write(file.content)
    path.chmod(0o755 if file.mode == "executable" else 0o644)


def _inner(path: str) -> PurePosixPath:
    inner = PurePosixPath(path)
    if inner.is_absolute() or ".." in inner.parts or "\0" in path or not inner.parts:
        raise ValueError("it leads out of the extension")
    return inner


def _leads_out(link: SourceFile) -> bool:
    target = os.fsdecode(link.content)
    if not target or target.startswith("/") or "\0" in target:
        return True
    where = os.path.normpath(PurePosixPath(link.path).parent / target)
    return where == ".." or where.startswith("../")
