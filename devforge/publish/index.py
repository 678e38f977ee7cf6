"""Writes the signed index: the same bytes for the same input, and only the files that differ.

A whole build reads and writes every extension. An update touches the documents that changed, their
bins, search shards and summaries, however large the registry is. Both list the same. The timestamp is
replaced last, so a reader sees the index before or the index after; files of the index before stay
for a while, for clients that read its timestamp a moment ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devforge.errors import BadInput
from devforge.model.collector import collector_paused
from devforge.model.index import LISTS, Change, ExtensionDocument, ListName, StateList
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.publish import layout
from devforge.publish.guard import Listed, Losses
from devforge.publish.layout import EXTENSIONS, PACKAGES, File, Targets
from devforge.publish.place import Place, place_at
from devforge.publish.present import PresentIndex
from devforge.publish.pruning import prune_index
from devforge.publish.revision import Floor, Revision, Signing, Written
from devforge.publish.words import counted


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What writing an index did. `floor` are the versions that stand now; they never fall."""

    extensions: int
    written: tuple[str, ...]
    floor: Floor
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"{counted(self.extensions, 'extension')} in generation {self.floor.generation} of the "
            f"index: {counted(len(self.written), 'file')} new or changed, {len(self.removed)} removed"
        )


def build_index(
    documents: Iterable[ExtensionDocument],
    out: Path | Place,
    policy: Policy,
    by: Signing,
    *,
    lists: Mapping[ListName, StateList] = {},
    withdrawn: Collection[Listed] = (),
) -> IndexReport:
    """Make `out`, a directory or another place, the index of exactly `documents` and `lists`, whatever was there.

    Raises:
        Refused: `out` holds an index, and more of it than `policy` allows would go without being
            in `withdrawn`. Nothing is written then.
    """
    place = place_at(out)
    with place.only_writer(), collector_paused():
        return _built(documents, place, policy, by, lists=lists, losses=Losses(withdrawn))


def _built(
    documents: Iterable[ExtensionDocument],
    place: Place,
    policy: Policy,
    by: Signing,
    *,
    lists: Mapping[ListName, StateList],
    losses: Losses,
) -> IndexReport:
    """Do it. What it held is let go of when it ends, before the collector looks again."""
    draft = _Draft.of(place, policy, by, losses)
    draft.begin_whole()
    for document in documents:
        draft.add(document)
    draft.compare()
    losses.refuse(policy.publishing.keep_percent)
    draft.put_lists({name: lists.get(name, StateList()) for name in LISTS})
    written = draft.revision.write()
    replaced = draft.present.timestamp is not None
    removed = prune_index(place, by.trust, by.now, whole=True) if replaced else ()
    return _report(draft, written, removed)


def update_index(
    changed: Iterable[ExtensionDocument],
    out: Path | Place,
    policy: Policy,
    by: Signing,
    *,
    gone: Collection[ExtensionId] = (),
    lists: Mapping[ListName, StateList] = {},
    withdrawn: Collection[Listed] = (),
) -> IndexReport:
    """Put `changed` and `lists` into the index at `out`; leave everything else as it is.

    Args:
        gone: extensions that are no longer listed.

    Raises:
        BadInput: there is no sound index at `out`, or its bins are divided otherwise.
        Refused: a changed document lost a version that is not in `withdrawn`.
    """
    place, documents = place_at(out), tuple(changed)
    with place.only_writer():
        draft = _Draft.of(place, policy, by, Losses(withdrawn))
        draft.refuse_unlike()
        draft.bring([*(document.id for document in documents), *gone])
        for document in documents:
            draft.read_old(document.id, document)
            draft.add(document)
        for id in gone:
            draft.read_old(id)
        draft.compare()
        draft.losses.refuse(keep_percent=100)
        draft.put_lists(lists)
        return _report(draft, draft.revision.write())


def _report(draft: _Draft, written: Written, removed: tuple[str, ...] = ()) -> IndexReport:
    return IndexReport(draft.added, written.files, written.floor, removed)


@dataclass(slots=True)
class _Draft:
    """What a revision is to list, gathered document by document; one that stays as it is is not held.

    Attributes:
        before: documents that are listed at present, and were not added again so far.
        replaced: those of them that were, and say something else now.
    """

    revision: Revision
    present: PresentIndex
    bits: Mapping[str, int]
    by: Signing
    losses: Losses
    added: int = 0
    before: Targets = field(default_factory=dict)
    replaced: dict[str, tuple[File, ExtensionDocument]] = field(default_factory=dict)
    _changed: dict[str, File | None] = field(default_factory=dict)  # None: it is gone
    _kept: set[str] = field(default_factory=set)  # packages that the index lists as they are
    # search shard or summary → id → what it says of it
    shards: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    summaries: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, place: Place, policy: Policy, by: Signing, losses: Losses) -> _Draft:
        present = PresentIndex(place, by.trust)
        config = by.trust.config
        bits = {EXTENSIONS: config.extension_bits, PACKAGES: config.package_bits}
        revision = Revision(present, by, policy.publishing.signing)
        return cls(revision, present, bits, by, losses)

    def begin_whole(self) -> None:
        """Have every bin list nothing yet, and every document that is listed at present be `before`."""
        for name in layout.online_roles(self.by.trust.config):
            self.revision.roles[name] = {}
        self.present.bring_roles([*self.revision.roles, *self.present.bins])
        for name in self.present.bins:
            if name.startswith(EXTENSIONS) and self.present.has(name):
                self.before |= self.present.targets(name)

    def refuse_unlike(self) -> None:
        """Raise `BadInput` unless there is an index that this one can be a small change of."""
        first = {layout.bins_of(prefix, bits)[-1] for prefix, bits in self.bits.items()}
        timestamp = self.present.timestamp
        if timestamp is None or not first <= self.present.versions.keys():
            bins = 1 << self.bits[EXTENSIONS]
            raise BadInput(f"{self.present.place}: holds no index of {bins} bins; build it whole")
        if self.by.online.public_key.keyid not in timestamp.keyids:
            raise BadInput(
                f"{self.present.place}: is signed by an earlier online key; build it whole"
            )

    def bring(self, ids: Iterable[ExtensionId]) -> None:
        """Fetch at once all that lists `ids` now, but for the bins of their packages."""
        bits, wanted = self.bits[EXTENSIONS], set[str]()
        bins = {id: layout.bin_of(layout.target_path(id), EXTENSIONS, bits) for id in ids}
        self.present.bring_roles({*bins.values(), layout.LISTS})
        for id, name in bins.items():
            wanted |= {layout.shard_target(id), layout.summary_target(name)}
        lists = self._listed(layout.LISTS)
        found = {target: lists[target] for target in wanted if target in lists}
        for id, name in bins.items():
            target = layout.target_path(id)
            if at := self._listed(name).get(target):
                found[target] = at
        self.present.bring_targets(found.items())

    def read_old(self, id: ExtensionId, now: ExtensionDocument | None = None) -> None:
        """Take up all that lists `id`; its document's entry, if there is one, is `before`.

        Packages that `now` lists too stay where they are: nobody reads a bin only to write the same.
        """
        target = layout.target_path(id)
        name = layout.bin_of(target, EXTENSIONS, self.bits[EXTENSIONS])
        listed, lists = self._listed(name), self._listed(layout.LISTS)
        shard, summary = layout.shard_target(id), layout.summary_target(name)
        if shard not in self.shards:
            at = lists.get(shard)
            entries = self.present.json(shard, at)["entries"] if at else []
            self.shards[shard] = {entry["id"]: entry for entry in entries}
        if summary not in self.summaries:
            at = lists.get(summary)
            self.summaries[summary] = self.present.json(summary, at) if at else {}
        self.shards[shard].pop(str(id), None)
        self.summaries[summary].pop(str(id), None)
        at = listed.pop(target, None)
        if at is None:
            return
        self.before[target] = at
        old = dict(layout.packages_of(self.present.document(id, at)))
        new = dict(layout.packages_of(now)) if now else {}
        self._kept |= {package for package, file in new.items() if old.get(package) == file}
        changed = [*old.keys() - self._kept, *new.keys() - self._kept]
        self.present.bring_roles({self._package_bin(package) for package in changed})
        for package in old.keys() - self._kept:
            self._listed(self._package_bin(package)).pop(package, None)

    def add(self, document: ExtensionDocument) -> None:
        """List a document: in its bin, with its packages, in search and in its bin's summary."""
        document = layout.without_usual_urls(document, self.by.trust.config)
        target = layout.target_path(document.id)
        name = layout.bin_of(target, EXTENSIONS, self.bits[EXTENSIONS])
        self.added += 1
        self._listed(name)
        at = self.revision.put(name, target, layout.encode_document(document))
        self._note(document, target, at)
        for package, file in layout.packages_of(document):
            if package not in self._kept:
                self._listed(self._package_bin(package))[package] = file
        entry, id = layout.search_entry(document), str(document.id)
        self.shards.setdefault(layout.shard_target(document.id), {})[id] = entry
        said = layout.summary_entry(entry["version"], at)
        self.summaries.setdefault(layout.summary_target(name), {})[id] = said

    def _note(self, document: ExtensionDocument, target: str, at: File) -> None:
        """Note what became of a document that is listed at `at` now."""
        then = self.before.pop(target, None)
        if then == at:
            self.losses.keep(document)
            return
        self._changed[target] = at
        if then is not None:
            self.replaced[target] = then, document

    def compare(self) -> None:
        """Hold what was listed against what is, and tell the log what changed."""
        gone = {target: (at, None) for target, at in self.before.items()}
        self._changed |= dict.fromkeys(gone)
        differing = {**self.replaced, **gone}
        self.present.bring_targets((target, then) for target, (then, _) in differing.items())
        for target, (then, now) in sorted(differing.items()):
            self.losses.compare(self.present.document(layout.target_id(target), then), now)
        if self.present.timestamp is not None:  # the first index of all has nothing to tell
            self.revision.changes += [
                _change(self.revision.generation, at, id=layout.target_id(target))
                for target, at in sorted(self._changed.items())
            ]

    def put_lists(self, lists: Mapping[ListName, StateList]) -> None:
        """List the search shards, the summaries and the lists of states."""
        listed = self._listed(layout.LISTS)
        for name, entries in sorted(lists.items()):
            self._put_list(name, entries, listed)
        for shard, found in sorted(self.shards.items()):
            self._put_or_drop(shard, layout.shard_bytes(found) if found else None)
        for summary, versions in sorted(self.summaries.items()):
            self._put_or_drop(summary, layout.summary_bytes(versions) if versions else None)

    def _put_list(self, name: ListName, entries: StateList, listed: Targets) -> None:
        target = f"lists/{name}.json"
        before = self.present.targets(layout.LISTS).get(target)
        self.revision.put(layout.LISTS, target, layout.encode(entries))
        if listed[target] != before and (before is not None or entries.entries):
            generation = self.revision.generation
            self.revision.changes.append(_change(generation, listed[target], list=name))

    def _put_or_drop(self, target: str, content: bytes | None) -> None:
        if content is None:
            self._listed(layout.LISTS).pop(target, None)
        else:
            self.revision.put(layout.LISTS, target, content)

    def _package_bin(self, package: str) -> str:
        return layout.bin_of(package, PACKAGES, self.bits[PACKAGES])

    def _listed(self, role: str) -> Targets:
        """What `role` is to list, as it is at present until something is put in."""
        roles = self.revision.roles
        if role not in roles:
            roles[role] = self.present.targets(role)
        return roles[role]


def _change(generation: int, file: File | None, **subject: Any) -> Change:
    if file is None:
        return Change(g=generation, **subject)
    return Change(g=generation, sha256=file.sha256, length=file.length, **subject)
