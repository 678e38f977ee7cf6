"""Plans each step of the ceremony: what to have signed, whose signature is added. Pure.

Everything that changes the trust is written to `pending/` first and counts only when all of it is
signed by enough keys: then it takes the place of what was there, together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from securesystemslib.signer import Key

from devforge.model.index import Config
from devforge.plan import Plan
from devforge.trust.offline import Held, Keyring, name_of, propose
from devforge.trust.reading import Pending, pending_of
from devforge.trust.words import changes_in_words, described, short


@dataclass(frozen=True, slots=True)
class Write:
    """Put one file into `pending/`, to be signed."""

    name: str
    content: bytes

    @property
    def line(self) -> str:
        return f"propose  {short(self.name)}"


@dataclass(frozen=True, slots=True)
class Sign:
    """Add one key's signature to a pending file."""

    name: str
    key: Key
    then: str

    @property
    def line(self) -> str:
        return f"sign     {short(self.name):<18} with {name_of(self.key)}: then {self.then}"


@dataclass(frozen=True, slots=True)
class Complete:
    """Let everything pending take the place of what is published."""

    names: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"complete {len(self.names)} files are signed by enough keys and take their place"


Change = Write | Sign | Complete


def plan_change(
    *,
    title: str,
    held: Held | None,
    waiting: Collection[str],
    keyring: Keyring,
    config: Config,
    now: datetime,
    renew: bool = False,
) -> Plan[Change]:
    """Return what has to be signed so that this keyring and this configuration count.

    Args:
        waiting: what is pending already; two changes cannot wait beside each other.
        renew: also what has long to go gets a new version.
    """
    refusals = [*_refusals(keyring)]
    if waiting:
        refusals.append(
            f"{', '.join(map(short, sorted(waiting)))} wait for signatures: have them signed, or give that "
            "change up by deleting registry/trust/pending"
        )
    if refusals:
        return Plan(title, refusals=tuple(refusals))
    made = propose(held, keyring, config, now=now, renew=renew)
    notes = [*changes_in_words(held, pending_of(held, made)), *_warnings(keyring, made)]
    return Plan(title, tuple(Write(name, made[name]) for name in sorted(made)), tuple(notes))


def plan_sign(*, held: Held | None, pending: Pending, keys: Sequence[Key]) -> Plan[Change]:
    """Return which files `keys` sign, and whether everything is complete then."""
    title = f"sign with {', '.join(map(name_of, keys))}" if keys else "complete"
    notes = tuple(changes_in_words(held, pending))
    changes: list[Change] = []
    left = {name: [need.missing for need in needs] for name, needs in pending.needs.items()}
    for key in keys:
        for name, needs in pending.needs.items():
            asked = [n for n, need in enumerate(needs) if key.keyid in {k.keyid for k in need.left}]
            if asked:
                left[name] = [max(0, m - (n in asked)) for n, m in enumerate(left[name])]
                short = max(left[name])
                changes.append(Sign(name, key, f"{short} more needed" if short else "enough"))
    unknown = [key for key in keys if not _is_asked(key, pending)]
    if unknown:
        who = ", ".join(map(described, unknown))
        return Plan(title, refusals=(f"{who} signs nothing of what is pending",))
    done = [
        key
        for key in keys
        if key.keyid not in {c.key.keyid for c in changes if isinstance(c, Sign)}
    ]
    notes += tuple(f"{name_of(key)} has signed all that is pending already" for key in done)
    if not any(short for each in left.values() for short in each) and pending.files:
        changes.append(Complete(tuple(sorted(pending.files))))
    return Plan(title, tuple(changes), notes)


def _is_asked(key: Key, pending: Pending) -> bool:
    every = (need for needs in pending.needs.values() for need in needs)
    return any(key.keyid == other.keyid for need in every for other in (*need.by, *need.left))


def _refusals(keyring: Keyring) -> Iterator[str]:
    count = len({key.keyid for key in keyring.offline})
    if count < len(keyring.offline):
        yield "the same offline key is named twice"
    if not 1 <= keyring.threshold <= count:
        yield (
            f"{keyring.threshold} must sign, and the offline keys would be {count}: admit another first, "
            f"or name a --threshold of 1 to {count}"
        )
    if keyring.online.keyid in {key.keyid for key in keyring.offline}:
        yield (
            f"{described(keyring.online)} cannot be both online and offline: whoever takes it from "
            "a job could make themselves the registry"
        )


def _warnings(keyring: Keyring, made: Mapping[str, bytes]) -> Iterator[str]:
    if made and keyring.threshold == len(keyring.offline):
        yield (
            "careful: every offline key is needed, so losing one loses the registry; one key more "
            "than the threshold, kept elsewhere, is safer"
        )
    if made and keyring.threshold == 1:
        yield "careful: one stolen offline key is enough to take the registry over"
