"""Trees, blobs and histories, read from the Git objects on this disk. Nothing is ever checked out.

Pull requests and extensions are strangers' content: they are compared as trees, path by path,
mode by mode, object by object, and never as the text of a diff.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Literal, Self

from devforge.adapters.git_listing import TreeEntry, read_change, read_entries, refuse_beyond
from devforge.adapters.git_program import GitProgram
from devforge.errors import BadInput, Unavailable
from devforge.model.change import TreeChange
from devforge.model.licence_files import lent
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.policy import Limits

_BATCH_BYTES = 8 << 20  # of many blobs: git's whole answer is held in memory
_SCOPES = 500  # paths that one run of git is given: there is a limit to how long its command may be


class StoredObjects:
    """The objects of one repository that are here. Asks no server for anything."""

    def __init__(self, program: GitProgram) -> None:
        self.program = program
        self._reading = threading.Lock()  # one helper process answers one question at a time
        self._led: dict[tuple[str, str], str] = {}  # from full ids, whose answer never changes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End git's helper process. The objects stay on the disk."""
        self.program.close()

    def has(self, name: str) -> bool:
        """Whether the object `name` is on this disk, without asking any server."""
        return self.program.run("cat-file", "-e", full_id(name), codes=(0, 1, 128)).code == 0

    def resolve(self, treeish: str, kind: Literal["commit", "tree"] = "tree") -> str:
        """Return the object id that `treeish` leads to. Raises BadInput if it leads nowhere."""
        if (treeish, kind) in self._led:
            return self._led[treeish, kind]
        said = self.program.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{treeish}^{{{kind}}}",
            codes=(0, 1, 128),
        )  # fmt: skip
        if said.code:
            raise BadInput(f"{treeish} is no {kind} of this repository")
        if _is_full(treeish):
            self._led[treeish, kind] = said.text
        return said.text

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor, or None where the histories never met."""
        said = self.program.run(
            "merge-base", "--end-of-options", full_id(one), full_id(other), codes=(0, 1)
        )
        return said.text.split("\n")[0] or None

    def merge_trees(self, base: str, head: str) -> str | None:
        """Return the tree that merging commit `head` into `base` gives; None if they conflict."""
        said = self.program.run(
            "merge-tree", "--write-tree", "--no-messages", "-z", "--end-of-options",
            full_id(base), full_id(head), codes=(0, 1),
        )  # fmt: skip
        return said.output.split(b"\0")[0].decode("ascii").strip() if said.code == 0 else None

    def changes(self, old: str, new: str) -> tuple[TreeChange, ...]:
        """Return every path that differs between two trees, in Git's order."""
        said = self.program.run(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-commit-id",
            "--no-ext-diff", "--no-textconv", "--ignore-submodules=none",
            "--end-of-options", self.resolve(old), self.resolve(new),
        )  # fmt: skip
        fields = said.output.split(b"\0")[:-1]
        return tuple(read_change(*fields[i : i + 2]) for i in range(0, len(fields), 2))

    def entries(
        self, treeish: str, *below: str, has_directories: bool = False
    ) -> tuple[TreeEntry, ...]:
        """Return every file, or those at or below one of `below`, with paths from the tree's root."""
        command = ("ls-tree", "-r", "-z", "-l", "--full-tree", *(["-t"] if has_directories else ()))
        tree, found = self.resolve(treeish), list[TreeEntry]()
        for at in range(0, max(len(below), 1), _SCOPES):
            scope = ("--", *below[at : at + _SCOPES]) if below else ()
            found += read_entries(self.program.run(*command, tree, *scope).output)
        return tuple(found)

    def names(self, treeish: str, below: str) -> tuple[str, ...]:
        """Return every path at or below `below`. Reads trees only, so it is quick in a large one."""
        said = self.program.run(
            "ls-tree", "-r", "-z", "--name-only", "--full-tree", self.resolve(treeish), "--", below
        )
        return tuple(p.decode("utf-8", "surrogateescape") for p in said.output.split(b"\0")[:-1])

    def entry(self, treeish: str, path: str) -> TreeEntry | None:
        """Return what stands at exactly `path`; a directory has mode 040000."""
        tree = self.resolve(treeish)
        said = self.program.run("ls-tree", "-z", "-l", "--full-tree", tree, "--", path.rstrip("/"))
        return next(iter(read_entries(said.output)), None)

    def read(self, treeish: str, path: str, *, limit_bytes: int = 1 << 20) -> bytes | None:
        """Return the file at `path`, or None if nothing stands there.

        Raises:
            BadInput: it is not a plain file, or is larger than `limit_bytes`.
        """
        entry = self.entry(treeish, path)
        return None if entry is None else self.content(entry, limit_bytes=limit_bytes)

    def content(self, entry: TreeEntry, *, limit_bytes: int = 1 << 20) -> bytes:
        """Return what stands at an entry of a tree.

        Raises:
            BadInput: it is not a plain file, or is larger than `limit_bytes`.
        """
        path = entry.path
        if entry.kind not in ("file", "executable"):
            raise BadInput(f"{path} is not a plain file (mode {entry.mode}): put a file there")
        if entry.size > limit_bytes:
            raise BadInput(f"{path} has {entry.size:,} bytes; at most {limit_bytes:,} are allowed")
        return self.blob(entry.blob)

    def blob(self, name: str) -> bytes:
        """Return the bytes of one blob. Its size is the caller's to have looked at before."""
        try:
            with self._reading:
                _, kind, _, data = self.program.git.get_object_data(full_id(name))
        except (ValueError, OSError) as error:
            self.program.close()
            raise Unavailable(f"git cat-file: object {name} is not here") from error
        if kind not in ("blob", b"blob"):
            raise BadInput(f"{name} is a {kind}, not a file")
        return data

    def blobs(self, entries: Iterable[TreeEntry]) -> Iterator[bytes]:
        """Yield the bytes of each of `entries`, in their order: as many in one run of git as fit in memory.

        That each is a file, and not too large, is the caller's to have looked at before.
        """
        batch: list[str] = []
        waiting = 0
        for entry in entries:
            batch.append(full_id(entry.blob))
            waiting += entry.size + 64
            if waiting > _BATCH_BYTES:
                yield from self._batch(batch)
                batch, waiting = [], 0
        yield from self._batch(batch)

    def _batch(self, names: Sequence[str]) -> Iterator[bytes]:
        if not names:
            return
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{name}\n" for name in names).encode("ascii"))
            wanted.seek(0)
            said = self.program.run("cat-file", "--batch", "--buffer", stdin=wanted).output
        start = 0
        for name in names:
            end = said.index(b"\n", start)
            found, _, rest = said[start:end].decode("ascii").partition(" ")
            if found != name or not rest.startswith("blob "):
                raise Unavailable(f"git cat-file: object {name} is not here")
            size = int(rest.removeprefix("blob "))
            yield said[end + 1 : end + 1 + size]
            start = end + 2 + size

    def tree(self, commit: str, subdirectory: str = ".", *, limits: Limits) -> SourceTree:
        """Return the extension in `subdirectory` at `commit`, every entry as what it is.

        A symlink's content is its target, a submodule's the commit it points at; a Git LFS
        pointer stays the pointer that Git holds. A directory without a licence has the repository's.

        Raises:
            BadInput: the directory does not exist, or the tree is larger than `limits` allow.
        """
        top = self.resolve(full_id(commit))
        taken: list[TreeEntry] = []
        if subdirectory == ".":
            entries = self.entries(top)
        else:
            entry = self.entry(top, subdirectory)
            if entry is None or entry.mode != "040000":
                raise BadInput(f"there is no directory {subdirectory!r} at commit {commit[:12]}")
            own = self.entries(entry.blob)
            taken = self._lent(top, own)
            entries = (*own, *taken)
        refuse_beyond(entries, limits)
        files = {entry.path: self._source_file(entry) for entry in entries}
        return SourceTree(files=files, lent=frozenset(entry.path for entry in taken))

    def _lent(self, top: str, own: Iterable[TreeEntry]) -> list[TreeEntry]:
        said = self.program.run("ls-tree", "-z", "-l", "--full-tree", top)
        above = {e.path: e for e in read_entries(said.output) if e.kind in ("file", "executable")}
        return [above[name] for name in lent((entry.path for entry in own), above)]

    def _source_file(self, entry: TreeEntry) -> SourceFile:
        kind = entry.kind
        if kind is None:
            raise BadInput(
                f"{entry.path} has the file mode {entry.mode}, which is not one of Git's"
            )
        content = entry.blob.encode("ascii") if kind == "submodule" else self.blob(entry.blob)
        return SourceFile(entry.path, kind, content)


def full_id(name: str) -> str:
    """Return `name`, which must be a whole object id. Raises BadInput."""
    if not _is_full(name):
        raise BadInput(f"{name[:60]!r} is not a full object id of 40 hexadecimal digits")
    return name


def _is_full(name: str) -> bool:
    return len(name) == 40 and set(name) <= set("0123456789abcdef")
