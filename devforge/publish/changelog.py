"""The log of changes, with which an update check needs neither snapshot nor bins. Pure.

The newest segment is small and read by whoever looks; when it overflows, its older half moves into a
segment behind it, which is filled up before another is begun. Segments never change: what takes the
place of one has another name.

Source: devforge/model/index.py, `Changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from devforge.model.index import (
    HEAD_CHANGES,
    SEGMENT_CHANGES,
    SEGMENTS,
    Change,
    Changes,
    Earlier,
)
from devforge.publish.layout import encode, pointer

_KEPT = HEAD_CHANGES // 2  # of the newest segment, when it overflows


@dataclass(slots=True)
class Log:
    """A log after new changes: its newest segment, and every segment that is to be written."""

    head: Changes
    segments: list[bytes] = field(default_factory=list)


def add_changes(
    before: Changes | None,
    new: Sequence[Change],
    *,
    generation: int,
    read: Callable[[str], Changes],
) -> Log:
    """Return the log after `new`, all of `generation`; it begins anew where it cannot tell them all.

    Args:
        before: the newest segment so far.
        read: returns an earlier segment by its hash.
    """
    if before is None or len(new) > SEGMENTS * SEGMENT_CHANGES // 2:
        return Log(Changes(generation=generation, since=generation, changes=()))
    named = {_subject(change) for change in new}
    every = [*new, *(one for one in before.changes if _subject(one) not in named)]
    log = Log(before)
    earlier, since = before.earlier, before.since
    if len(every) > HEAD_CHANGES:
        earlier = _move(every[_KEPT:], before, log, read)
        every, since = every[:_KEPT], earlier.g
    log.head = Changes(generation=generation, since=since, changes=tuple(every), earlier=earlier)
    return log


def _move(
    moved: Sequence[Change], before: Changes, log: Log, read: Callable[[str], Changes]
) -> Earlier:
    """Put `moved`, the newest first, behind the newest segment; return where they begin."""
    earlier, since = before.earlier, before.since
    waiting = list(moved)
    if earlier is not None:
        behind = read(earlier.sha256)
        if len(behind.changes) + min(len(waiting), _KEPT) <= SEGMENT_CHANGES:
            waiting += behind.changes
            earlier, since = behind.earlier, behind.since
    while waiting:
        waiting, oldest = waiting[:-SEGMENT_CHANGES], waiting[-SEGMENT_CHANGES:]
        segment = Changes(
            generation=oldest[0].g, since=since, changes=tuple(oldest), earlier=earlier
        )
        content = encode(segment)
        log.segments.append(content)
        earlier = _earlier(oldest[0].g, content)
        since = earlier.g
    assert earlier is not None  # noqa: S101 - something was moved
    return earlier


def _earlier(g: int, content: bytes) -> Earlier:
    named = pointer(content)
    return Earlier(g=g, sha256=named.sha256, length=named.length)


def _subject(change: Change) -> tuple[object, object]:
    return change.id, change.list
