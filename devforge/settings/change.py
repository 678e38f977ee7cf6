"""One setting to change, as data."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.model.settings import Request


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs, and the request that mends it."""

    what: str
    now: str
    wanted: str
    request: Request

    @property
    def line(self) -> str:
        return f"{self.what:<42} {self.now} → {self.wanted}"
