"""Carries plans out: download, verify and unpack everything, then one switch for all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from devforge.adapters.archive import read_zip
from devforge.adapters.members import ArchiveMember
from devforge.errors import DevForgeError, Refused
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.updates.acts import Change, Disable, Enable, GoBack, Install, Remove, move_of
from devforge.updates.history import Act, By, Event
from devforge.updates.home import Home
from devforge.updates.installed import Installed, Record, Skipped, State
from devforge.updates.verify import stored_files, tree_hash

if TYPE_CHECKING:
    from devforge.model.index import ExtensionDocument, IndexedVersion, PackageFile
    from devforge.updates.index import (
        Index,  # with it come the keys and the web: nothing for a start
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done; for what was not, one sentence each."""

    done: tuple[Change, ...]
    failed: dict[ExtensionId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a package has come: first with nothing, then with each piece."""

    id: ExtensionId
    version: Version
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class _Ready:
    """A change whose files are here, and proven."""

    change: Install
    record: Record
    members: Sequence[ArchiveMember]


def apply_install(
    plan: Plan[Install],
    *,
    home: Home,
    index: Index,
    before: State,
    whole: bool,
    now: datetime,
    by: By = "person",
    progress: Callable[[Progress], object] = lambda _: None,
) -> Outcome:
    """Install or update what `plan` names. Everything is verified before the first is switched in.

    Args:
        before: the list the plan was made from.
        whole: True installs all or nothing; False leaves out what cannot be had, and what needs it.

    Raises:
        Refused, Unavailable, BadInput: nothing was changed.
    """
    _refuse(plan)
    ready, failed = [], {}
    for change in plan.changes:
        try:
            ready.append(_fetched(change, index, before, progress))
        except DevForgeError as error:
            if whole:
                raise
            failed[change.id] = str(error)
    _fail_dependents(plan.changes, failed, before)
    ready = [one for one in ready if one.change.id not in failed]
    if not ready:
        return Outcome((), failed)
    with home.changing():
        for one in ready:
            home.put(one.record.entry, one.members, one.record)
        _switch(home, before, [one.change for one in ready], {one.change.id: one.record.entry for one in ready}, now, by)  # fmt: skip
        home.sweep()
    return Outcome(tuple(one.change for one in ready), failed)


def apply_changes(
    plan: Plan[Change], *, home: Home, before: State, now: datetime, by: By = "person"
) -> Outcome:
    """Do what needs no download: remove, go back, disable, enable. One switch for all of it."""
    _refuse(plan)
    if not plan.changes:
        return Outcome(())
    with home.changing():
        _switch(home, before, plan.changes, {}, now, by)
        home.sweep()
    return Outcome(plan.changes)


def repair(home: Home, index: Index, entry: Installed) -> None:
    """Bring the files of an installed version into place again, from the registry.

    Raises:
        Refused: the registry has other bytes under this version now, or none; nothing was changed.
    """
    _, version = _still_there(index, entry)
    package = version.package_for(entry.platform or "")
    if package is None or package.sha256 != entry.package_sha256:
        raise Refused(f"{entry.label}: this registry has another package of it")
    members = read_zip(index.download(entry.id, version, package), name=f"{entry.label}.zip")
    if tree_hash(members) != entry.tree_sha256:
        raise Refused(f"{entry.label}: its files are not what was installed")
    with home.changing():
        home.put(entry, members, Record(entry=entry, files=stored_files(members)))


def move(home: Home, index: Index, entry: Installed, *, platform: str, now: datetime) -> None:
    """Put the package for `platform` in place of the same version's for another.

    Raises:
        Refused: the registry has none for it, or not this version any more; nothing was changed.
    """
    document, version = _still_there(index, entry)
    package = version.package_for(platform)
    if package is None:
        have = ", ".join(sorted(version.platforms))
        raise Refused(f"{entry.label}: has no package for {platform}, only for {have}")
    change = Install(
        document=document,
        version=version,
        package=package,
        requested=entry.requested,
        before=entry.version,
        platform=version.platform_of(platform),
    )
    plan = Plan(f"move {entry.label} to {platform}", (change,))
    apply_install(plan, home=home, index=index, before=home.state(), whole=True, now=now)


def _still_there(index: Index, entry: Installed) -> tuple[ExtensionDocument, IndexedVersion]:
    document = index.document(entry.id)
    versions = document.versions if document else ()
    version = next((v for v in versions if v.version == entry.version), None)
    if document is None or version is None:
        raise Refused(f"{entry.label}: this registry does not have it any more")
    return document, version


def note_run(
    home: Home, before: State, extension: ExtensionId, version: Version, *, now: datetime
) -> None:
    """Remember that a version started here: it is what an automatic way back may lead to."""
    entry = before.by_id.get(extension)
    if entry is None or entry.version != version or entry.has_run:
        return
    ran = replace(entry, has_run=True)
    others = tuple(e for e in before.extensions if e.id != extension)
    event = Event(
        change=0, when=_stamp(now), act="ran", id=extension, before=version, after=version
    )
    with home.changing():
        home.switch(before, replace(before, extensions=(*others, ran)), [event])


def _refuse(plan: Plan[Change] | Plan[Install]) -> None:
    if plan.refusals:
        raise Refused("; ".join(plan.refusals))


def _fetched(
    change: Install, index: Index, before: State, progress: Callable[[Progress], object]
) -> _Ready:
    name = f"{change.id}-{change.version.version}.zip"
    content = download(change.id, change.version, change.package, index, progress)
    members = read_zip(content, name=name)
    had = before.by_id.get(change.id)
    entry = Installed(
        id=change.id,
        version=change.version.version,
        engines=change.version.engines,
        tree_sha256=tree_hash(members),
        package_sha256=change.package.sha256,
        permissions=change.version.permissions,
        extension_dependencies=change.version.extension_dependencies,
        requested=change.requested or bool(had and had.requested),
        index=index.location,
        platform=change.platform,
        insisted=change.insisted,
    )
    return _Ready(change, Record(entry=entry, files=stored_files(members)), members)


def download(
    id: ExtensionId,
    version: IndexedVersion,
    package: PackageFile,
    index: Index,
    progress: Callable[[Progress], object],
) -> bytes:
    """Return a package, saying how far it is."""

    def told(done: int) -> None:
        progress(Progress(id, version.version, done, package.length))

    told(0)
    return index.download(id, version, package, told)


def _fail_dependents(
    changes: Iterable[Install], failed: dict[ExtensionId, str], before: State
) -> None:
    """What needs the new version of something that failed fails with it; so does what it replaces."""
    changes = tuple(changes)
    after = {id: entry.version for id, entry in before.by_id.items()}
    again = True
    while again and failed:
        again = False
        held = after | {c.id: c.version.version for c in changes if c.id not in failed}
        for change in changes:
            needs = change.version.extension_dependencies.items()
            lacking = next((d for d, r in needs if d in failed and (d not in held or not r.admits(held[d]))), None)  # fmt: skip
            users = [e for e in before.extensions if change.id in e.extension_dependencies and e.id in failed]  # fmt: skip
            left = next((e for e in users if not e.extension_dependencies[change.id].admits(change.version.version)), None)  # fmt: skip
            if change.id not in failed and (lacking or left):
                other = lacking or (left and left.id)
                failed[change.id] = f"left as it was, because {other} could not be updated with it"
                again = True


def _switch(home: Home, before: State, changes: Iterable[Change], new: dict[ExtensionId, Installed], now: datetime, by: By) -> None:  # fmt: skip
    entries, skipped, events = before.by_id, dict(before.skipped), []
    for change in changes:
        match change:
            case Install():
                entries[change.id] = _as_it_was(new[change.id], entries.get(change.id))
                if change.id in skipped and skipped[change.id].version <= change.version.version:
                    del skipped[change.id]
            case GoBack():
                _go_back(change, entries, skipped, now)
            case Remove():
                entries.pop(change.id, None)
            case Disable():
                entries[change.id] = replace(
                    entries[change.id],
                    enabled=False,
                    disabled_by=change.by,
                    disabled_because=change.why,
                )
            case Enable():
                entries[change.id] = replace(
                    entries[change.id], enabled=True, disabled_by=None, disabled_because=""
                )
        events.append(_event(change, now, by))
    after = replace(before, extensions=tuple(entries.values()), skipped=skipped)
    home.switch(before, after, events)


def _as_it_was(entry: Installed, had: Installed | None) -> Installed:
    """What a person switched off stays off, whatever version it is at."""
    if had is None or had.enabled or had.disabled_by != "person":
        return entry
    return replace(
        entry, enabled=False, disabled_by="person", disabled_because=had.disabled_because
    )


def _go_back(
    change: GoBack,
    entries: dict[ExtensionId, Installed],
    skipped: dict[ExtensionId, Skipped],
    now: datetime,
) -> None:
    """Put the former version in its place, and remember from which one it was gone back."""
    had = entries.get(change.id)
    entry = change.record.entry
    if had:
        entry = replace(entry, requested=had.requested)
    entry = replace(entry, insisted=change.by == "person")
    entries[change.id] = _as_it_was(entry, had)
    if change.before is None or change.before <= change.record.entry.version:
        return
    day = _stamp(now)[:10]
    reason = f"did not start on {day}" if change.by == "health" else f"was gone back from on {day}"
    old = skipped.get(change.id)
    if old is None or old.version < change.before:
        skipped[change.id] = Skipped(version=change.before, reason=reason, when=_stamp(now))


_ACTS: dict[type[Change], Act] = {Install: "install", GoBack: "rollback", Remove: "remove", Disable: "disable", Enable: "enable"}  # fmt: skip


def _event(change: Change, now: datetime, by: By) -> Event:
    before, after = move_of(change)
    act = "update" if isinstance(change, Install) and before else _ACTS[type(change)]
    why = change.why if isinstance(change, GoBack | Disable) else ""
    by = change.by if isinstance(change, GoBack | Disable) else by
    return Event(
        change=0,
        when=_stamp(now),
        act=act,
        id=change.id,
        before=before,
        after=after,
        by=by,
        why=why,
    )


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
