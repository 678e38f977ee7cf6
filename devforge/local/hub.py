"""The local GitHub's parts in one place: what routes, services and tests are handed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devforge.local.answer import Answer
from devforge.local.clock import Clock
from devforge.local.events import Events
from devforge.local.faults import Faults
from devforge.local.git.repositories import Repositories
from devforge.local.limits import Limits
from devforge.local.store import Row, Store
from devforge.local.tokens import Token

Interceptor = Callable[[Any, Callable[[], Answer]], Answer]
"""(call, proceed) → answer. May answer itself, change the answer, or raise `LostAnswer`."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an account, and the token it came with (None: the server's owner)."""

    account: Row
    token: Token | None = None

    @property
    def id(self) -> int:
        """Return the account's number."""
        return int(self.account["id"])


class Hub:
    """Everything one local GitHub consists of. Made once per data directory."""

    def __init__(self, data: Path, url: str) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.data, self.url = data, url
        self.store = Store(data / "github.sqlite3")
        self.clock = Clock(self.store)
        self.events = Events(self.store, self.clock)
        self.git = Repositories(data / "repositories", self.clock)
        self.limits = Limits(self.store, self.clock)
        self.faults = Faults()
        self.interceptors: list[Interceptor] = []
        self.busy: list[Callable[[], bool]] = [lambda: not self.events.idle]
        self.ref_followers: list[Callable[[Row, Any, Actor], None]] = []
        self.push_rules: list[Callable[[Row, Any, Actor], str | None]] = []
        self.forward_rules: list[Callable[[Row, Any, Actor], str | None]] = []
        self.jobs_at_once = 2
        self.wakers: list[Callable[[], None]] = []
        self.starting: list[Callable[[], None]] = []
        self.stopping: list[Callable[[], None]] = []
        self.admin_token = secrets.token_urlsafe(24)
        self.lock = threading.RLock()

    @property
    def api(self) -> str:
        """Return the REST root, as GitHub Enterprise Server has it."""
        return f"{self.url}/api/v3"

    @property
    def idle(self) -> bool:
        """Tell whether no event is due and no part is at work."""
        return not any(busy() for busy in self.busy)

    def emit(self, name: str, repository: Row | None, payload: dict[str, Any], actor: Actor) -> int:
        """Announce a change as GitHub's webhook `name` would; return the event's id.

        `repository` and `sender` are added to the payload here. Call it in the change's transaction.
        """
        from devforge.local.shapes.accounts import simple_user  # noqa: PLC0415 - shapes use the hub
        from devforge.local.shapes.repositories import full_repository  # noqa: PLC0415

        told = dict(payload)
        if repository is not None:
            told["repository"] = full_repository(self, repository)
        told["sender"] = simple_user(self, actor.account)
        return self.events.record(
            name,
            told,
            repository_id=None if repository is None else repository["id"],
            actor_id=actor.id,
            token=actor.token,
        )

    def secret_for(self, what: str) -> str:
        """Return the unguessable part of an address that leads to `what` without a token."""
        return hmac.new(self.admin_token.encode(), what.encode(), hashlib.sha256).hexdigest()[:40]

    def wake(self) -> None:
        """Let what works in the background look at the store now: a route changed something there."""
        for waker in self.wakers:
            waker()

    def start(self) -> None:
        """Start what works in the background."""
        for start in self.starting:
            start()
        self.events.start()

    def stop(self) -> None:
        """Stop it again, and close the store."""
        self.events.stop()
        for stop in reversed(self.stopping):
            stop()
        self.store.close()
