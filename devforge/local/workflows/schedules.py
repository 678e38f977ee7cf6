"""Fire what `schedule` asks for as the local clock passes by.

However far the clock was moved, an entry fires once: what GitHub missed it does not make up for. A
repository without a push for 60 days has its schedules switched off.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from devforge.local.clock import moment, stamp
from devforge.local.hub import Actor, Hub
from devforge.local.workflows.cron import read_cron

_QUIET = timedelta(days=60)


class Schedules:
    """Looks back at the minutes that passed since the last look, kept in the store."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def fire(self) -> None:
        """Emit a `schedule` event for every entry that fell due since the last time."""
        hub = self._hub
        now = hub.clock.now()
        last = hub.store.setting("schedules_until")
        since = moment(last) if last else now
        if last is not None and since.replace(second=0) == now.replace(second=0, microsecond=0):
            return
        with hub.store.transaction():
            hub.store.remember("schedules_until", stamp(now))
            for row in hub.store.all(
                "SELECT w.* FROM workflow w JOIN repository r ON r.id = w.repository_id"
                " WHERE w.state = 'active' AND w.crons != '[]' AND r.deleted_at IS NULL ORDER BY w.id"
            ):
                for cron in json.loads(row["crons"]):
                    self._fire(row["id"], row["repository_id"], row["path"], cron, since, now)

    def _fire(
        self,
        workflow_id: int,
        repository_id: int,
        path: str,
        cron: str,
        since: datetime,
        now: datetime,
    ) -> None:
        hub = self._hub
        due = read_cron(cron).last_between(since, now)
        if due is None:
            return
        repository = hub.store.get("repository", repository_id)
        if due - moment(repository["pushed_at"]) > _QUIET:
            hub.store.update("workflow", workflow_id, state="disabled_inactivity")
            return
        owner = Actor(hub.store.get("account", repository["owner_id"]))
        hub.emit("schedule", repository, {"schedule": cron, "workflow": path}, owner)
