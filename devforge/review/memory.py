"""What the review remembers of a pull request between runs, on the `state` branch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from devforge.model.base import Strict
from devforge.model.digests import CommitSha, Sha256
from devforge.model.orders import Order
from devforge.model.verdict import Outcome

_Count = Annotated[int, Field(ge=0)]
_ORDERS = 300
_OTHERS = 8


class Memory(Strict):
    """`pulls/<thousands>/<number>.json`: the last word on one head commit.

    It is written after the comment, labels and status, and before the merge; so where it is
    absent or names another head, everything is simply done again.
    """

    schema_version: Literal[1] = 1
    head: CommitSha
    outcome: Outcome
    attempts: _Count = 1  # runs that looked at this head
    seen: str  # the pull request's `updated_at` when it was looked at
    settled: bool = False  # nothing had happened since the look before: times are whole seconds
    comment: int | None = None
    comment_sha256: Sha256 | None = None
    waits_for: tuple[int, ...] = ()  # open pull requests that stand in its way
    posted: str | None = None  # the server's time when the first word on this head was posted
    heard: _Count = 0  # the last comment that was read for commands
    orders: tuple[Order, ...] = ()  # commands people gave, for this head and those before it
    standing: str = ""  # how approvals and objections stood
    again: bool = False  # somebody asked for another look
    waiting_since: datetime | None = None  # when it began to wait for a person, over all heads
    name: str | None = None  # the new name it proposes, and since when it does
    name_since: datetime | None = None
    not_before: datetime | None = None  # until when a new name stays open to objections


def memory_path(number: int) -> str:
    """Where the memory of a pull request lies; a thousand to a directory."""
    return f"pulls/{number // 1000}/{number}.json"


def last_report_path(number: int) -> str:
    """Where the last report on a pull request lies, whatever it decided."""
    return f"pulls/{number // 1000}/{number}.report.json"


def kept_orders(orders: Iterable[Order]) -> tuple[Order, ...]:
    """Return what is worth remembering of all orders: nobody can fill the memory with words.

    Of what decides something the newest of each person and head stays; of the rest a handful.
    """
    deciding: dict[tuple[object, ...], Order] = {}
    others: list[Order] = []
    for order in orders:
        if order.is_done and order.what not in ("explain", "recheck"):
            key = (order.what, order.by, order.head, order.rule)
            deciding.pop(key, None)
            deciding[key] = order
        else:
            others.append(order)
    kept = [*list(deciding.values())[-_ORDERS:], *others[-_OTHERS:]]
    return tuple(sorted(kept, key=lambda order: order.comment))


def read_memory(content: bytes | None) -> Memory | None:
    """Return the memory, or None if there is none that can be read: then it is made anew."""
    if content is None:
        return None
    try:
        return Memory.model_validate_json(content)
    except ValidationError:
        return None
