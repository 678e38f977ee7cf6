"""`journal.json`: a change that is being made, so that its history is written whoever stops it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from devforge.model.fields import Within
from devforge.updates.history import Event


@dataclass(frozen=True, slots=True)
class Journal:
    """Written before installed.json is replaced, taken away when the history has its events."""

    change: Annotated[int, Within(1, 2**53)]
    events: tuple[Event, ...]
    schema_version: Literal[1] = 1
