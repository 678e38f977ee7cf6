"""What the `advisories` job remembers of a published version: whether it was taken back, and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict
from devforge.model.names import ExtensionId
from devforge.model.records import Yank
from devforge.model.versions import Version


class Recall(Strict):
    """`recalls/<developer>/<name>/<version>.json` on the `state` branch, written by that job alone.

    The index shows `yanked` unless the version's own record says something of the kind; None: it was
    taken back once, and the advisories turned out to be wrong.
    """

    schema_version: Literal[1] = 1
    id: ExtensionId
    version: Version
    advisories: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    yanked: Yank | None = None

    @property
    def path(self) -> str:
        """Where this lies on the `state` branch."""
        return recall_path(self.id, self.version)


def recall_path(id: ExtensionId, version: Version) -> str:
    """Where the recall of a version lies on the `state` branch."""
    return f"recalls/{id.path}/{version}.json"
