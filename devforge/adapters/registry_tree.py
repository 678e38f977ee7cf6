"""`registry/` in one Git tree: what is where, under which object id, and its bytes in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from devforge.adapters.git import Objects
from devforge.adapters.git_listing import TreeEntry
from devforge.errors import BadInput
from devforge.model.layout import ROOT
from devforge.model.plaintext import shorten, too_large
from devforge.model.problem import Problem

_FILES, _DIRECTORY = ("100644", "100664", "100755"), "040000"


class RegistryTree:
    """Reads objects that are already here; it neither fetches nor decides what is right.

    Args:
        below: what of `registry/` is listed, files or directories; all of it if nothing is named.
    """

    def __init__(self, objects: Objects, treeish: str, *below: str) -> None:
        self._objects, self._below = objects, below
        found = objects.entry(treeish, ROOT)
        if found is None or found.mode != _DIRECTORY:
            raise BadInput(f"{treeish} has no directory {ROOT}/: is it a registry?")
        self.oid = found.blob

    @cached_property
    def _entries(self) -> dict[str, TreeEntry]:
        """Every path that was asked for, directories too, in Git's order."""
        found = self._objects.entries(self.oid, *self._below, has_directories=True)
        return {_printable(entry.path): entry for entry in found}

    @property
    def paths(self) -> list[str]:
        """Every file's path below `registry/`, in Git's order."""
        return [path for path, entry in self._entries.items() if entry.mode != _DIRECTORY]

    def oid_of(self, path: str) -> str:
        """Return the object id of a file or directory that is there."""
        return self._entries[path].blob

    def read(self, path: str, *, limit_bytes: int) -> bytes | Problem:
        """Return one file's bytes, without listing the whole registry; else the problem."""
        name = f"{ROOT}/{path}"
        found = self._objects.entry(self.oid, path)
        if found is None:
            return Problem(name, "does not exist", "add it")
        refused = _refusal(name, found, limit_bytes)
        return refused or self._objects.blob(found.blob)

    def contents(
        self, paths: Iterable[str], *, limit_bytes: int
    ) -> Iterator[tuple[str, bytes | Problem]]:
        """Yield each path with its bytes, or why they were not read, in the order asked for."""
        found = [(path, self._refused(path, limit_bytes) or self._entries[path]) for path in paths]
        blobs = self._objects.blobs(one for _, one in found if isinstance(one, TreeEntry))
        for path, one in found:
            yield path, one if isinstance(one, Problem) else next(blobs)

    def _refused(self, path: str, limit_bytes: int) -> Problem | None:
        name = f"{ROOT}/{shorten(path, 200)}"
        return _refusal(name, self._entries[path], limit_bytes)


def _printable(path: str) -> str:
    """Write out what is no UTF-8: paths are shown, and found again by what is shown."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _refusal(name: str, entry: TreeEntry, limit_bytes: int) -> Problem | None:
    if entry.mode not in _FILES:
        return Problem(name, f"is not a plain file (mode {entry.mode})", "put a file there")
    if entry.size > limit_bytes:
        return too_large(entry.size, file=name, limit_bytes=limit_bytes)
    return None
