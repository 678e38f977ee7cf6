"""What changed since somebody last looked, read from the log the timestamp pins. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devforge.model.index import (
    SEGMENT_CHANGES,
    SEGMENTS,
    Change,
    Changes,
    Earlier,
    ExtensionDocument,
)
from devforge.model.names import ExtensionId
from devforge.updates.lists import Lists


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to an update check. A document that is None is of an extension that vanished."""

    generation: int
    documents: Mapping[ExtensionId, ExtensionDocument | None]
    lists: Lists | None = None  # None: unchanged


@dataclass(frozen=True, slots=True)
class News:
    """The newest change to each extension and to each list."""

    extensions: Mapping[ExtensionId, Change]
    lists: Mapping[str, Change]


def read_changes(
    head: Changes, *, since: int, earlier: Callable[[Earlier], Changes]
) -> News | None:
    """Return what changed after generation `since`, or None where the log does not reach so far.

    `earlier` fetches one older segment. None is fetched where, by how much one tells, all will not do.
    """
    extensions: dict[ExtensionId, Change] = {}
    lists: dict[str, Change] = {}
    segment, told = head, 0
    for left in reversed(range(SEGMENTS + 1)):
        for change in segment.changes:
            if change.g > since and change.id is not None:
                extensions.setdefault(change.id, change)
            if change.g > since and change.list is not None:
                lists.setdefault(change.list, change)
        if segment.since <= since:
            return News(extensions, lists)
        told += len(segment.changes)
        wanted = (segment.since - since) * told / max(1, head.generation - segment.since)
        if segment.earlier is None or wanted > left * SEGMENT_CHANGES:
            return None
        segment = earlier(segment.earlier)
    return None
