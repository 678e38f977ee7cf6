"""Reads the beacon's access logs, and of the versions they speak of what the registry knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from devforge.adapters.state import State
from devforge.analytics.logs.line import LogLine
from devforge.health.plan import Watched
from devforge.health.tally import Count, Counted, Key
from devforge.model.health import HealthNote, HealthRules
from devforge.model.names import ExtensionId
from devforge.model.records import VersionRecord
from devforge.model.registry import Registry
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version

# So many versions are looked at in one run; a flood of words about all there are takes it no longer.
MOST = 2000


@dataclass(slots=True)
class Shelf:
    """What is out and what is remembered, each version read when it is first asked about."""

    registry: Registry
    state: State
    _published: dict[Key, datetime | None] = field(default_factory=dict)
    _notes: dict[Key, HealthNote] = field(default_factory=dict)

    def find(self, id: str, version: str) -> Key | None:
        """Return the version of these names, to the letter; None if the registry has none, or took it back."""
        try:
            key = ExtensionId.parse(id), Version.parse(version)
        except ValueError:
            return None
        is_exact = (str(key[0]), str(key[1])) == (id, version)
        return key if is_exact and self.record(key) is not None else None

    def record(self, key: Key) -> VersionRecord | None:
        """Return a version's record, unless it is taken back."""
        entry = self.registry.extensions.get(key[0])
        record = entry.versions.get(key[1]) if entry else None
        return None if record is None or record.yanked is not None else record

    def published(self, key: Key) -> datetime | None:
        """Return since when a version is out; None if it is not.

        Raises:
            Refused: what is noted of its release is not ours.
        """
        if key not in self._published:
            content = self.state.read(ReleaseNote.path_of(*key))
            note = None if content is None else ReleaseNote.parsed(content, *key)
            is_out = note is not None and note.withdrawn is None
            self._published[key] = (
                datetime.fromisoformat(note.published) if note and is_out else None
            )
        return self._published[key]

    def note(self, key: Key) -> HealthNote:
        """Return what is remembered of a version's reports."""
        if key not in self._notes:
            self._notes[key] = HealthNote.read(self.state.read(HealthNote.path_of(*key)), *key)
        return self._notes[key]

    def watched(self, keys: Iterable[Key]) -> tuple[Watched, ...]:
        """Return the versions of `keys`, and the one below each that is out."""
        found: dict[Key, Watched] = {}
        for key in keys:
            if (one := self._watched(key)) is not None:
                found[key] = one
                below = self._watched((one.id, one.before)) if one.before else None
                if below is not None:
                    found.setdefault(below.key, below)
        return tuple(found.values())

    def _watched(self, key: Key) -> Watched | None:
        record, published = self.record(key), self.published(key)
        if record is None or published is None:
            return None
        entry = self.registry.extensions[key[0]]
        below = (v for v in sorted(entry.versions, reverse=True) if v < key[1])
        secure = entry.extension.min_secure_version
        return Watched(
            *key, published, self.note(key),
            is_halted=record.halted,
            is_security=record.security or secure == key[1],
            is_newest=not any(self._is_out((key[0], v)) for v in entry.versions if v > key[1]),
            before=next((v for v in below if self._is_out((key[0], v))), None),
        )  # fmt: skip

    def _is_out(self, key: Key) -> bool:
        return self.record(key) is not None and self.published(key) is not None


@dataclass(frozen=True, slots=True)
class Observed:
    """What the logs said, and of which versions."""

    watched: tuple[Watched, ...]
    counted: Mapping[Key, Counted]
    lines: int  # that counted
    others: int  # that no client of ours wrote
    strangers: int  # about what the registry does not have
    unseen: (
        int  # versions that something was said of and that were not looked at: there are too many
    )


def observe_health(
    registry: Registry, state: State, lines: Iterable[LogLine], *, now: datetime
) -> Observed:
    """Return what `lines` say of the versions that are out.

    Raises:
        Refused: a file of the `state` branch is not one of ours.
    """
    rules = registry.policy.health
    shelf = Shelf(registry, state)
    count = Count(urlsplit(rules.beacon or "").path, shelf.find, first_moment(rules, now), now)
    count.add(lines)
    watched = shelf.watched(count.loudest(MOST))
    counted = {
        one.key: count.of(one.key, published=one.published, since=one.since) for one in watched
    }
    unseen = max(0, count.versions - MOST)
    return Observed(watched, counted, count.counted, count.others, count.strangers, unseen)


def first_moment(rules: HealthRules, now: datetime) -> datetime:
    """Return from when on lines are of interest: a day more than versions are judged, for who is before them."""
    return now - timedelta(days=rules.days + 1)
