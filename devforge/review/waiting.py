"""New names stay open to objections for a while before they are merged. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from devforge.model.change import Proposed
from devforge.model.reviewing import Names
from devforge.review.memory import Memory


def new_name(change: Proposed | None) -> str | None:
    """Return the name of an extension or developer that would be new, if there is one."""
    if change is None:
        return None
    if change.subject.extension is not None and change.old_extension is None:
        return str(change.subject.extension)
    if change.subject.developer is not None and change.old_developer is None:
        return change.subject.developer
    return None


def known_since(name: str, memory: Memory | None, now: datetime) -> datetime:
    """Return since when people can read that this name is asked for.

    That is the first look at it, minutes after the pull request was opened: the time of its opening
    would let a draft, or another name in the same pull request, sit out the wait unseen. A push
    that keeps the name keeps its place.
    """
    if memory is not None and memory.name == name and memory.name_since is not None:
        return memory.name_since
    return now


def open_until(since: datetime, names: Names) -> datetime:
    """Return when the wait for objections is over."""
    return since + timedelta(hours=names.wait_hours)
