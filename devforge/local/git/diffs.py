"""What differs between two trees, file by file, as GitHub counts and shows it."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.git.repositories import EMPTY_TREE
from devforge.local.hub import Hub

_STATUS = {
    "A": "added",
    "D": "removed",
    "M": "modified",
    "T": "changed",
    "R": "renamed",
    "C": "copied",
}
_MOST_PATCH_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path that differs. `patch` is None for binary and for very large files."""

    path: str
    previous: str | None
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str | None


def diff(hub: Hub, repository_id: int, old: str | None, new: str) -> list[FileChange]:
    """Return every file that differs between two commits or trees, renames found, in path order."""
    before = old or EMPTY_TREE
    key = ("diff", repository_id, before, new)
    return list(hub.git.kept(key, lambda: _diff(hub, repository_id, before, new)))


def _diff(hub: Hub, repository_id: int, before: str, new: str) -> list[FileChange]:
    flags = ("-r", "-M", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv")
    raw = hub.git.run(repository_id, "diff-tree", *flags, "--raw", "--numstat", "-z", before, new)
    entries, counts = _raw(raw)
    patches = _patches(hub, repository_id, before, new, flags)
    return [
        FileChange(path, previous, status, blob, *counts.get(path, (0, 0)), patches.get(index))
        for index, (path, previous, status, blob) in enumerate(entries)
    ]


def _raw(
    out: bytes,
) -> tuple[list[tuple[str, str | None, str, str]], dict[str, tuple[int, int]]]:
    parts = out.decode("utf-8", "replace").split("\0")
    entries: list[tuple[str, str | None, str, str]] = []
    counts: dict[str, tuple[int, int]] = {}
    at = 0
    while at < len(parts) and parts[at]:
        if parts[at].startswith(":"):
            fields = parts[at].split(" ")
            letter, old_blob, new_blob = fields[4][0], fields[2], fields[3]
            blob = old_blob if letter == "D" else new_blob
            two = letter in "RC"
            previous, path = (parts[at + 1], parts[at + 2]) if two else (None, parts[at + 1])
            entries.append((path, previous, _STATUS.get(letter, "changed"), blob))
            at += 3 if two else 2
        else:
            added, removed, path = parts[at].split("\t", 2)
            if not path:
                path = parts[at + 2]
                at += 2
            counts[path] = (_count(added), _count(removed))
            at += 1
    return entries, counts


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _patches(
    hub: Hub, repository_id: int, before: str, new: str, flags: tuple[str, ...]
) -> dict[int, str]:
    """Return patches by the position of their file, from the first hunk on."""
    out = hub.git.run(repository_id, "diff-tree", *flags, "-p", before, new)
    patches: dict[int, str] = {}
    index, lines = -1, list[str]()
    for line in [*out.decode("utf-8", "replace").split("\n"), "diff --git "]:
        if line.startswith("diff --git "):
            _keep(patches, index, lines)
            index, lines = index + 1, []
        else:
            lines.append(line)
    return patches


def _keep(patches: dict[int, str], index: int, lines: list[str]) -> None:
    starts = (number for number, line in enumerate(lines) if line.startswith("@@ "))
    first = next(starts, None)
    if first is None:
        return
    text = "\n".join(lines[first:]).rstrip("\n")
    if len(text) <= _MOST_PATCH_BYTES:
        patches[index] = text
