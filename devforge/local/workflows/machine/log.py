"""A job's log: every line stamped, secrets masked, its size capped."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

MAX_BYTES = 20_000_000
_MASK = "***"
_LEAST_ENCODED = 8  # of a shorter secret too many innocent texts would look like its base64


class Masks:
    """Texts that no log may show. Lines of a longer secret are masked one by one, too."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        parts = {part for part in (secret, *secret.splitlines()) if part.strip()}
        new = {spelled for part in parts for spelled in _spellings(part)}
        self._secrets = sorted({*self._secrets, *new}, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """Return `text` with every secret in it replaced by `***`."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


def _spellings(secret: str) -> set[str]:
    """Return how a secret may look where it was escaped for JSON or an address, or encoded."""
    spelled = {secret, json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe="")}
    content = secret.encode("utf-8", "surrogatepass")
    if len(content) >= _LEAST_ENCODED:
        for shift in range(3):
            encoded = base64.b64encode(content[shift:])
            spelled.add(encoded.rstrip(b"=")[:-1].decode())
    return spelled


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


def log_file(directory: Path, run_id: int, job_id: int) -> Path:
    """Return where a job's log lies."""
    return directory / "logs" / str(run_id) / f"{job_id}.txt"


def summary_file(directory: Path, run_id: int, job_id: int) -> Path:
    """Return where a job's summary lies, if it wrote one."""
    return directory / "logs" / str(run_id) / f"{job_id}.md"
