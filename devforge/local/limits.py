"""Rate limits as GitHub documents them: so many requests an hour, by token or by address.

Source: docs.github.com, "Rate limits for the REST API".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from devforge.local.clock import Clock
from devforge.local.store import Store
from devforge.local.tokens import Token

_HOUR_SECONDS = 3600


@dataclass(slots=True)
class HourlyLimits:
    """Requests an hour. `anonymous` is per address; `workflow` per repository, not per token."""

    personal: int = 5000
    workflow: int = 1000
    anonymous: int = 60
    search_per_minute: int = 30


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one caller has left in its window."""

    limit: int
    used: int
    reset_at: int
    resource: str = "core"

    @property
    def remaining(self) -> int:
        """Return how many requests may still be made."""
        return max(0, self.limit - self.used)

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers that every answer carries."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_at),
            "X-RateLimit-Used": str(min(self.used, self.limit)),
            "X-RateLimit-Resource": self.resource,
        }


class Limits:
    """Counts requests in fixed windows, kept in the store so that a restart forgives nothing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.hourly = HourlyLimits()

    def allowance(self, token: Token | None, address: str, resource: str = "core") -> Allowance:
        """Return what this caller has left, without using any of it."""
        key, limit, span = self._window(token, address, resource)
        now = int(self._clock.now().timestamp())
        row = self._store.one("SELECT used, reset_at FROM rate WHERE key = ?", key)
        if row is None or row["reset_at"] <= now:
            return Allowance(limit, 0, now + span, resource)
        return Allowance(limit, row["used"], row["reset_at"], resource)

    def use(self, token: Token | None, address: str, resource: str = "core") -> Allowance:
        """Count one request and return what is left after it."""
        key, _, _ = self._window(token, address, resource)
        with self._store.transaction():
            before = self.allowance(token, address, resource)
            self._store.run(
                "INSERT OR REPLACE INTO rate (key, used, reset_at) VALUES (?, ?, ?)",
                key,
                before.used + 1,
                before.reset_at,
            )
        return Allowance(before.limit, before.used + 1, before.reset_at, resource)

    def _window(self, token: Token | None, address: str, resource: str) -> tuple[str, int, int]:
        if token is None:
            who, limit = f"address {address}", self.hourly.anonymous
        elif token.kind == "workflow":
            who, limit = f"repository {token.repository_id}", self.hourly.workflow
        else:
            who, limit = f"account {token.account_id}", self.hourly.personal
        if resource == "search":
            return f"search {who}", self.hourly.search_per_minute, 60
        if resource == "graphql":
            return f"graphql {who}", limit, _HOUR_SECONDS
        return who, limit, _HOUR_SECONDS
