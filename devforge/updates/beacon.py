"""Sends reports, beside whatever the user does: one GET each, soon given up, never repeated or followed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable

from devforge.adapters.web import Patience, Web
from devforge.adapters.web_addresses import refuse_unsafe
from devforge.errors import DevForgeError, Refused
from devforge.updates.health import Word

_SECONDS = 2.0  # for all of them together
# A redirect is an answer like any other: nobody is asked but the beacon.
_PATIENCE = Patience(connect_seconds=_SECONDS, idle_seconds=_SECONDS, redirects=0)


class Errand:
    """Reports on their way to the beacon at `base`. Nobody waits for it but `wait`, and that not for long."""

    def __init__(self, base: str, words: Iterable[Word]) -> None:
        self._urls = [f"{base.rstrip('/')}/{word.path}" for word in words]
        self._end = time.monotonic() + _SECONDS
        self._thread = threading.Thread(target=self._run, name="devforge-health", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when all is sent, or when the time for it is over."""
        self._thread.join(max(0.0, self._end - time.monotonic()))

    def _run(self) -> None:
        web = Web(_PATIENCE)
        for url in self._urls:
            left = self._end - time.monotonic()
            if left <= 0:
                break
            with contextlib.suppress(DevForgeError), web.get(url, total_seconds=left):
                pass
        web.close()


def is_beacon(base: str | None) -> bool:
    """Whether a signed configuration names an address that may be reported to."""
    if not base or "?" in base or "#" in base or "@" in base:
        return False
    try:
        refuse_unsafe(base)
    except Refused:
        return False
    return True
