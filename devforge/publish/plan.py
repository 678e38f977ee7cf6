"""Decide what publishing does: which versions are released and which are left alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from devforge.plan import Plan
from devforge.publish.build import Built, Left


def plan_publish(
    *, ready: Iterable[Built | Left], released: int, withdrawn: int = 0
) -> Plan[Built]:
    """Return the releases to make, in the order of their names, and why others are not made.

    One version that is held never stops another: it is a note, not a refusal of the plan.

    Args:
        ready: every version that has a record and no release, built or left.
        released: how many versions are out already.
        withdrawn: how many of those were taken out of the index for good.
    """
    ordered = sorted(ready, key=lambda one: (one.id, one.version))
    notes = [one.line for one in ordered if isinstance(one, Left)]
    if withdrawn:
        notes.append(f"gone     {withdrawn} of {released} released versions stay out of the index")
    return Plan("publish", tuple(one for one in ordered if isinstance(one, Built)), tuple(notes))
