"""What the `advisories` job remembers of a published version: whether it was taken back, and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from devforge.model.records import Yank
from devforge.model.version_note import VersionNote


class Recall(VersionNote):
    """`recalls/<developer>/<name>/<version>.json` on the `state` branch, written by that job alone.

    The index shows `yanked` unless the version's own record says something of the kind; None: it was
    taken back once, and the advisories turned out to be wrong.
    """

    FOLDER = "recalls"

    advisories: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    yanked: Yank | None = None
