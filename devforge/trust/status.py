"""What the state of the keys is, and what is due next with its command. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from devforge.trust.offline import RENEW_BEFORE, Held, Signed, name_of
from devforge.trust.reading import Pending
from devforge.trust.words import changes_in_words, described, short

_RENEW = "devforge keys renew --apply"


@dataclass(frozen=True, slots=True)
class Status:
    """What is published of the offline half, and what waits."""

    held: Held | None
    pending: Pending
    now: datetime

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What is due, each with its command; empty while nothing is."""
        return tuple(self._next())

    def render(self) -> str:
        """Return it as a person reads it."""
        return "\n".join(
            [
                *self._published(),
                *self._waiting(),
                "next",
                *(f"  {line}" for line in self.next_steps or ("nothing is due",)),
            ]
        )

    def as_data(self) -> dict[str, Any]:
        """Return it for a program."""
        roles = {name: _role(signed) for name, signed in self.held.named()} if self.held else {}
        waiting = {
            name: [
                {"whose": n.whose, "threshold": n.threshold, "by": [name_of(k) for k in n.by]}
                for n in needs
            ]
            for name, needs in self.pending.needs.items()
        }
        return {"roles": roles, "pending": waiting, "next": list(self.next_steps)}

    def _published(self) -> Iterator[str]:
        if self.held is None:
            begun = self.pending.files
            yield (
                "keys: the first ceremony is not over, so no index can be signed yet"
                if begun
                else "keys: no ceremony was held yet, so no index can be signed"
            )
            return
        ring = self.held.keyring
        yield f"keys: {ring.threshold} of {len(ring.offline)} sign offline, one online"
        yield from (f"  offline    {described(key)}" for key in ring.offline)
        yield f"  online     {described(ring.online)}"
        for name, metadata in self.held.named():
            signed = metadata.signed
            days = (signed.expires - self.now).days
            left = f"{days} days left" if days >= 0 else "expired"
            yield (
                f"  {name:<10} version {signed.version}, until {signed.expires:%Y-%m-%d} ({left})"
            )

    def _waiting(self) -> Iterator[str]:
        if not self.pending.files:
            return
        yield "waiting for signatures"
        yield from (f"  {line}" for line in changes_in_words(self.held, self.pending))
        for name, needs in self.pending.needs.items():
            yield from (f"  {short(name)}, {need.whose}: {need}" for need in needs)

    def _next(self) -> Iterator[str]:
        if self.pending.files:
            left = self._helpful()
            yield (
                f"devforge keys sign KEY.key.json --apply    with one of {', '.join(sorted(left))}"
                if left
                else "devforge keys sign --apply    which completes what is signed already"
            )
            return
        if self.held is None:
            yield "devforge keys new NAME --dir DIR    for each key, then devforge keys init"
            return
        name, first = min(self.held.named(), key=lambda named: named[1].signed.expires)
        if first.signed.expires - self.now < RENEW_BEFORE:
            yield f"{_RENEW}    before {first.signed.expires:%Y-%m-%d}, when {name} expires"

    def _helpful(self) -> set[str]:
        """Whose signature helps most: that of keys which all unfinished files wait for, if there are any."""
        asked = [
            {name_of(key) for key in need.left}
            for needs in self.pending.needs.values()
            for need in needs
            if not need.is_met
        ]
        return (set.intersection(*asked) or set.union(*asked)) if asked else set()


def _role(metadata: Signed) -> dict[str, Any]:
    signed = metadata.signed
    return {"version": signed.version, "expires": f"{signed.expires:%Y-%m-%dT%H:%M:%SZ}"}
