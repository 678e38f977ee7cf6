"""Where the archive of a workflow's artifact lies, for Pages to deploy from."""

from __future__ import annotations

from pathlib import Path

from devforge.local.hub import Hub
from devforge.local.refusals import ApiRefusal
from devforge.local.store import Row
from devforge.local.workflows.artifacts import archive_path


def artifact_archive(hub: Hub, repository: Row, artifact_id: int | None) -> Path:
    """Return the zip of a living artifact of the repository. Raises 404."""
    row = hub.store.find("artifact", id=artifact_id or 0, repository_id=repository["id"], deleted=0)
    if row is None:
        raise ApiRefusal(404, f"No artifact found with ID {artifact_id}")
    return archive_path(hub, row["id"])
