"""Writes the static index: byte-identical for the same documents, and only the files that differ.

A whole build reads and writes every extension. An update touches one document, its bin, its search
shard and the root, however large the registry is. Both give the same bytes. The root is replaced
last, so a reader sees the index before or the index after. Files of the index before stay until
the next whole build, for clients that read its root a moment ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from devforge.errors import BadInput
from devforge.model.index import ExtensionDocument, Pointer, SearchEntry
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.publish import layout
from devforge.publish.files import Writer, remove_unnamed
from devforge.publish.guard import Listed, Losses
from devforge.publish.present import PresentIndex
from devforge.publish.words import counted


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What writing an index did."""

    extensions: int
    written: tuple[str, ...]
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"{counted(self.extensions, 'extension')} in the index: "
            f"{counted(len(self.written), 'file')} new or changed, {len(self.removed)} removed"
        )


def build_index(
    documents: Iterable[ExtensionDocument],
    out: Path,
    policy: Policy,
    *,
    withdrawn: Collection[Listed] = (),
) -> IndexReport:
    """Make `out` the index of exactly `documents`, whatever was there.

    Raises:
        Refused: `out` holds an index, and more of it than `policy` allows would go without being
            in `withdrawn`. Nothing is written then.
    """
    present, draft = PresentIndex(out), _Draft(layout.bin_digits(policy.publishing.bins))
    before, losses = present.targets(), Losses(withdrawn)
    for document in documents:
        at, then = draft.add(document), before.pop(layout.target_path(document.id), None)
        if then is not None:
            losses.compare(
                document if then == at else present.document(document.id, then), document
            )
    for target, at in before.items():
        losses.compare(present.document(layout.target_id(target), at), None)
    losses.refuse(policy.publishing.keep_percent)
    kept = present.names()
    written = draft.write(out, policy.registry.name)
    removed = _prune(out, kept | draft.files.keys())
    return IndexReport(draft.added, written, removed)


def update_index(
    changed: Iterable[ExtensionDocument],
    out: Path,
    policy: Policy,
    *,
    withdrawn: Collection[Listed] = (),
) -> IndexReport:
    """Put `changed` into the index at `out` and leave every other extension as it is.

    Raises:
        BadInput: there is no sound index at `out`, or its bins are divided otherwise.
        Refused: a changed document lost a version that is not in `withdrawn`.
    """
    present, draft = PresentIndex(out), _Draft(layout.bin_digits(policy.publishing.bins))
    if present.root is None or present.root.bin_digits != draft.digits:
        raise BadInput(f"{out}: holds no index of {policy.publishing.bins} bins; build it whole")
    losses = Losses(withdrawn)
    draft.bin_at |= present.root.bins
    draft.shard_at |= present.root.search
    for document in changed:
        target = layout.target_path(document.id)
        name, shard = layout.bin_name(target, draft.digits), layout.shard_name(document.id)
        draft.bins.setdefault(name, dict(present.bin(name)))
        draft.shards.setdefault(shard, {entry.id: entry for entry in present.shard(shard)})
        then = draft.bins[name].get(target)
        if draft.add(document) != then and then is not None:
            losses.compare(present.document(document.id, then), document)
    losses.refuse(keep_percent=100)
    return IndexReport(draft.added, draft.write(out, policy.registry.name))


@dataclass(slots=True)
class _Draft:
    """An index in memory: what is added to it is encoded once and placed."""

    digits: int
    added: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    bins: dict[str, dict[str, Pointer]] = field(default_factory=dict)
    shards: dict[str, dict[ExtensionId, SearchEntry]] = field(default_factory=dict)
    bin_at: dict[str, Pointer] = field(default_factory=dict)
    shard_at: dict[str, Pointer] = field(default_factory=dict)

    def add(self, document: ExtensionDocument) -> Pointer:
        content, target = layout.encode(document), layout.target_path(document.id)
        at = layout.pointer(content)
        self.added += 1
        self.files[layout.document_file(document.id, at)] = content
        self.bins.setdefault(layout.bin_name(target, self.digits), {})[target] = at
        entries = self.shards.setdefault(layout.shard_name(document.id), {})
        entries[document.id] = layout.search_entry(document)
        return at

    def write(self, out: Path, registry: str) -> tuple[str, ...]:
        """Write every file that differs, the root last; return their paths."""
        for name, targets in self.bins.items():
            content = layout.bin_bytes(targets)
            self.bin_at[name] = layout.pointer(content)
            self.files[layout.bin_file(name, self.bin_at[name])] = content
        for name, entries in self.shards.items():
            content = layout.shard_bytes(entries.values())
            self.shard_at[name] = layout.pointer(content)
            self.files[layout.shard_file(name, self.shard_at[name])] = content
        writer = Writer(out)
        for path, content in self.files.items():
            writer.write(path, content, immutable=True)
        root = layout.root_bytes(registry, self.bin_at, self.digits, self.shard_at)
        writer.write(layout.ROOT, root)
        return tuple(writer.written)


def _prune(out: Path, keep: Collection[str]) -> tuple[str, ...]:
    """Remove what neither this index nor the one before refers to."""
    removed: list[str] = []
    for folder in ("bins", "extensions", "search"):
        named = {path.removeprefix(f"{folder}/") for path in keep if path.startswith(f"{folder}/")}
        removed += [f"{folder}/{path}" for path in remove_unnamed(out / folder, named)]
    return tuple(removed)
