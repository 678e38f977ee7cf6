"""A plain directory read as the tree that would be submitted: for `devforge check` and `pack`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from devforge.adapters.git_program import GitProgram
from devforge.errors import BadInput
from devforge.model.licence_files import lent
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.policy import Limits

_LEFT_OUT = {".git", "node_modules", ".venv", "__pycache__"}


def read_directory(path: Path, limits: Limits) -> SourceTree:
    """Return the files below `path`: in a Git work tree those Git would commit, else all but caches.

    Symlinks are kept as links and never followed; ignored files are left out where there is a
    repository; a nested repository is left out, as Git leaves it. A directory of a repository that
    has no licence has the repository's, as it does where it is submitted.

    Raises:
        BadInput: no such directory, or more or larger files than `limits` allow.
    """
    if not path.is_dir():
        raise BadInput(f"{path} is not a directory: name the extension's own directory")
    names = _listed_by_git(path)
    files: dict[str, SourceFile] = {}
    total = 0
    found = dict.fromkeys(_walk(path) if names is None else names, path)
    found |= {} if names is None else _lent(path, names)
    for name, place in sorted(found.items()):
        file = _read(place, name, limits)
        if file is None:
            continue
        files[name] = file
        total += len(file.content)
        if len(files) > limits.files:
            raise BadInput(
                f"{path} has more than {limits.files:,} files, which is the most allowed"
            )
        if total > limits.package_bytes:
            raise BadInput(f"{path} has more than {limits.package_bytes:,} bytes, the most allowed")
    return SourceTree(files=files)


def _listed_by_git(path: Path, below: Iterable[str] = (".",)) -> list[str] | None:
    """What Git tracks or would track of `below`; None where there is no repository, or nothing."""
    git = GitProgram(path, settings={"core.excludesFile": ""})
    # A parent's repository counts too, so the ceiling that keeps jobs apart is lifted here.
    extra = {"GIT_CEILING_DIRECTORIES": ""}
    inside = git.run("rev-parse", "--is-inside-work-tree", codes=(0, 128), extra=extra)
    if inside.code or inside.text != "true":
        return None
    listing = git.run(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *below, extra=extra
    )
    names = {name.decode("utf-8", "surrogateescape") for name in listing.output.split(b"\0")[:-1]}
    return [name for name in names if not name.endswith("/")] or None


def _lent(path: Path, names: Iterable[str]) -> dict[str, Path]:
    """The licences of the work tree's root, for one of its directories that has none → that root."""
    extra = {"GIT_CEILING_DIRECTORIES": ""}
    top = Path(GitProgram(path).run("rev-parse", "--show-toplevel", extra=extra).text)
    if path.resolve() == top.resolve():
        return {}
    plain = [entry.name for entry in os.scandir(top) if entry.is_file(follow_symlinks=False)]
    wanted = lent(names, plain)
    known = (_listed_by_git(top, wanted) or []) if wanted else []
    return dict.fromkeys(known, top)


def _walk(path: Path) -> list[str]:
    names: list[str] = []
    for parent, directories, here in os.walk(path):
        directories[:] = sorted(d for d in directories if d not in _LEFT_OUT)
        base = Path(parent)
        links = [d for d in directories if (base / d).is_symlink()]
        names += [(base / name).relative_to(path).as_posix() for name in [*here, *links]]
    return names


def _read(root: Path, name: str, limits: Limits) -> SourceFile | None:
    path = root / name
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None  # tracked, but deleted from the work tree
    if stat.S_ISLNK(found.st_mode):
        return SourceFile(name, "symlink", os.fsencode(path.readlink()))
    if stat.S_ISDIR(found.st_mode):
        return SourceFile(name, "submodule", b"")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{path} is neither a file nor a link: remove it")
    if found.st_size > limits.file_bytes:
        raise BadInput(f"{path} has {found.st_size:,} bytes; a file may have {limits.file_bytes:,}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    return SourceFile(name, "executable" if found.st_mode & 0o100 else "file", content)
