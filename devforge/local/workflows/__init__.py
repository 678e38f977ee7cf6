"""A workflow runner: a repository's own `.github/workflows` executed here as GitHub would."""

from __future__ import annotations

from devforge.local.hub import Hub
from devforge.local.workflows.engine import Engine

__all__ = ["Engine", "attach"]


def attach(hub: Hub) -> None:
    """Let workflows run in this hub: started by its events, driven by its clock."""
    engine = Engine(hub, hub.faults.kills)
    hub.events.subscribe("workflows", engine.receive)
    hub.clock.listen(lambda _before, _after: engine.wake())
    hub.busy.append(lambda: engine.busy)
    hub.wakers.append(engine.wake)
    hub.starting.append(engine.start)
    hub.stopping.append(engine.stop)
