"""A job's log: every line stamped, secrets masked, its size capped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

MAX_BYTES = 20_000_000
_MASK = "***"
_SHORTEST_SECRET = 1


class Masks:
    """Texts that no log may show. Lines of a longer secret are masked one by one, too."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        parts = {secret, *secret.splitlines()}
        new = {part for part in parts if len(part.strip()) >= _SHORTEST_SECRET}
        self._secrets = sorted({*self._secrets, *new}, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """Return `text` with every secret in it replaced by `***`."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


class Log:
    """Appends to one file; safe to call from the threads that read a step's output."""

    def __init__(
        self, path: Path, masks: Masks, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.masks = masks
        self._file = path.open("a", encoding="utf-8", errors="replace")
        self._lock = threading.Lock()
        self._left_bytes = MAX_BYTES
        self._now = now

    def write(self, text: str) -> None:
        """Write one line, or several; past 20 MB say so once and drop the rest."""
        if self._left_bytes <= 0:
            return
        stamp = self._now().strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        shown = "".join(f"{stamp} {line}\n" for line in self.masks.hide(text).split("\n"))
        with self._lock:
            if self._left_bytes <= 0 or self._file.closed:
                return
            self._left_bytes -= len(shown)
            if self._left_bytes <= 0:
                shown += f"{stamp} ##[warning]This log is longer than {MAX_BYTES} bytes; the rest is dropped\n"
            self._file.write(shown)
            self._file.flush()

    def close(self) -> None:
        with self._lock:
            self._file.close()
