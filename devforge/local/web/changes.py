"""What a commit or pull request changes, cut to what fits a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from devforge.local.git.diffs import FileChange, diff
from devforge.local.hub import Hub
from devforge.local.store import Row

_MOST_FILES = 100
_MOST_LINES = 1_000
_LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One file's change; `cut` tells that there is more of it than `lines`."""

    path: str
    status: str
    additions: int
    deletions: int
    lines: tuple[str, ...]
    cut: bool

    @classmethod
    def of(cls, change: FileChange) -> ShownChange:
        """Return the part of a change that is shown."""
        lines = change.patch.split("\n") if change.patch else []
        return cls(
            change.path,
            change.status,
            change.additions,
            change.deletions,
            tuple(line[:_LONGEST_LINE] for line in lines[:_MOST_LINES]),
            len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines),
        )


def shown_changes(hub: Hub, repository: Row, old: str | None, new: str) -> dict[str, Any]:
    """Return the `files` that differ between two commits, and how many `more_files` are not shown."""
    files = diff(hub, repository["id"], old, new)
    return {
        "files": [ShownChange.of(each) for each in files[:_MOST_FILES]],
        "more_files": max(0, len(files) - _MOST_FILES),
    }
