"""One change at a time in each repository."""

from __future__ import annotations

import threading


class RepositoryLock:
    """A lock that its holder may take again, and that knows who holds it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._holder: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._holder, self._depth = threading.get_ident(), self._depth + 1

    def __exit__(self, *_raised: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._holder = None
        self._lock.release()

    @property
    def is_mine(self) -> bool:
        """Tell whether this very thread holds it."""
        return self._holder == threading.get_ident()
