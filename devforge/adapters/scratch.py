"""Writes an extension's tree to a directory for tools to read and the sandbox to copy."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from devforge.errors import BadInput, Unavailable
from devforge.model.observed import SourceFile, SourceTree


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
