"""Renews signatures before they expire, and says how long the nearest of them holds.

Nothing that the index says changes. A schedule that drops runs for days does no harm: what is renewed
holds for its margin still, and what is past it is renewed by the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from devforge.errors import BadInput
from devforge.model.collector import collector_paused
from devforge.model.generation import SignedUntil
from devforge.model.policy import Policy
from devforge.model.publishing import SigningRules
from devforge.publish.layout import online_roles
from devforge.publish.place import Place, place_at
from devforge.publish.present import PresentIndex
from devforge.publish.pruning import prune_index
from devforge.publish.revision import Floor, Revision, Signing
from devforge.publish.trust import Trust

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when each role's signature holds, and what renewing did."""

    expires: tuple[tuple[str, datetime], ...]  # the nearest first
    offline: frozenset[str]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    floor: Floor
    roles: Mapping[str, SignedUntil]  # of the online key's that list something

    def __str__(self) -> str:
        role, moment = self.expires[0]
        return f"{len(self.written)} files signed anew; {role} holds until {moment:%Y-%m-%d}"

    def alarms(self, rules: SigningRules, now: datetime) -> Iterator[str]:
        """Yield what the operator must know before it is too late, for the online key and the others."""
        for offline, least in ((False, rules.alarm_days), (True, rules.offline_alarm_days)):
            limit = now + timedelta(days=least)
            late = [
                (role, moment)
                for role, moment in self.expires
                if (role in self.offline) == offline and moment < limit
            ]
            if late:
                yield _sentence(late, now, offline=offline)


def resign(out: Path | Place, policy: Policy, by: Signing) -> Freshness:
    """Renew in `out` whatever holds for less than the policy's margin. Safe to repeat.

    Raises:
        BadInput: there is no sound index in `out`.
    """
    rules, place = policy.publishing.signing, place_at(out)
    with place.only_writer(), collector_paused():
        present = PresentIndex(place, by.trust)
        if present.snapshot is None:
            raise BadInput(f"{place}: holds no index to sign anew; build it first")
        revision = Revision(present, by, rules)
        due = [name for name in _online(present, by.trust) if revision.is_old(name)]
        present.bring_roles(due)
        revision.roles |= {name: present.targets(name) for name in due}
        written = revision.write()
        removed = prune_index(place, by.trust, by.now)
        return _freshness(
            PresentIndex(place, by.trust, present.verified), by.trust, written.files, removed
        )


def read_freshness(out: Path | Place, trust: Trust) -> Freshness:
    """Return until when everything in `out` holds, without a key and without writing anything.

    Where there is no index, only what the offline keys have signed is told.
    """
    present = PresentIndex(out, trust)
    present.bring_roles(_online(present, trust))
    return _freshness(present, trust)


def _freshness(
    present: PresentIndex,
    trust: Trust,
    written: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
) -> Freshness:
    roles = {
        name: SignedUntil(version=present.versions[name], expires=present.expiry(name))
        for name in _online(present, trust)
    }
    expires = dict(trust.expires) | {name: held.expires for name, held in roles.items()}
    for name, sealed in (("snapshot", present.snapshot), ("timestamp", present.timestamp)):
        if sealed is not None:
            expires |= {name: sealed.expires}
    return Freshness(
        expires=tuple(sorted(expires.items(), key=lambda one: (one[1], one[0]))),
        offline=frozenset(trust.expires),
        written=written,
        removed=removed,
        floor=Floor(present.generation, present.timestamp.version if present.timestamp else 0),
        roles=roles,
    )


def _online(present: PresentIndex, trust: Trust) -> list[str]:
    return [name for name in online_roles(trust.config) if present.has(name)]


def _sentence(late: Sequence[tuple[str, datetime]], now: datetime, *, offline: bool) -> str:
    """Tell of the first that expires, how many more there are, and what to do."""
    [(role, moment), *others] = late
    when, days = f"{moment:%Y-%m-%d %H:%M} UTC", (moment - now) / _DAY
    state = f"expired on {when}" if days <= 0 else f"expires on {when}, in {days:.1f} days"
    more = f", and {len(others)} more run out" if others else ""
    act = (
        "sign anew with your offline keys: `devforge keys`"
        if offline
        else "look why the schedule of `publish` has stopped, and run it by hand"
    )
    return f"{role} {state}{more}: clients then refuse every update; {act}"
