"""Brings the signed index up to what records and releases say now: as little of it as has changed.

What changed is compared with what the index was made from, so a run that was lost or killed is made
up by the next. Where that is not known, or a rule or the code changed, all of it is built.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.git import Objects
from devforge.adapters.registry import read_registry_part, read_registry_tree
from devforge.errors import BadInput, DevForgeError
from devforge.model.advisories import Advisory
from devforge.model.fields import Misfits, from_json
from devforge.model.generation import MadeFrom
from devforge.model.index import LISTS, ListEntry, ListName, StateList
from devforge.model.layout import ADVISORIES, ROOT
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.reading import read_record
from devforge.publish.guard import refuse_missing
from devforge.publish.index import build_index, update_index
from devforge.publish.layout import TIMESTAMP
from devforge.publish.listing import read_documents
from devforge.publish.observe import Observed
from devforge.publish.place import Place, place_at
from devforge.publish.present import PresentIndex
from devforge.publish.resign import Freshness, resign
from devforge.publish.revision import Floor, Signing
from devforge.publish.since import touched_by
from devforge.publish.states import extensions_in
from devforge.publish.words import counted

_ENGINE = "devforge"
_ADVISORIES = f"{ROOT}/{ADVISORIES}/"
_LISTS_ROLE = "lists"
_LOG = "changes/"
_Done = tuple[str, tuple[str, ...], tuple[str, ...]]  # what was done, written and removed


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing the index up to date did."""

    what: str
    written: tuple[str, ...]
    removed: tuple[str, ...]
    floor: Floor
    freshness: Freshness

    @property
    def is_changed(self) -> bool:
        """Whether any file differs from what was there."""
        return bool(self.written or self.removed)

    @property
    def says_other(self) -> bool:
        """Whether it says other things than before, and not only for longer: then its log grew."""
        return any(path.startswith(_LOG) for path in self.written)

    def __str__(self) -> str:
        role, moment = self.freshness.expires[0]
        files = f"{counted(len(self.written), 'file')} new or changed, {len(self.removed)} removed"
        return (
            f"index: {self.what}\ngeneration {self.floor.generation}: {files}; the first signature "
            f"to expire is that of {role}, on {moment:%Y-%m-%d}"
        )


def made_from(observed: Observed) -> MadeFrom:
    """Return from what an index is made that is brought up to date now."""
    code = observed.registry.entry(observed.head, _ENGINE)
    return MadeFrom(
        registry=observed.head, state=observed.state.tip, engine=code.blob if code else None
    )


def bring_up_to_date(
    observed: Observed, out: Path | Place, by: Signing, before: MadeFrom | None
) -> Brought:
    """Make the index in `out`, a directory or another place, say what is true now; renew signatures.

    Raises:
        Refused: it would lose more than the policy allows; nothing is written then.
        BadInput: what is in `out` is damaged or not signed by a key of ours.
    """
    policy, out = observed.policy(), place_at(out)
    changed = _changed(observed, out, before)
    if changed is None:
        what, written, removed = _build(observed, out, policy, by)
    elif changed:
        what, written, removed = _update(observed, changed, out, policy, by)
    else:
        what, written, removed = "nothing it says has changed", (), ()
    fresh = resign(out, policy, by)
    return Brought(what, (*written, *fresh.written), (*removed, *fresh.removed), fresh.floor, fresh)


def _build(observed: Observed, out: Place, policy: Policy, by: Signing) -> _Done:
    # The records are not held any longer than it takes to make documents of them.
    said = read_documents(observed, read_registry_tree(observed.registry, observed.head))
    refuse_missing(
        listed=sum(len(document.versions) for document in said.documents),
        released=said.released,
        keep_percent=policy.publishing.keep_percent,
    )
    report = build_index(
        said.documents, out, policy, by, lists=said.lists, withdrawn=said.withdrawn
    )
    what = f"{counted(report.extensions, 'extension')}, all of it built"
    return what, report.written, report.removed


def _update(
    observed: Observed, changed: Collection[ExtensionId], out: Place, policy: Policy, by: Signing
) -> _Done:
    registry = read_registry_part(observed.registry, observed.head, changed)
    said = read_documents(observed, registry, changed)
    gone = set(changed) - {document.id for document in said.documents}
    lists = _merged(PresentIndex(out, by.trust), changed, said.lists)
    report = update_index(
        said.documents, out, policy, by, gone=gone, lists=lists, withdrawn=said.withdrawn
    )
    named = ", ".join(map(str, sorted(changed)[:10]))
    return f"{counted(len(changed), 'extension')} looked at: {named}", report.written, ()


def _merged(
    present: PresentIndex, changed: Collection[ExtensionId], now: Mapping[ListName, StateList]
) -> Mapping[ListName, StateList]:
    """Return the lists with what they say of the changed extensions replaced."""
    targets = present.targets(_LISTS_ROLE)
    made: dict[ListName, StateList] = {}
    present.bring_targets((name, at) for name, at in targets.items() if name.startswith("lists/"))
    for name in LISTS:
        target = f"lists/{name}.json"
        held = StateList()
        if target in targets:
            held = _parsed(present.content(target, targets[target]), target)
        entries: dict[ExtensionId, ListEntry] = {
            id: said for id, said in held.entries.items() if id not in changed
        }
        entries |= now[name].entries
        made[name] = StateList(entries={id: entries[id] for id in sorted(entries)})
    return made


def _parsed(content: bytes, target: str) -> StateList:
    try:
        return from_json(StateList, content)
    except Misfits as error:
        raise BadInput(f"{target}: cannot be read as a list: {error}") from error


def _changed(
    observed: Observed, out: Place, before: MadeFrom | None
) -> Collection[ExtensionId] | None:
    """Return which extensions differ from what the index was made from; None: look at all."""
    now = made_from(observed)
    if before is None or before.engine != now.engine or not out.has(TIMESTAMP):
        return None
    objects = observed.registry
    try:
        records = _paths(objects, before.registry, now.registry)
        remembered = _paths(objects, before.state, now.state)
    except DevForgeError:
        return None  # the commit is gone: somebody wrote history anew
    advisories = [path for path in records if path.startswith(_ADVISORIES)]
    advised = _advised(objects, (before.registry, now.registry), advisories)
    others = [path for path in records if not path.startswith(_ADVISORIES)]
    touched = touched_by(others, remembered)
    if advised is None or touched is None:
        return None
    theirs = (observed.recorded(developer) for developer in touched.developers)
    return touched.extensions | advised | {id for found in theirs for id, _ in found}


def _advised(
    objects: Objects, commits: tuple[str, str], paths: Collection[str]
) -> frozenset[ExtensionId] | None:
    """Return which extensions changed advisories were about, or are; None where one cannot be read."""
    found: set[ExtensionId] = set()
    for path in paths:
        for commit in commits:
            try:
                content = objects.read(commit, path)
                if content is not None:
                    found |= extensions_in(read_record(content, Advisory, file=path))
            except DevForgeError:
                return None
    return frozenset(found)


def _paths(objects: Objects, old: str | None, new: str | None) -> list[str]:
    if old == new:
        return []
    if old is None or new is None:
        raise BadInput("there was no such branch")
    for commit in (old, new):
        if not objects.has(commit):
            objects.fetch("origin", commit, depth=1)
    return [change.path for change in objects.changes(old, new)]
