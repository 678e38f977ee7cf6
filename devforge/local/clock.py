"""The local GitHub's own time: real time moved forward at will, remembered between runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from devforge.local.store import Store

Listener = Callable[[datetime, datetime], None]


def stamp(moment: datetime) -> str:
    """Return `moment` as GitHub writes it: `2026-11-23T09:00:00Z`. Text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return the time that `stamp` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class Clock:
    """Runs with the real clock plus an offset, which only ever grows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._offset = timedelta(seconds=float(store.setting("clock_offset_seconds") or 0))

    def now(self) -> datetime:
        """Return the current moment, in UTC."""
        return datetime.now(UTC) + self._offset

    def stamp(self) -> str:
        """Return the current moment as GitHub writes it."""
        return stamp(self.now())

    def listen(self, listener: Listener) -> None:
        """Call `listener(before, after)` each time the clock is moved."""
        self._listeners.append(listener)

    def advance(self, span: timedelta) -> None:
        """Move the clock forward by `span` and tell every listener what was skipped."""
        if span < timedelta(0):
            raise ValueError(f"the clock cannot go back by {-span}; move it forward or start anew")
        with self._lock:
            before = self.now()
            self._offset += span
            self._store.remember("clock_offset_seconds", str(self._offset.total_seconds()))
        for listener in self._listeners:
            listener(before, before + span)
