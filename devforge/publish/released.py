"""Reads the versions that are out, and what stands against those that are not offered any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from pydantic import ValidationError

from devforge.adapters.state import State
from devforge.errors import Refused
from devforge.model.index import ListEntry
from devforge.model.names import ExtensionId
from devforge.model.recall import Recall, recall_path
from devforge.model.registry import Entry, Registry
from devforge.model.release import ReleaseNote, note_path
from devforge.model.versions import Version
from devforge.publish.states import state_lists

N = TypeVar("N", ReleaseNote, Recall)


def released_versions(
    registry: Registry,
    state: State,
    *,
    wanted: Callable[[ExtensionId, Entry], bool] = lambda _id, _entry: True,
) -> Iterator[tuple[Entry, ReleaseNote, str]]:
    """Yield each version's extension and note, in order of id and version, and why it is not offered.

    That is empty for what clients are offered, as the index has it: what was neither yanked,
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
            against = (
                _malice(malicious.get(id), version)
                or (note.withdrawn.reason if note.withdrawn else "")
                or (yanked.reason if yanked else "")
            )
            yield entry, note, against


def _malice(listed: ListEntry | None, version: Version) -> str:
    if listed is None or (listed.versions is not None and version not in listed.versions):
        return ""
    return f"Malicious, remove it: {listed.reason}"


def _read(state: State, path: str, kind: type[N]) -> N:
    try:
        return kind.model_validate_json(state.read(path) or b"")
    except ValidationError as error:
        raise Refused(f"state: {path} is not one of ours; look who wrote it") from error
