"""What works in the background of a local GitHub. To add one: a module with `attach`, a line here."""

from __future__ import annotations

from devforge.local import automerge, faults, protection, pulls, releases, rulesets, workflows
from devforge.local.hub import Hub


def attach(hub: Hub) -> None:
    """Let every service hook itself into the hub, before anything is served.

    A service may subscribe to events, listen to the clock, follow refs, intercept calls, and append
    to `hub.starting`, `hub.stopping` and `hub.busy`.
    """
    pulls.attach(hub)
    faults.attach(hub)
    rulesets.attach(hub)
    protection.attach(hub)
    releases.attach(hub)
    automerge.attach(hub)
    workflows.attach(hub)
