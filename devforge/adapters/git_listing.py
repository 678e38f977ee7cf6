"""What git prints of trees, as values: entries, changes, and whether they are within limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devforge.errors import BadInput
from devforge.model.change import TreeChange
from devforge.model.observed import Mode
from devforge.model.policy import Limits

_MODES: dict[str, Mode] = {
    "100644": "file", "100664": "file", "100755": "executable",
    "120000": "symlink", "160000": "submodule",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One path of a tree; `size` is 0 for a submodule."""

    path: str
    mode: str
    blob: str
    size: int = 0

    @property
    def kind(self) -> Mode | None:
        """What the mode means; None for a mode Git itself would not write."""
        return _MODES.get(self.mode)


def read_change(header: bytes, path: bytes) -> TreeChange:
    """Return one change of `git diff-tree -z --raw`: its modes and objects, and its path."""
    old_mode, new_mode, old, new, _ = header.decode("ascii").removeprefix(":").split(" ")
    absent = "0" * 40
    return TreeChange(
        path=path.decode("utf-8", "surrogateescape"),
        old_mode=old_mode,
        new_mode=new_mode,
        old_blob=None if old == absent else old,
        new_blob=None if new == absent else new,
    )


def read_entries(listing: bytes) -> Iterator[TreeEntry]:
    """Yield the entries of `git ls-tree -z -l`."""
    for line in listing.split(b"\0")[:-1]:
        header, _, path = line.partition(b"\t")
        mode, _, name, size = header.decode("ascii").split()
        length = int(size) if size != "-" else 0
        yield TreeEntry(path.decode("utf-8", "surrogateescape"), mode, name, length)


def read_children(listing: bytes) -> Iterator[TreeEntry]:
    """Yield the entries of `git ls-tree -z`, of which no size is known."""
    for line in listing.split(b"\0")[:-1]:
        header, _, path = line.partition(b"\t")
        mode, _, name = header.decode("ascii").split()
        yield TreeEntry(path.decode("utf-8", "surrogateescape"), mode, name)


def refuse_beyond(entries: tuple[TreeEntry, ...], limits: Limits) -> None:
    """Raise BadInput if there is more, or something larger, than `limits` allow, or nothing at all."""
    if len(entries) > limits.files:
        raise BadInput(
            f"the extension has {len(entries):,} files; at most {limits.files:,} are allowed"
        )
    for entry in entries:
        if entry.size > limits.file_bytes:
            raise BadInput(
                f"{entry.path} has {entry.size:,} bytes; a file may have {limits.file_bytes:,}"
            )
    if (total := sum(entry.size for entry in entries)) > limits.package_bytes:
        raise BadInput(
            f"the extension has {total:,} bytes; at most {limits.package_bytes:,} are allowed"
        )
    if not entries:
        raise BadInput("the extension's directory is empty")
