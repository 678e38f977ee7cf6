"""Keeps what a home's owner wants reported of starts, and sends it. It never stands in the way of what is going on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from devforge.errors import DevForgeError
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.home import Home
from devforge.updates.installed import State

if TYPE_CHECKING:  # nothing for a home that reports nothing: each call imports its own
    from devforge.updates.beacon import Errand


def keep_start(
    home: Home, state: State, id: ExtensionId, version: Version, *, is_ok: bool, now: datetime
) -> None:
    """Keep what is to be reported of a start, if that is wanted and not known yet."""
    entry = state.by_id.get(id)
    if entry is None or entry.version != version or (is_ok and entry.has_run):
        return
    with contextlib.suppress(DevForgeError):
        if not home.config().health_reports:
            return
        from devforge.updates.health import heard  # noqa: PLC0415

        with home.changing():
            known = home.reports()
            if (new := heard(known, id, version, is_ok=is_ok, now=now)) != known:
                home.write_reports(new)


def send_waiting(home: Home, beacon: Callable[[], str | None], *, now: datetime) -> Errand | None:
    """Send what waits, once, to where the signed configuration says; nothing unless it was asked for."""
    with contextlib.suppress(DevForgeError):
        if not home.config().health_reports:
            return None
        from devforge.updates.health import as_sent, to_send  # noqa: PLC0415

        if not to_send(home.reports(), now=now):
            return None
        from devforge.updates.beacon import Errand, is_beacon  # noqa: PLC0415

        base = beacon()
        if base is None or not is_beacon(base):
            return None
        with home.changing():
            words = to_send(known := home.reports(), now=now)
            home.write_reports(as_sent(known, words))
        return Errand(base, words)
    return None
