"""Reads what is out, who wants it where, and how far it came."""

from __future__ import annotations

from devforge.adapters.git_objects import StoredObjects
from devforge.adapters.release_notes import Notes
from devforge.adapters.state import State
from devforge.model.channels import Deliveries
from devforge.model.registry import Registry
from devforge.publish.channels.changes import Out
from devforge.publish.released import released_versions


def observe_channels(registry: Registry, objects: StoredObjects, state: State) -> tuple[Out, ...]:
    """Return every version that is out and wanted on some channel, and why some are not offered.

    Raises:
        Refused: a file of the `state` branch is not one of ours.
    """
    every, known = registry.policy.channels.every, state.files("channels")
    there = {tuple(path.split("/")[1:3]) for path in known}
    found = []
    for one in released_versions(
        registry,
        Notes(objects, state.tip),
        wanted=lambda id, entry: (
            bool(entry.extension.channels or every) or (id.developer, id.name) in there
        ),
    ):
        note, asked = one.note, one.entry.extension.channels
        path = Deliveries.path_of(note.id, note.version)
        content = state.read(path) if path in known else None
        deliveries = Deliveries.read(content, note.id, note.version)
        found.append(Out(note, asked, deliveries, one.against, one.is_malicious))
    return tuple(found)
