"""A beacon as an operator serves one: a web server that answers nothing and writes an access log.

with beaconing(tmp_path / "access.log") as beacon:
    beacon.here = "198.51.100.7"     # whom the log shows as asking from now on
    beacon.answer = "redirect"       # or "stall", "gone"; None: 204
    beacon.url, beacon.asked         # where it is, and every request line and its headers
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal


@dataclass(slots=True)
class Beacon:
    """What it was asked, and how it answers."""

    url: str
    log: Path
    here: str = "127.0.0.1"
    answer: Literal["redirect", "stall", "gone"] | None = None
    elsewhere: str = ""
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [line for line, _ in self.asked]


@contextmanager
def beaconing(log: Path) -> Iterator[Beacon]:
    """Serve a beacon on a free loopback port until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    beacon = Beacon(f"http://127.0.0.1:{http.server_address[1]}/health/", log)
    http.beacon = beacon  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield beacon
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        beacon: Beacon = self.server.beacon  # type: ignore[attr-defined]
        beacon.asked.append((self.requestline, dict(self.headers)))
        status = {"redirect": 302, "gone": 404, "stall": 204, None: 204}[beacon.answer]
        now = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        agent = self.headers.get("User-Agent", "-")
        with beacon.log.open("a", encoding="utf-8") as file:
            file.write(f'{beacon.here} - - [{now}] "{self.requestline}" {status} 0 "-" "{agent}"\n')
        if beacon.answer == "stall":
            time.sleep(5)
        self.send_response(status)
        if beacon.answer == "redirect":
            self.send_header("Location", beacon.elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the log is a file."""
