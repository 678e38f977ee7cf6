"""The names of the faults, by what they strike."""

from __future__ import annotations

from typing import Literal

RequestKind = Literal[
    "502",  # nothing happens
    "502 after",  # it happens, and the answer says it failed
    "lost answer",  # it happens, and the connection breaks
    "secondary rate limit",  # 403 with Retry-After: `seconds`
    "too many requests",  # 429 with Retry-After: `seconds`
    "slow",  # it happens after `seconds`
]
DeliveryKind = Literal[
    "drop",  # the event never arrives; `event="schedule"` drops a schedule
    "duplicate",  # it arrives `copies` times
    "delay",  # it arrives after `seconds` of the local clock
    "reorder",  # the same, named for what it is used for: the next event overtakes it
]
RunKind = Literal["kill run"]  # the machine dies before the step
Kind = RequestKind | DeliveryKind | RunKind
