"""What happened, told to whoever subscribed: kept with the change itself, delivered at least once.

`emit` writes an event and one delivery per subscriber in the caller's transaction, so a change is
never kept without its announcement. A thread delivers in order; a process that was killed goes on
where it stopped. A subscriber may see an event twice and tells repeats apart by `event.guid`.
Names and payloads are those of GitHub's webhooks: a pull request's is `pull_request`.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from devforge.local import witnesses
from devforge.local.clock import Clock, moment, stamp
from devforge.local.store import Row, Store, packed
from devforge.local.tokens import Token, token_of

_log = logging.getLogger(__name__)
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Event:
    """One announced change. `token` is the credential that caused it, None for the server's own acts."""

    id: int
    guid: str
    name: str
    action: str | None
    repository_id: int | None
    actor_id: int | None
    token: Token | None
    payload: dict[str, Any]
    created_at: str
    delivery: int = 0
    """Which delivery this is: a second attempt has the same number, a duplicate another."""

    @property
    def by_workflow(self) -> bool:
        """Tell whether a workflow's own token caused this; such an event starts no workflow."""
        return self.token is not None and self.token.kind == "workflow"


Subscriber = Callable[[Event], None]
Disturbance = Callable[[str, str | None, Sequence[str]], Mapping[str, Sequence[timedelta]]]
"""(event name, action, subscribers) → when to deliver each copy to whom; empty: it is dropped."""


def undisturbed(
    _name: str, _action: str | None, subscribers: Sequence[str]
) -> Mapping[str, Sequence[timedelta]]:
    """Deliver once, at once."""
    return {subscriber: (timedelta(0),) for subscriber in subscribers}


class Events:
    """The persisted queue between what changes and who acts on changes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._subscribers: dict[str, Subscriber] = {}
        self._wanted: dict[str, Collection[str] | None] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._delivering = False
        self._thread: threading.Thread | None = None
        self.disturbance: Disturbance = undisturbed
        clock.listen(lambda _before, _after: self._wake.set())

    def subscribe(
        self, name: str, subscriber: Subscriber, *, only: Collection[str] | None = None
    ) -> None:
        """Send every event from now on to `subscriber`, and those a past process left under `name`.

        With `only` no other events are delivered, so that faults strike whom they are meant for.
        """
        self._subscribers[name] = subscriber
        self._wanted[name] = only
        self._wake.set()

    def record(
        self,
        name: str,
        payload: dict[str, Any],
        *,
        repository_id: int | None,
        actor_id: int | None,
        token: Token | None,
    ) -> int:
        """Write the event and its deliveries; return the event's id. Deliveries start on commit."""
        action, now = payload.get("action"), self._clock.now()
        with self._store.transaction():
            event_id = self._store.insert(
                "event",
                guid=str(uuid.uuid4()),
                name=name,
                action=action,
                repository_id=repository_id,
                actor_id=actor_id,
                token_id=None if token is None else token.id,
                payload=packed(payload),
                created_at=stamp(now),
            )
            told = [who for who, only in self._wanted.items() if only is None or name in only]
            for subscriber, delays in self.disturbance(name, action, told).items():
                for delay in delays:
                    due = stamp(now + delay)
                    self._store.insert(
                        "delivery", event_id=event_id, subscriber=subscriber, due_at=due
                    )
        self._wake.set()
        witnesses.happened(name, payload)
        return event_id

    @property
    def idle(self) -> bool:
        """Tell whether nothing is due or being delivered. What a fault delays does not count."""
        if self._delivering:
            return False
        return not self._due(limit=1)

    def start(self) -> None:
        """Start delivering in a thread of its own."""
        self._thread = threading.Thread(target=self._deliver_all, name="deliveries", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery at hand and stop; the rest waits for the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _due(self, limit: int) -> list[Row]:
        names = list(self._subscribers)
        marks = ", ".join("?" * len(names))
        return self._store.all(
            f"SELECT * FROM delivery WHERE state = 'waiting' AND subscriber IN ({marks})"  # noqa: S608
            " AND due_at <= ? ORDER BY due_at, id LIMIT ?",
            *names,
            self._clock.stamp(),
            limit,
        )

    def _deliver_all(self) -> None:
        while not self._stopping:
            self._delivering = True
            due = self._due(limit=50)
            for delivery in due:
                if self._stopping:
                    break
                self._deliver(delivery)
            self._delivering = False
            if not due:
                self._wake.wait(timeout=1)
                self._wake.clear()

    def _deliver(self, delivery: Row) -> None:
        event = replace(self.read(delivery["event_id"]), delivery=delivery["id"])
        try:
            self._subscribers[delivery["subscriber"]](event)
        except Exception as error:
            _log.exception(
                "%s %s was not taken by %s", event.name, event.guid, delivery["subscriber"]
            )
            attempts = delivery["attempts"] + 1
            state = "failed" if attempts >= _ATTEMPTS else "waiting"
            self._store.update(
                "delivery", delivery["id"], attempts=attempts, state=state, problem=repr(error)
            )
        else:
            self._store.update("delivery", delivery["id"], state="delivered")

    def read(self, event_id: int) -> Event:
        """Return an event as it was recorded."""
        row = self._store.get("event", event_id)
        token = self._store.find("token", id=row["token_id"]) if row["token_id"] else None
        return Event(
            id=row["id"],
            guid=row["guid"],
            name=row["name"],
            action=row["action"],
            repository_id=row["repository_id"],
            actor_id=row["actor_id"],
            token=None if token is None else token_of(token),
            payload=json.loads(row["payload"]),
            created_at=row["created_at"],
        )


def age(event: Event, clock: Clock) -> timedelta:
    """Return how long ago the event happened, by the local clock."""
    return clock.now() - moment(event.created_at)
