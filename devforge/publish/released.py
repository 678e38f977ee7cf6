"""Reads the versions that are out, and what stands against those that are not offered any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from devforge.adapters.state import State
from devforge.errors import Refused
from devforge.model.index import ListEntry
from devforge.model.mirrors import package_path
from devforge.model.names import ExtensionId
from devforge.model.recall import Recall, recall_path
from devforge.model.registry import Entry, Registry
from devforge.model.release import ReleaseNote, note_path
from devforge.model.versions import Version
from devforge.publish.states import state_lists

N = TypeVar("N", ReleaseNote, Recall)


@dataclass(frozen=True, slots=True)
class Released:
    """A version that is out. `against`: why it is not offered any more; empty for what is."""

    entry: Entry
    note: ReleaseNote
    against: str
    is_malicious: bool


def released_versions(
    registry: Registry,
    state: State,
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
    noted, recalled = state.files("releases"), state.files("recalls")
    out = {
        id: [version for version in sorted(entry.versions) if note_path(id, version) in noted]
        for id, entry in sorted(registry.extensions.items())
        if wanted(id, entry)
    }
    malicious = state_lists(registry, out, ())["malicious"].entries
    for id, versions in out.items():
        entry = registry.extensions[id]
        for version in versions:
            note = _read(state, note_path(id, version), ReleaseNote)
            yanked = entry.versions[version].yanked
            path = recall_path(id, version)
            if yanked is None and path in recalled:
                yanked = _read(state, path, Recall).yanked
            malice = _malice(malicious.get(id), version)
            against = (
                malice
                or (note.withdrawn.reason if note.withdrawn else "")
                or (yanked.reason if yanked else "")
            )
            yield Released(entry, note, against, bool(malice))


def malicious_packages(registry: Registry, state: State) -> tuple[str, ...]:
    """Return where copies of what was called malicious would lie in a mirror.

    Raises:
        Refused: as above.
    """
    named = state_lists(registry, {}, ())["malicious"].entries
    found = released_versions(registry, state, wanted=lambda id, _entry: id in named)
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


def _read(state: State, path: str, kind: type[N]) -> N:
    try:
        return kind.model_validate_json(state.read(path) or b"")
    except ValidationError as error:
        raise Refused(f"state: {path} is not one of ours; look who wrote it") from error
