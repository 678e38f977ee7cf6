"""Reads the versions that are out, and what stands against those that are not offered any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from devforge.adapters.release_notes import Notes
from devforge.model.index import ListEntry
from devforge.model.mirrors import package_path
from devforge.model.names import ExtensionId
from devforge.model.registry import Entry, Registry
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.publish.states import state_lists


@dataclass(frozen=True, slots=True)
class Released:
    """A version that is out. `against`: why it is not offered any more; empty for what is."""

    entry: Entry
    note: ReleaseNote
    against: str
    is_malicious: bool


def released_versions(
    registry: Registry,
    notes: Notes,
    *,
    wanted: Callable[[ExtensionId, Entry], bool] = lambda _id, _entry: True,
) -> Iterator[Released]:
    """Yield each version in order of id and version.

    Nothing stands against what clients are offered, as the index has it: what was neither yanked,
    withdrawn, taken back by an advisory nor called malicious. Extensions that are not `wanted` are
    not read.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    ids = [id for id, entry in sorted(registry.extensions.items()) if wanted(id, entry)]
    malicious = state_lists(registry, notes.released, ())["malicious"].entries
    for id, held in notes.each(ids):
        entry, recalls = registry.extensions[id], notes.recalls.get(id, {})
        for version, note in held.items():
            if version not in entry.versions:
                continue
            recall = recalls.get(version)
            yanked = entry.versions[version].yanked or (recall and recall.yanked)
            malice = _malice(malicious.get(id), version)
            against = (
                malice
                or (note.withdrawn.reason if note.withdrawn else "")
                or (yanked.reason if yanked else "")
            )
            yield Released(entry, note, against, bool(malice))


def malicious_packages(registry: Registry, notes: Notes) -> tuple[str, ...]:
    """Return where copies of what was called malicious would lie in a mirror.

    Raises:
        Refused: as above.
    """
    named = state_lists(registry, {}, ())["malicious"].entries
    found = released_versions(registry, notes, wanted=lambda id, _entry: id in named)
    return tuple(
        package_path(files.package.sha256, files.package.name)
        for one in found
        if one.is_malicious
        for files in one.note.packages.values()
    )


def _malice(listed: ListEntry | None, version: Version) -> str:
    if listed is None or (listed.versions is not None and version not in listed.versions):
        return ""
    return f"Malicious, remove it: {listed.reason}"
