"""Decides whom to tell of which release now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from devforge.model.announcements import DISCUSSION, Announcement, Telling
from devforge.model.outlets import Announcements
from devforge.model.release import ReleaseNote
from devforge.plan import Plan

_FIRST_WAIT = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Out:
    """A release, and who was told of it."""

    note: ReleaseNote
    announcement: Announcement


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell one place of one release."""

    note: ReleaseNote = field(repr=False)
    place: str
    announcement: Announcement = field(repr=False)

    @property
    def line(self) -> str:
        return f"tell     {self.place}  {self.note.id} {self.note.version}"


def plan_announcements(
    out: Iterable[Out], *, policy: Announcements, known: frozenset[str], now: datetime
) -> Plan[Tell]:
    """Return whom to tell of what, the oldest release first.

    Args:
        known: the webhooks whose addresses are at hand.
    """
    places = ((DISCUSSION,) if policy.discussions else ()) + tuple(h.name for h in policy.webhooks)
    changes: list[Tell] = []
    notes = [
        f"wait     {hook.name}  the secret WEBHOOKS has no address for it"
        for hook in policy.webhooks
        if hook.name not in known
    ]
    for one in sorted(out, key=lambda one: (one.note.published, one.note.id)):
        if not is_fresh(one.note, policy, now):
            continue
        for place in places:
            telling = one.announcement.places.get(place)
            if telling is not None and not _is_due(telling, now):
                if telling.state != "told":
                    notes.append(_standing(place, one.note, telling))
            elif place == DISCUSSION or place in known:
                changes.append(Tell(one.note, place, one.announcement))
    return Plan("announce", tuple(changes), tuple(notes))


def is_fresh(note: ReleaseNote, policy: Announcements, now: datetime) -> bool:
    """Whether a release is new enough to be news."""
    return now - datetime.fromisoformat(note.published) <= timedelta(days=policy.days)


def failed(before: Telling | None, reason: str, *, now: datetime) -> Telling:
    """Return what to remember of a place that was not reached."""
    attempts = (before.attempts if before else 0) + 1
    wait = min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT)
    return Telling(state="failed", when=now, attempts=attempts, reason=reason[:300], due=now + wait)


def _is_due(telling: Telling, now: datetime) -> bool:
    return telling.state == "failed" and (telling.due is None or telling.due <= now)


def _standing(place: str, note: ReleaseNote, telling: Telling) -> str:
    name = f"{place}  {note.id} {note.version}"
    if telling.state == "failed" and telling.due:
        return f"wait     {name}  again from {telling.due:%Y-%m-%dT%H:%MZ}: {telling.reason}"
    return f"left     {name}  {telling.state}: {telling.reason}"
