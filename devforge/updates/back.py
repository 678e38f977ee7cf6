"""Decides how to go back: what a person asks for, and what a version that does not start leads to. Pure.

Source: attack table B13: an automatic way back leads only to what this install ran itself, and never
to a version with a known hole or a malicious one; then the extension is disabled instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from devforge.errors import BadInput
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.updates.acts import Disable, GoBack, Remove
from devforge.updates.admission import is_malicious
from devforge.updates.config import Config
from devforge.updates.history import Event, last_run, previous, versions_at
from devforge.updates.installed import Installed, Record
from devforge.updates.rollout import parse_time
from devforge.updates.similar import not_installed

if TYPE_CHECKING:
    from devforge.updates.known import Known

Kept = Callable[[ExtensionId, Version], Record | None]


@dataclass(frozen=True, slots=True)
class Past:
    """What there is to go back with."""

    installed: Mapping[ExtensionId, Installed]
    events: Iterable[Event]
    kept: Kept  # the record of a version whose files are still here, and whole
    known: Known | None  # None: damaged, so that nothing is known to be safe
    config: Config = field(default_factory=Config)
    devforge: Version | None = None


def plan_rollback(
    extension: ExtensionId, *, to: Version | None, past: Past
) -> Plan[GoBack | Remove]:
    """Return how to take one extension back: to `to`, or to the version before the present one.

    Raises:
        BadInput: it is not installed, or there was none before.
    """
    entry = past.installed.get(extension)
    target = to or previous(extension, events=past.events)
    if entry is None and target is None:
        raise BadInput(
            f"{not_installed(extension, past.installed)}; this home does not remember it either"
        )
    if target is None:
        raise BadInput(f"{extension}: {entry and entry.version} is the first version this home had")
    return _to({extension: target}, f"rollback {extension}", past)


def plan_rollback_to(
    moment: datetime, *, only: ExtensionId | None, past: Past
) -> Plan[GoBack | Remove]:
    """Return how to make everything, or one extension, as it was at `moment`.

    Raises:
        BadInput: this home's history does not reach back so far.
    """
    events = list(past.events)
    begun = min((when for e in events if (when := parse_time(e.when))), default=None)
    if begun is None or moment < begun:
        since = f" before {events[0].when}" if begun else " yet"
        raise BadInput(
            f"nothing was installed here{since}; `devforge remove` takes out what you name"
        )
    now = {id: entry.version for id, entry in past.installed.items()}
    held = versions_at(moment, events=events, now=now)
    names = {only} if only else {*held, *now}
    targets: dict[ExtensionId, Version | None] = {
        id: held.get(id) for id in sorted(names) if held.get(id) != now.get(id)
    }
    notes = []
    for id in [id for id in targets if past.config.policy_of(id) == "pinned" and id in now]:
        del targets[id]
        notes.append(f"keep     {id} {now[id]}   pinned")
    title = f"rollback {only or 'everything'} to {moment.isoformat(timespec='seconds')}"
    plan = _to(targets, title, past)
    return Plan(title, plan.changes, (*notes, *plan.notes), plan.refusals)


def plan_recovery(
    extension: ExtensionId, version: Version, *, past: Past
) -> Plan[GoBack | Disable]:
    """Return what to do about a version that did not start: back to what last ran here, or disable."""
    title = f"recover {extension} {version}"
    entry = past.installed.get(extension)
    if entry is None or entry.version != version or not entry.enabled:
        return Plan(title, (), (f"ignored  {extension} {version}   not what is loaded now",))
    target = last_run(extension, events=past.events, but=version)
    against = "no other version ever ran here" if target is None else None
    record = past.kept(extension, target) if target else None
    if target and record is None:
        against = f"the files of {target} are no longer whole"
    if target and against is None:
        against = _unsafe(extension, target, past)
    if record is None or against:
        why = f"it does not start, and there is no way back: {against}"
        return Plan(title, (Disable(extension, version, why, by="health"),))
    broken = _broken({extension: record}, frozenset(), past)
    if broken:
        why = f"it does not start, and there is no way back: {broken[0]}"
        return Plan(title, (Disable(extension, version, why, by="health"),))
    return Plan(title, (GoBack(extension, record, version, "health", f"{version} does not start"),))


def plan_recall(*, installed: Mapping[ExtensionId, Installed], known: Known) -> Plan[Disable]:
    """Return what to disable at once because the registry calls it malicious, pinned or not."""
    changes = []
    for entry in sorted(installed.values(), key=lambda e: e.id):
        listed = is_malicious(known.lists, entry.id, entry.version)
        if listed and entry.enabled:
            why = f"the registry calls it malicious: {listed.reason}"
            changes.append(Disable(entry.id, entry.version, why, by="registry"))
    return Plan("recall", tuple(changes))


def _to(targets: Mapping[ExtensionId, Version | None], title: str, past: Past) -> Plan[GoBack | Remove]:  # fmt: skip
    changes: list[GoBack | Remove] = []
    notes, refusals, records = [], [], {}
    for id, target in targets.items():
        entry = past.installed.get(id)
        if target is None:
            changes += [Remove(id, entry.version)] if entry else []
            continue
        if entry and entry.version == target:
            notes.append(f"keep     {entry.label}   already installed")
            continue
        record = past.kept(id, target)
        refusal = _unsafe(id, target, past)
        if record is None and refusal is None:
            had = any(e.id == id and target in (e.before, e.after) for e in past.events)
            why = "its files are no longer kept whole" if had else "was never installed here"
            refusal = f"{why}; `devforge install {id} --version {target}` fetches it"
        if refusal or record is None:
            refusals.append(f"{id} {target}: {refusal}")
            continue
        records[id] = record
        changes.append(GoBack(id, record, entry.version if entry else None))
    going = frozenset(id for id, target in targets.items() if target is None)
    refusals += _broken(records, going, past)
    return Plan(title, tuple(changes), tuple(notes), tuple(refusals))


def _unsafe(id: ExtensionId, version: Version, past: Past) -> str | None:
    """Why nobody should run that version again."""
    if past.known is None:
        return "known.json is damaged, so it is not known to be safe; `devforge outdated` learns it anew"
    if listed := is_malicious(past.known.lists, id, version):
        return f"the registry calls it malicious: {listed.reason}"
    least = past.known.least(id)
    if least and version < least:
        return f"it has a known hole; {least} is the oldest version that is safe"
    record = past.kept(id, version)
    if record and past.devforge and not record.entry.engines.admits(past.devforge):
        return f"it needs Dev Forge {record.entry.engines}, this is {past.devforge}"
    return None


def _broken(records: Mapping[ExtensionId, Record], going: frozenset[ExtensionId], past: Past) -> list[str]:  # fmt: skip
    """What would not go together any more; what does not go together now is not held against it."""
    after = {id: e for id, e in past.installed.items() if id not in going}
    after |= {id: record.entry for id, record in records.items()}
    found = []
    for entry in after.values():
        for needed, range_ in entry.extension_dependencies.items():
            if entry.id not in records and needed not in records and needed not in going:
                continue
            there = after.get(needed)
            if there is None or not range_.admits(there.version):
                what = (
                    f"{needed} would be {there.version}" if there else f"{needed} would be absent"
                )
                found.append(f"{entry.label} needs {needed} {range_}, and {what}")
    return found
