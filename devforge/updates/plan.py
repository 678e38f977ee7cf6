"""Decides what to install, update and remove. Pure: the caller brings documents and the home's list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from devforge.errors import BadInput
from devforge.model.index import IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.updates.acts import Install, Remove
from devforge.updates.admission import PASSES_BY_WAITING, Asked, Circumstances, needed_by, obstacle
from devforge.updates.candidates import Candidates, Lookup, kept
from devforge.updates.installed import Installed
from devforge.updates.resolve import Candidate, NoSolution, Solution, resolve
from devforge.updates.schedule import is_open
from devforge.updates.similar import meant
from devforge.updates.standing import Standing, is_held, is_pinned, newest_first, standing

Mode = Literal["person", "now", "schedule"]


def plan_install(
    extensions: Iterable[ExtensionId],
    *,
    exact: Mapping[ExtensionId, Version],
    here: Circumstances,
    lookup: Lookup,
    installed: Mapping[ExtensionId, Installed],
) -> Plan[Install]:
    """Return what to install so that each of `extensions` works, with what they depend on.

    Args:
        exact: those of which exactly one version is wanted, even an older one.

    Raises:
        NoSolution: nothing fits, with the reasons.
    """
    wanted = tuple(dict.fromkeys(extensions))
    candidates = Candidates(lookup, installed, here, dict.fromkeys(wanted, "install"), exact)
    found = _resolve(wanted, candidates)
    notes = [_kept_note(id, installed[id], found) for id, c in found.chosen.items() if c.is_kept]
    changes = _changes(found, lookup, installed, here, requested=frozenset(wanted), exact=exact)
    notes += [*_newer(changes, exact, here), *_warnings(changes, here)]
    return Plan("install " + " ".join(map(str, wanted)), changes, tuple(notes))


def plan_update(
    extensions: tuple[ExtensionId, ...] | None,
    *,
    mode: Mode,
    here: Circumstances,
    lookup: Lookup,
    installed: Mapping[ExtensionId, Installed],
) -> Plan[Install]:
    """Return what to update: each to the newest version it may have, as far as they go together.

    Args:
        extensions: None for all, which leaves out what is pinned, held or disabled.
        mode: `now` waits for neither roll-out nor cooldown; `schedule` makes no update that its
            owner did not allow to be made unasked.

    Raises:
        BadInput: one of `extensions` is not installed.
    """
    asked: Asked = "now" if mode == "now" else "update"
    names = tuple(sorted(installed)) if extensions is None else extensions
    title = "update" + "".join(f" {id}" for id in extensions or ())
    notes, wanted = [], []
    if absent := [id for id in names if id not in installed]:
        raise BadInput("; ".join(_not_here(id, installed) for id in absent))
    for id in names:
        entry, document = installed[id], lookup(id)
        if document is None:
            notes.append(f"keep     {entry.label}   this registry does not have it")
            continue
        stands = standing(document, entry, asked=asked, here=here)
        stays = _stays(entry, stands, mode, here, named=extensions is not None)
        if stays:
            notes.append(f"keep     {entry.label}   {stays}")
            continue
        if stands.obstacle and stands.newest:
            notes.append(f"wait     {id} {stands.newest.version}   {stands.obstacle.why}")
        if stands.offered:
            wanted.append(id)
    if mode == "schedule" and wanted and here.config.metered:
        return Plan(title, (), (*notes, f"wait     {_count(wanted)}   `metered` is on"))
    if mode == "schedule" and wanted and not is_open(here.config.windows, here.now):
        windows = "; ".join(map(str, here.config.windows))
        return Plan(title, (), (*notes, f"wait     {_count(wanted)}   until {windows}"))
    changes, kept_back = _together(tuple(wanted), asked, here, lookup, installed)
    notes += [*kept_back, *_warnings(changes, here)]
    return Plan(title, changes, tuple(notes))


def _not_here(id: ExtensionId, installed: Iterable[ExtensionId]) -> str:
    near = meant(id, installed) or f"; `devforge install {id}` does that"
    return f"{id} is not installed{near}"


def plan_remove(
    extensions: Iterable[ExtensionId], *, installed: Mapping[ExtensionId, Installed]
) -> Plan[Remove]:
    """Return what to take out; refuses while another extension that stays depends on it."""
    wanted = tuple(dict.fromkeys(extensions))
    notes = [
        f"absent   {e}   not installed{meant(e, installed)}" for e in wanted if e not in installed
    ]
    refusals = [
        f"{e} is needed by {other.id}; remove that first, or both at once"
        for e in wanted
        for other in installed.values()
        if e in other.extension_dependencies and e in installed and other.id not in wanted
    ]
    changes = tuple(Remove(e, installed[e].version) for e in wanted if e in installed)
    orphans = [
        f"unused   {other.label}   came because another needed it; `devforge remove {other.id}`"
        for other in installed.values()
        if not other.requested and other.id not in wanted and _only_needed_by(other.id, wanted, installed)
    ]  # fmt: skip
    title = "remove " + " ".join(map(str, wanted))
    return Plan(title, changes, (*notes, *orphans), tuple(refusals))


def _stays(
    entry: Installed, stands: Standing, mode: Mode, here: Circumstances, *, named: bool
) -> str | None:
    """Why this extension is not updated at all; None where it may be, or nothing is newer."""
    newest = stands.newest or stands.offered
    if newest is None:
        return None
    out = f"{newest.version} is {'out' if stands.newest else 'to be run in its place'}"
    if stands.obstacle and not stands.offered:
        out = f"{newest.version} {stands.obstacle.why}"
    if is_pinned(here, entry.id):
        return f"pinned; {out}"
    if not named and is_held(here, entry.id):
        return f"held; {out}"
    if not named and not entry.enabled:
        return f"disabled; {out}"
    if mode == "schedule" and stands.offered:
        return _needs_a_person(entry, stands.offered, here)
    return None


def _needs_a_person(entry: Installed, offered: IndexedVersion, here: Circumstances) -> str | None:
    if here.config.policy_of(entry.id) == "notify":
        return f"you want to be asked; {offered.version} is out"
    more = _asks_for_more(entry, offered)
    return f"{offered.version} {more}, which a person decides" if more else None


def _asks_for_more(entry: Installed, offered: IndexedVersion) -> str | None:
    """New power is never taken unasked. Source: attack A10, sleepers that add it by an update."""
    more = [str(p) for p in offered.permissions if p not in entry.permissions]
    if more:
        return f"asks for {', '.join(more)}"
    new = sorted(offered.extension_dependencies.keys() - entry.extension_dependencies.keys())
    return f"also needs {', '.join(map(str, new))}" if new else None


def _together(
    wanted: tuple[ExtensionId, ...],
    asked: Asked,
    here: Circumstances,
    lookup: Lookup,
    installed: Mapping[ExtensionId, Installed],
) -> tuple[tuple[Install, ...], list[str]]:
    """Return the updates that go together, and for each that had to stay, why."""
    if not wanted:
        return (), []
    candidates = Candidates(lookup, installed, here, dict.fromkeys(wanted, asked))
    found = _resolve(wanted, candidates)
    notes = []
    for id in wanted:
        if found.chosen[id].is_kept:
            alone = Candidates(lookup, installed, here, {id: asked}, must_move=frozenset({id}))
            try:
                _resolve((id,), alone)
                why = "it does not go with the other updates"
            except NoSolution as error:
                document = lookup(id)
                stands = (
                    standing(document, installed[id], asked=asked, here=here) if document else None
                )
                offered = stands.offered if stands else None
                by = needed_by(id, offered.version, installed.values()) if offered else None
                why = by or str(error).replace("\n", "\n    ")
            notes.append(f"keep     {installed[id].label}   {why}")
    requested = frozenset(id for id, entry in installed.items() if entry.requested)
    return _changes(found, lookup, installed, here, requested=requested), notes


def _resolve(wanted: tuple[ExtensionId, ...], candidates: Candidates) -> Solution:
    present: dict[ExtensionId, Candidate] = {
        id: kept(entry) for id, entry in candidates.installed.items()
    }
    return resolve(wanted, domain=candidates.domain, installed=present)


def _changes(
    found: Solution,
    lookup: Lookup,
    installed: Mapping[ExtensionId, Installed],
    here: Circumstances,
    *,
    requested: frozenset[ExtensionId],
    exact: Mapping[ExtensionId, Version] | None = None,
) -> tuple[Install, ...]:
    """Return the changes, what is needed before what needs it."""
    changes = []
    for id, candidate in reversed(list(found.chosen.items())):
        document, entry = lookup(id) if candidate.offer else None, installed.get(id)
        package = candidate.offer.package_for(here.platform) if candidate.offer else None
        if candidate.offer is None or document is None or package is None:
            continue
        before = entry.permissions if entry else ()
        changes.append(
            Install(
                document=document,
                version=candidate.offer,
                package=package,
                requested=id in requested or bool(entry and entry.requested),
                before=entry.version if entry else None,
                gains=tuple(p for p in candidate.offer.permissions if p not in before),
                platform=candidate.offer.platform_of(here.platform),
                insisted=id in (exact or {}),
            )
        )
    return tuple(changes)


def _newer(
    changes: Iterable[Install], exact: Mapping[ExtensionId, Version], here: Circumstances
) -> list[str]:
    """Return what is newer than what is installed now, and why it is not that."""
    notes = []
    for change in changes:
        newest = next(
            (v for v in newest_first(change.document) if not v.version.is_prerelease), None
        )
        if newest is None or change.id in exact:
            continue
        against = obstacle(change.document, newest, asked="install", here=here, have=change.before)
        label = f"{change.id} {newest.version}"
        if newest.version > change.version.version:
            why = (
                against.why if against else "does not go with what is installed, or with the others"
            )
            notes.append(f"wait     {label}   {why}")
        elif against and against.kind in PASSES_BY_WAITING:
            notes.append(f"early    {label}   {against.why}; there is no other for you")
    return notes


def _kept_note(id: ExtensionId, entry: Installed, found: Solution) -> str:
    by = found.because.get(id)
    why = f"{by} needs it" if by else "already installed"
    off = "" if entry.enabled else f"; it is disabled, `devforge enable {id}` has it loaded"
    return f"keep     {id} {entry.version}   {why}{off}"


def _warnings(changes: Iterable[Install], here: Circumstances) -> list[str]:
    notes = []
    for change in changes:
        label = f"{change.id} {change.version.version}"
        if change.version.yanked:
            notes.append(f"warning  {label} was withdrawn: {change.version.yanked.sentence}")
        if change.version.halted:
            notes.append(f"warning  {label} is halted: the registry gives it to nobody for now")
        listed = here.lists.deprecated.get(change.id)
        if listed:
            notes.append(f"warning  {change.id} is no longer cared for: {listed.sentence}")
    return notes


def _only_needed_by(
    id: ExtensionId,
    going: tuple[ExtensionId, ...],
    installed: Mapping[ExtensionId, Installed],
) -> bool:
    users = [other.id for other in installed.values() if id in other.extension_dependencies]
    return bool(users) and all(user in going for user in users)


def _count(wanted: Sequence[ExtensionId]) -> str:
    return f"{len(wanted)} update{'' if len(wanted) == 1 else 's'}"
