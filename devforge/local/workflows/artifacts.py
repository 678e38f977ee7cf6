"""Artifacts: zips kept per run, whose names are given once and whose content never changes.

Source: GitHub's documentation, "Store and share data with workflow artifacts"; the v4 actions.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from devforge.errors import BadInput
from devforge.local.hub import Hub
from devforge.local.shapes.workflow_runs import expiry
from devforge.local.store import Row

MAX_BYTES = 2_000_000_000
MAX_FILES = 100_000
_BAD_NAME = re.compile(r'[":<>|*?\r\n\\/]')
_CHUNK_BYTES = 1 << 20


def archive_path(hub: Hub, artifact_id: int) -> Path:
    """Return where an artifact's zip lies."""
    return hub.data / "artifacts" / str(artifact_id)


def keep(
    hub: Hub,
    run: Row,
    name: str,
    files: Mapping[str, Path],
    *,
    days: int = 90,
    overwrite: bool = False,
    compression: int = 6,
) -> Row:
    """Zip `files` (path in the archive → file) into a new artifact of the run.

    Raises:
        BadInput: the name is bad or taken, or the files are too many or too large.
    """
    _check(name, files)
    with hub.store.transaction():
        taken = find(hub, run["id"], name)
        if taken is not None and not overwrite:
            raise BadInput(
                f"an artifact named {name!r} exists in this run already; artifacts cannot be changed:"
                " choose another name or set overwrite"
            )
        if taken is not None:
            delete(hub, taken)
        id = hub.store.insert(
            "artifact",
            repository_id=run["repository_id"],
            run_id=run["id"],
            attempt=run["attempt"],
            name=name,
            size_bytes=0,
            digest="",
            secret=secrets.token_urlsafe(24),
            created_at=hub.clock.stamp(),
            expires_at=expiry(hub, days),
            deleted=1,
        )
    path = archive_path(hub, id)
    _write(path, files, compression)
    hub.store.update(
        "artifact", id, size_bytes=path.stat().st_size, digest=f"sha256:{_digest(path)}", deleted=0
    )
    return hub.store.get("artifact", id)


def find(hub: Hub, run_id: int, name: str) -> Row | None:
    """Return the run's artifact of that name, if it is there and has not expired."""
    return next((row for row in of_run(hub, run_id) if row["name"] == name), None)


def of_run(hub: Hub, run_id: int) -> list[Row]:
    """Return the run's artifacts that can be had, oldest first."""
    return hub.store.all(
        "SELECT * FROM artifact WHERE run_id = ? AND deleted = 0 AND expires_at > ? ORDER BY id",
        run_id,
        hub.clock.stamp(),
    )


def delete(hub: Hub, artifact: Row) -> None:
    """Remove an artifact and its bytes."""
    hub.store.update("artifact", artifact["id"], deleted=1)
    archive_path(hub, artifact["id"]).unlink(missing_ok=True)


def unpack(hub: Hub, artifact: Row, into: Path) -> None:
    """Write the artifact's files below `into`. Raises BadInput where one would land outside."""
    into.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive_path(hub, artifact["id"])) as archive:
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename).parts
            if ".." in parts or entry.filename.startswith("/"):
                raise BadInput(
                    f"artifact {artifact['name']!r} holds {entry.filename!r}, which leads outside"
                )
            archive.extract(entry, into)


def _check(name: str, files: Mapping[str, Path]) -> None:
    if not name or _BAD_NAME.search(name):
        raise BadInput(
            f'the artifact name {name!r} must not be empty or hold " : < > | * ? \\ / or a line end'
        )
    total = sum(path.stat().st_size for path in files.values())
    if len(files) > MAX_FILES or total > MAX_BYTES:
        raise BadInput(
            f"the artifact would hold {len(files)} files and {total} bytes;"
            f" {MAX_FILES} files and {MAX_BYTES} bytes are allowed"
        )


def _write(path: Path, files: Mapping[str, Path], compression: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = zipfile.ZIP_DEFLATED if compression else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind, compresslevel=compression or None) as archive:
        for name, file in sorted(files.items()):
            archive.write(file, name)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
