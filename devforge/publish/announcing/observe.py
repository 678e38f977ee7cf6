"""Reads what is out and new enough to be news, and who was told of it."""

from __future__ import annotations

from datetime import datetime

from devforge.adapters.git_objects import StoredObjects
from devforge.adapters.release_notes import Notes
from devforge.adapters.state import State
from devforge.model.announcements import Announcement
from devforge.model.registry import Registry
from devforge.publish.announcing.plan import Out, is_fresh
from devforge.publish.released import released_versions


def observe_announcements(
    registry: Registry, objects: StoredObjects, state: State, *, now: datetime
) -> tuple[Out, ...]:
    """Return every version that is offered and fresh by the policy.

    Raises:
        Refused: a file of the `state` branch is not one of ours.
    """
    known, policy = state.files("announcements"), registry.policy.announcements
    found = []
    for one in released_versions(registry, Notes(objects, state.tip)):
        note = one.note
        if not one.against and is_fresh(note, policy, now):
            path = Announcement.path_of(note.id, note.version)
            content = state.read(path) if path in known else None
            found.append(Out(note, Announcement.read(content, note.id, note.version)))
    return tuple(found)
