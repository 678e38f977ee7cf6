"""`registry/` in one Git tree: what is where, under which object id, and its bytes in bulk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from devforge.adapters.git import Objects
from devforge.errors import BadInput, Unavailable
from devforge.model.layout import ROOT
from devforge.model.plaintext import shorten, too_large
from devforge.model.problem import Problem

_FILES = ("100644", "100664", "100755")
_BATCH_BYTES = 64 << 20  # read at once; git's whole answer is held in memory


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    oid: str
    size: int


class RegistryTree:
    """Reads objects that are already here; it neither fetches nor decides what is right."""

    def __init__(self, objects: Objects, treeish: str) -> None:
        self._objects = objects
        found = objects.entry(treeish, ROOT)
        if found is None or found.mode != "040000":
            raise BadInput(f"{treeish} has no directory {ROOT}/: is it a registry?")
        self.oid = found.blob

    @cached_property
    def _entries(self) -> dict[str, _Entry]:
        """Every path below `registry/`, directories too, in Git's order."""
        said = self._objects.program.run("ls-tree", "-r", "-t", "-z", "-l", "--full-tree", self.oid)
        entries: dict[str, _Entry] = {}
        for line in said.output.decode("utf-8", "backslashreplace").split("\0")[:-1]:
            header, _, path = line.partition("\t")
            mode, _, oid, size = header.split()
            entries[path] = _Entry(mode, oid, 0 if size == "-" else int(size))
        return entries

    @property
    def paths(self) -> list[str]:
        """Every file's path below `registry/`, in Git's order."""
        return [path for path, entry in self._entries.items() if entry.mode != "040000"]

    def oid_of(self, path: str) -> str:
        """Return the object id of a file or directory that is there."""
        return self._entries[path].oid

    def read(self, path: str, *, limit_bytes: int) -> bytes | Problem:
        """Return one file's bytes, without listing the whole registry; else the problem."""
        name = f"{ROOT}/{path}"
        found = self._objects.entry(self.oid, path)
        if found is None:
            return Problem(name, "does not exist", "add it")
        refused = _refusal(name, _Entry(found.mode, found.blob, found.size), limit_bytes)
        return refused or self._objects.blob(found.blob)

    def contents(
        self, paths: Iterable[str], *, limit_bytes: int
    ) -> Iterator[tuple[str, bytes | Problem]]:
        """Yield each path with its bytes, or why they were not read, in the order asked for."""
        batch: list[tuple[str, _Entry | Problem]] = []
        waiting = 0
        for path in paths:
            entry = self._entries[path]
            refused = _refusal(f"{ROOT}/{shorten(path, 200)}", entry, limit_bytes)
            batch.append((path, refused or entry))
            waiting += 0 if refused else entry.size + 64
            if waiting > _BATCH_BYTES:
                yield from self._read(batch)
                batch, waiting = [], 0
        yield from self._read(batch)

    def _read(
        self, batch: list[tuple[str, _Entry | Problem]]
    ) -> Iterator[tuple[str, bytes | Problem]]:
        blobs = self._blobs([entry.oid for _, entry in batch if isinstance(entry, _Entry)])
        for path, entry in batch:
            yield path, entry if isinstance(entry, Problem) else next(blobs)

    def _blobs(self, oids: list[str]) -> Iterator[bytes]:
        if not oids:
            return
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{oid}\n" for oid in oids).encode("ascii"))
            wanted.seek(0)
            said = self._objects.program.run("cat-file", "--batch", "--buffer", stdin=wanted).output
        start = 0
        for oid in oids:
            end = said.index(b"\n", start)
            name, _, rest = said[start:end].decode("ascii").partition(" ")
            if name != oid or not rest.startswith("blob "):
                raise Unavailable(
                    f"git cat-file: object {oid} is not here: fetch the registry anew"
                )
            size = int(rest.removeprefix("blob "))
            yield said[end + 1 : end + 1 + size]
            start = end + 2 + size


def _refusal(name: str, entry: _Entry, limit_bytes: int) -> Problem | None:
    if entry.mode not in _FILES:
        return Problem(name, f"is not a plain file (mode {entry.mode})", "put a file there")
    if entry.size > limit_bytes:
        return too_large(entry.size, file=name, limit_bytes=limit_bytes)
    return None
