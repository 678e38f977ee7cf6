"""Reads the versions that are out and offered: those with a record, a release's note, and no yank."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import ValidationError

from devforge.adapters.state import State
from devforge.errors import Refused
from devforge.model.registry import Entry, Registry
from devforge.model.release import ReleaseNote, note_path


def released_versions(
    registry: Registry, state: State, *, wanted: Callable[[Entry], bool] = lambda _: True
) -> Iterator[tuple[Entry, ReleaseNote]]:
    """Yield each version's extension and note, in order of id and version.

    Withdrawn and yanked versions are left out; extensions that are not `wanted` are not read.

    Raises:
        Refused: a note on the `state` branch is not one of ours.
    """
    noted = state.files("releases")
    for id, entry in sorted(registry.extensions.items()):
        if not wanted(entry):
            continue
        for version, record in sorted(entry.versions.items()):
            path = note_path(id, version)
            if record.yanked is None and path in noted:
                note = _note(state, path)
                if note.withdrawn is None:
                    yield entry, note


def _note(state: State, path: str) -> ReleaseNote:
    try:
        return ReleaseNote.model_validate_json(state.read(path) or b"")
    except ValidationError as error:
        raise Refused(f"state: {path} is not a note of ours; look who wrote it") from error
