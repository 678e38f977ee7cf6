"""Tells a lost list of what is installed from the history and the versions' own records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from devforge.model.names import ExtensionId
from devforge.updates.admission import is_malicious
from devforge.updates.history import Event
from devforge.updates.installed import Installed, Record, Skipped, State
from devforge.updates.lists import Lists


def rebuild(events: Iterable[Event], records: Sequence[Record], *, lists: Lists) -> State:
    """Return the list as it was; without a history, with the newest version of each that is here.

    What `lists` call malicious is disabled, whatever the history remembers.
    """
    events = sorted(events, key=lambda event: event.change)
    entries = {}
    for id in sorted({record.entry.id for record in records}):
        own = [event for event in events if event.id == id]
        record = _last(own, [record for record in records if record.entry.id == id])
        if record:
            entries[id] = _unless_malicious(_as_noted(record.entry, own), lists)
    return State(
        change=max((event.change for event in events), default=0) + 1,
        extensions=tuple(entries.values()),
        skipped=_gone_back_from(events),
    )


def _unless_malicious(entry: Installed, lists: Lists) -> Installed:
    listed = is_malicious(lists, entry.id, entry.version)
    if listed is None:
        return entry
    why = f"the registry calls it malicious: {listed.reason}"
    return replace(entry, enabled=False, disabled_by="registry", disabled_because=why)


def _last(own: Sequence[Event], records: Sequence[Record]) -> Record | None:
    """Return the record of what was in use last; without a history, of the newest version."""
    moves = [event for event in own if event.act in ("install", "update", "rollback", "remove")]
    if moves and moves[-1].act == "remove":
        return None
    by_version = {record.entry.version: record for record in records}
    if moves and moves[-1].after in by_version:
        return by_version[moves[-1].after]
    return by_version[max(by_version)] if by_version else None


def _as_noted(entry: Installed, own: Sequence[Event]) -> Installed:
    switched = [event for event in own if event.act in ("disable", "enable")]
    moves = [event for event in own if event.act in ("install", "update", "rollback")]
    moved = moves[-1].change if moves else 0
    if moves and moves[-1].act == "rollback":
        entry = replace(entry, insisted=moves[-1].by == "person")
    if not switched or switched[-1].act == "enable":
        return entry
    last = switched[-1]
    if last.change < moved and last.by != "person":
        return entry
    return replace(entry, enabled=False, disabled_by=last.by, disabled_because=last.why)


def _gone_back_from(events: Sequence[Event]) -> dict[ExtensionId, Skipped]:
    found: dict[ExtensionId, Skipped] = {}
    for event in events:
        before, after = event.before, event.after
        if event.act == "rollback" and before and after and before > after:
            reason = f"was gone back from on {event.when[:10]}"
            found[event.id] = Skipped(version=before, reason=reason, when=event.when)
        elif event.act in ("install", "update") and event.id in found and after and after >= found[event.id].version:  # fmt: skip
            del found[event.id]
    return found
