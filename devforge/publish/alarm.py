"""What the operator's inbox says of signatures that hold for too short, and when it says nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from devforge.model import inbox
from devforge.plan import Plan

SECTION = "signing"
_HEADING = "The index's signatures"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox as it is."""

    number: int
    body: str
    state: Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class SetInbox:
    """Make the inbox say this; `number` is None where it has to be opened."""

    number: int | None
    body: str
    state: Literal["open", "closed"]

    @property
    def line(self) -> str:
        verb = "open" if self.number is None else "close" if self.state == "closed" else "edit"
        return f"issue    {verb} the inbox{f'  #{self.number}' if self.number else ''}"


def plan_alarm(*, alarms: Sequence[str], there: Inbox | None) -> Plan[SetInbox]:
    """Return what makes the inbox's section say exactly `alarms`; it goes when there are none."""
    body = inbox.with_section(there.body if there else None, SECTION, _HEADING, alarms)
    state: Literal["open", "closed"] = "closed" if inbox.is_empty(body) else "open"
    if there is None:
        changes = (SetInbox(None, body, "open"),) if alarms else ()
    elif (there.body.strip(), there.state) == (body.strip(), state):
        changes = ()
    else:
        changes = (SetInbox(there.number, body, state),)
    return Plan("alarm", changes, notes=tuple(alarms))
