"""One commit of a server's repository of which objects are fetched as they are asked for, many at once.

They go into a store of their own, because Git notes in a store's settings that it is partial. Nothing
is fetched unasked: whoever reads says first what, so that reading a hundred files is one request.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

from devforge.adapters.git import Objects
from devforge.adapters.git_listing import read_children

_SECONDS = 300
_PARTIAL = (
    "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Child:
    """What stands directly in a tree under a name."""

    object: str
    is_tree: bool


class PartialCommit:
    """A commit of `origin` whose trees and files are brought into `objects`, which begins empty.

    Args:
        depth: how many levels of trees come with the commit; the files above the last one come too.
    """

    def __init__(self, objects: Objects, commit: str, *, depth: int) -> None:
        self.objects, self.commit = objects, commit
        self._here: set[str] = set()
        self._children: dict[str, dict[str, Child]] = {}
        objects.program.run(
            "fetch", *_PARTIAL, "--depth=1", f"--filter=tree:{depth}", "--end-of-options",
            objects.url("origin"), commit, seconds=_SECONDS,
        )  # fmt: skip
        self.root = objects.resolve(commit)
        self._note(self.root, depth)

    def bring(self, names: Iterable[str]) -> None:
        """Fetch these objects, and nothing that they lead to, unless they are here."""
        missing = sorted(set(names) - self._here)
        if not missing:
            return
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{name}\n" for name in missing).encode())
            wanted.seek(0)
            self.objects.program.run(
                "-c", "fetch.negotiationAlgorithm=noop", "fetch", *_PARTIAL, "--filter=tree:0",
                "--stdin", "--end-of-options", self.objects.url("origin"),
                stdin=wanted, seconds=_SECONDS,
            )  # fmt: skip
        self._here.update(missing)

    def children(self, tree: str) -> dict[str, Child]:
        """Return name → what stands directly in `tree`."""
        if tree not in self._children:
            self.bring([tree])
            # Without sizes, which would have to be fetched.
            said = self.objects.program.run("ls-tree", "-z", "--full-tree", tree)
            self._children[tree] = {
                entry.path: Child(entry.blob, entry.mode == "040000")
                for entry in read_children(said.output)
            }
        return self._children[tree]

    def is_read(self, tree: str) -> bool:
        """Whether the listing of `tree` is known."""
        return tree in self._children

    def blob(self, name: str) -> bytes:
        """Return the bytes of a file."""
        self.bring([name])
        return self.objects.blob(name)

    def _note(self, tree: str, depth: int) -> None:
        """Remember what came with the commit."""
        self._here.add(tree)
        if depth > 1:
            for child in self.children(tree).values():
                if child.is_tree:
                    self._note(child.object, depth - 1)
                else:
                    self._here.add(child.object)
