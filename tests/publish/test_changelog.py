"""The log of changes: whoever looks, however long after, learns of everything or is told that it cannot."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from devforge.model.fields import from_json
from devforge.model.index import (
    HEAD_CHANGES,
    SEGMENT_CHANGES,
    SEGMENTS,
    Change,
    Changes,
)
from devforge.model.names import ExtensionId
from devforge.publish.changelog import add_changes
from devforge.publish.layout import encode


class Shelf:
    """A log as it grows, and a client that reads it."""

    def __init__(self) -> None:
        self.segments: dict[str, Changes] = {}
        self.head: Changes | None = None
        self.newest: dict[int, int] = {}
        self.generation = 0

    def publish(self, *ids: int) -> int:
        """Publish changes of these extensions; return how many files that wrote."""
        self.generation += 1
        new = [self._change(id) for id in ids]
        log = add_changes(
            self.head, new, generation=self.generation, read=self.segments.__getitem__
        )
        for content in (*log.segments, encode(log.head)):
            self.segments[hashlib.sha256(content).hexdigest()] = from_json(Changes, content)
        self.head = log.head
        self.newest |= dict.fromkeys(ids, self.generation)
        return len(log.segments) + 1

    def _change(self, id: int) -> Change:
        name = ExtensionId.parse(f"acme.ext-{id}")
        return Change(g=self.generation, id=name, sha256="0" * 64, length=self.generation)

    def news(self, since: int) -> dict[int, int] | None:
        """What a client that looked last at `since` learns: id → generation; None: too long ago."""
        at, found = self.head, {}
        assert at is not None
        for _ in range(1 + SEGMENTS):
            for change in at.changes:
                if change.g > since:
                    found.setdefault(int(str(change.id).rpartition("-")[2]), change.g)
            if since >= at.since:
                return found
            if at.earlier is None:
                return None
            at = self.segments[at.earlier.sha256]
        return None


steps = st.lists(
    st.one_of(
        st.lists(st.integers(0, 30), min_size=1, max_size=3, unique=True),
        st.integers(30, 700).map(lambda many: list(range(many))),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60)
@given(published=steps)
def test_whoever_looks_learns_all_that_changed_since_or_that_it_was_too_long_ago(published):
    shelf = Shelf()
    shelf.publish()
    for ids in published:
        shelf.publish(*ids)
        head = shelf.head
        assert head is not None
        assert len(head.changes) <= HEAD_CHANGES
        assert all(len(one.changes) <= SEGMENT_CHANGES for one in shelf.segments.values())
        for since in range(shelf.generation + 1):
            expected = {id: g for id, g in shelf.newest.items() if g > since}
            assert shelf.news(since) in (expected, None)
        assert shelf.news(shelf.generation - 1) is not None


def test_one_change_after_another_writes_two_files_at_most_and_reaches_far_back():
    shelf = Shelf()
    shelf.publish()
    written = [shelf.publish(number % 5000) for number in range(3000)]

    assert max(written) == 2
    assert shelf.news(200) == {id: g for id, g in shelf.newest.items() if g > 200}
    assert shelf.head is not None
    assert len(encode(shelf.head)) <= 6_500


def test_whoever_looks_daily_at_a_hundred_releases_reads_some_two_hundred_lines_at_most():
    shelf = Shelf()
    shelf.publish()
    read = []
    for number in range(700):
        shelf.publish(number)
        lines, at = 0, shelf.head
        while at is not None and number > 100:
            lines += len(at.changes)
            is_enough = at.since <= shelf.generation - 100
            at = None if is_enough else shelf.segments[at.earlier.sha256]
        read.append(lines)

    assert max(read) <= 210


def test_a_log_that_would_have_to_tell_of_everything_begins_anew():
    shelf = Shelf()
    shelf.publish(1, 2)
    shelf.publish(*range(10_000))

    assert shelf.head is not None
    assert shelf.head.changes == ()
    assert shelf.news(1) is None
    assert shelf.news(2) == {}
