"""The index on its branch, read file by file without having the rest, and what is new of it.

Paths are those of the index. On the branch the documents lie in folders named by the first two digits
of their names, so that one more does not write a listing of a hundred thousand anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from errno import ENOENT
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from devforge.adapters.git import Objects
from devforge.adapters.git_partial import Child, PartialCommit
from devforge.errors import Unavailable
from devforge.model.generation import MADE_FROM, SIGNED_UNTIL, MadeFrom, SignedRoles, SignedUntil

FOLDER = "index"
DOCUMENTS = "targets/extensions"
DEPTH = 3  # levels of trees that every run looks at: the root, the index, its folders
_DIVIDED = re.compile(rf"({DOCUMENTS})/[0-9a-f]{{2}}/([^/]+)")


def on_branch(path: str) -> str:
    """Return where a file of the index lies on the branch."""
    folder, _, name = path.rpartition("/")
    return f"{FOLDER}/{folder}/{name[:2]}/{name}" if folder == DOCUMENTS else f"{FOLDER}/{path}"


def in_index(path: str) -> str:
    """Return which file of the index one of the branch is, given below the folder `index`."""
    match = _DIVIDED.fullmatch(path)
    return f"{match[1]}/{match[2]}" if match else path


class IndexFiles:
    """The index at a commit of its branch, and over it what is written into the directory `out`.

    `there` is None where there is no branch yet.
    """

    is_whole = False

    def __init__(self, there: PartialCommit | None, out: Path) -> None:
        self._there, self._out = there, out
        self.written: dict[str, Path] = {}
        self.removed: set[str] = set()

    def __str__(self) -> str:
        return "the branch index"

    @property
    def store(self) -> Objects | None:
        """Where its objects are; None where there is no branch yet."""
        return self._there.objects if self._there else None

    @property
    def commit(self) -> str | None:
        """The commit it was read from."""
        return self._there.commit if self._there else None

    @cached_property
    def made_from(self) -> MadeFrom | None:
        """From what it was made; None where that cannot be told, so that all of it is built."""
        try:
            return MadeFrom.model_validate_json(self._beside(MADE_FROM))
        except (ValidationError, FileNotFoundError):
            return None

    @cached_property
    def signed_until(self) -> Mapping[str, SignedUntil]:
        """What is noted of the roles' expiry; nothing where that cannot be told: they are read then."""
        try:
            return SignedRoles.model_validate_json(self._beside(SIGNED_UNTIL)).roles
        except (ValidationError, FileNotFoundError):
            return {}

    def only_writer(self) -> AbstractContextManager[None]:
        """Nobody else writes into a run's own directory; of two that push, one is refused."""
        return nullcontext()

    def look(self, paths: Iterable[str]) -> None:
        """Fetch at once the listings that tell which of `paths` there are."""
        waiting = {place for path in paths for place in _places(path)}
        while waiting:
            missing = {place: tree for place in waiting if (tree := self._unread(place))}
            if self._there is not None:
                self._there.bring(missing.values())
            waiting = set(missing)
            for tree in set(missing.values()):
                self._listing(tree)

    def bring(self, paths: Iterable[str]) -> None:
        """Fetch at once what will be read of the branch."""
        wanted = [path for path in paths if path not in self.written]
        self.look(wanted)
        if self._there is not None:
            self._there.bring(name for path in wanted if (name := self._object(path)))

    def read(self, path: str) -> bytes:
        """Return a file of the index. Raises FileNotFoundError."""
        if path in self.written:
            return self.written[path].read_bytes()
        name = self._object(path)
        if name is None or self._there is None:
            raise FileNotFoundError(ENOENT, "it is not on the branch", path)
        return self._there.blob(name)

    def has(self, path: str) -> bool:
        """Whether the index has a file at `path`."""
        return path in self.written or self._object(path) is not None

    def names(self, folder: str) -> Collection[str]:
        """Return the path below `folder` of every file at any depth of it."""
        tree = self._tree(f"{FOLDER}/{folder}")
        found = {in_index(f"{folder}/{path}") for path in self._below(tree)} if tree else set()
        found = (found | {p for p in self.written if p.startswith(f"{folder}/")}) - self.removed
        return {path.removeprefix(f"{folder}/") for path in found}

    def writer(self) -> SparseWriter:
        """Return what writes into the directory what the branch does not hold."""
        return SparseWriter(self, self._out)

    def remove(self, path: str) -> None:
        """Have the branch hold nothing at `path`."""
        self.written.pop(path, None)
        self.removed.add(path)

    def holds(self, path: str, content: bytes) -> bool:
        """Whether exactly these bytes are at `path`, as the listing tells without reading them."""
        if path in self.written:
            return self.written[path].read_bytes() == content
        return self._object(path) == _object_of(content)

    def bring_overwritten(self) -> None:
        """Fetch what stands where something new was written: sending that reads it, to tell the difference."""
        found = (self._child(on_branch(path)) for path in self.written)
        if self._there is not None:
            self._there.bring(child.object for child in found if child and not child.is_tree)

    def stale_paths(self) -> Iterator[str]:
        """Yield where on the branch something lies that is to go."""
        for path in sorted(self.removed):
            yield from (place for place in _places(path) if self._child(place))
        # From before documents had folders; each has been written into its own by now.
        documents = self._tree(f"{FOLDER}/{DOCUMENTS}")
        for name, child in (self._listing(documents) if documents else {}).items():
            if not child.is_tree and f"{DOCUMENTS}/{name}" not in self.removed:
                yield f"{FOLDER}/{DOCUMENTS}/{name}"

    def _object(self, path: str) -> str | None:
        if path in self.removed:
            return None
        for place in _places(path):
            child = self._child(place)
            if child is not None and not child.is_tree:
                return child.object
        return None

    def _child(self, place: str) -> Child | None:
        folder, _, name = place.rpartition("/")
        tree = self._tree(folder)
        return self._listing(tree).get(name) if tree else None

    def _tree(self, folder: str) -> str | None:
        """The tree at a folder of the branch, following listings that are fetched where they are not here."""
        if self._there is None:
            return None
        tree = self._there.root
        for name in folder.split("/") if folder else ():
            child = self._listing(tree).get(name)
            if child is None or not child.is_tree:
                return None
            tree = child.object
        return tree

    def _unread(self, place: str) -> str | None:
        """The first listing on the way to `place` that was not read yet."""
        if self._there is None:
            return None
        tree = self._there.root
        for name in place.split("/")[:-1]:
            if not self._there.is_read(tree):
                return tree
            child = self._listing(tree).get(name)
            if child is None or not child.is_tree:
                return None
            tree = child.object
        return None if self._there.is_read(tree) else tree

    def _listing(self, tree: str) -> dict[str, Child]:
        return self._there.children(tree) if self._there else {}

    def _below(self, tree: str) -> Iterator[str]:
        listing = self._listing(tree)
        trees = {name: child.object for name, child in listing.items() if child.is_tree}
        if self._there is not None:
            self._there.bring(trees.values())
        yield from (name for name in listing if name not in trees)
        for name, below in trees.items():
            yield from (f"{name}/{path}" for path in self._below(below))

    def _beside(self, name: str) -> bytes:
        child = self._child(name)
        if child is None or self._there is None:
            raise FileNotFoundError(ENOENT, "it is not on the branch", name)
        return self._there.blob(child.object)


class SparseWriter:
    """Puts what the branch does not hold into the directory; `written` are its paths."""

    def __init__(self, files: IndexFiles, out: Path) -> None:
        self._files, self._out = files, out
        self.written: list[str] = []

    def write(self, path: str, content: bytes) -> None:
        """Make `path` hold `content`. Raises Unavailable where the disk refuses."""
        if self._files.holds(path, content):
            return
        at = self._out / path
        try:
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(content)
        except OSError as error:
            raise Unavailable(f"could not write {at}: {error.strerror or error}") from error
        self._files.removed.discard(path)
        self._files.written[path] = at
        self.written.append(path)

    def write_named_by_hash(self, path: str, content: bytes) -> None:
        """The same, for a file whose name is its content's hash."""
        self.write(path, content)


def _places(path: str) -> tuple[str, ...]:
    """Where a file of the index may lie: in its folder, or where it did before there were any."""
    place, before = on_branch(path), f"{FOLDER}/{path}"
    return (place,) if place == before else (place, before)


def _object_of(content: bytes) -> str:
    """Git's name for a file of these bytes."""
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()
