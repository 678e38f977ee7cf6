"""Pages: what was deployed, one deployment at a time, and which file an address means.

Source: docs.github.com, "REST API endpoints for GitHub Pages"; the action deploy-pages.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import uuid
from pathlib import Path, PurePosixPath

from devforge.local.hub import Hub
from devforge.local.refusals import ApiRefusal, not_found
from devforge.local.settings import read_setting, write_setting
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row

SITE_LIMIT_BYTES = 1_000_000_000
_CHUNK_BYTES = 1 << 20
RUNNING = ("deployment_queued", "deployment_in_progress", "syncing_files", "updating_pages")


def site_url(hub: Hub, repository: Row) -> str:
    """Return the address of the repository's site, which ends in a slash."""
    return f"{hub.url}/pages/{repository_path(hub, repository)}/"


def site_directory(hub: Hub, repository: Row) -> Path:
    """Return where the files that are served now lie. It need not exist."""
    return hub.data / "pages" / str(repository["id"]) / "live"


def begin(hub: Hub, repository: Row, build_version: str) -> Row:
    """Return a new deployment. Raises 404 without Pages, 400 while another one is under way."""
    if read_setting(hub, repository["id"], "pages") is None:
        raise not_found()
    with hub.store.transaction():
        marks = ", ".join("?" * len(RUNNING))
        running = hub.store.one(
            f"SELECT * FROM pages_deployment WHERE repository_id = ? AND status IN ({marks})",  # noqa: S608
            repository["id"],
            *RUNNING,
        )
        if running is not None:
            raise ApiRefusal(
                400,
                f"Deployment request failed for {build_version} due to in progress deployment."
                f" Please cancel {running['build_version']} first or wait for it to complete.",
            )
        now = hub.clock.stamp()
        id = hub.store.insert(
            "pages_deployment",
            repository_id=repository["id"],
            build_version=build_version,
            status=RUNNING[0],
            created_at=now,
            updated_at=now,
        )
    return hub.store.get("pages_deployment", id)


def finish(hub: Hub, repository: Row, deployment: Row, tar_path: Path) -> str:
    """Unpack the site beside the old one, switch to it, and return its address.

    A site that cannot be served leaves the old one as it is and fails the deployment.
    """
    live = site_directory(hub, repository)
    fresh = live.with_name(f"{deployment['id']}-{uuid.uuid4().hex[:8]}")
    try:
        _unpack(tar_path, fresh, int(hub.clock.now().timestamp()))
    except (OSError, tarfile.TarError) as error:
        shutil.rmtree(fresh, ignore_errors=True)
        settle(hub, deployment["id"], "deployment_content_failed")
        raise ApiRefusal(400, f"Deployment failed: the artifact is no site: {error}") from error
    old = live.with_name(f"{fresh.name}.old")
    with hub.lock:
        if live.exists():
            live.rename(old)
        fresh.rename(live)
    shutil.rmtree(old, ignore_errors=True)
    settle(hub, deployment["id"], "succeed")
    return site_url(hub, repository)


def settle(hub: Hub, deployment_id: int, status: str) -> None:
    """Note how a deployment stands."""
    hub.store.update("pages_deployment", deployment_id, status=status, updated_at=hub.clock.stamp())


def deploy(hub: Hub, repository: Row, tar_path: Path, *, build_version: str) -> str:
    """Deploy a tar of a site and return its address: what the deploy-pages action brings about.

    Raises ApiRefusal: 404 where Pages is not switched on, 400 while another deployment is under way.
    """
    return finish(hub, repository, begin(hub, repository, build_version), tar_path)


def enable(hub: Hub, repository: Row, build_type: str = "workflow") -> None:
    """Switch Pages on, deployed by workflows."""
    value = {"build_type": build_type, "https_enforced": True, "cname": None}
    write_setting(hub, repository["id"], "pages", value)


def file_at(site: Path, path: str) -> Path | None:
    """Return the file that an address below the site means: a directory means its index.html.

    As on GitHub `/about` also means `about.html`. None where there is nothing.
    """
    parts = PurePosixPath(path).parts
    if any(part in ("..", "/") or "\0" in part for part in parts):
        return None
    place = site.joinpath(*parts)
    candidates = [place / "index.html"] if path.endswith("/") or not parts else [place]
    if parts and not path.endswith("/"):
        candidates.append(place.with_name(f"{place.name}.html"))
    return next((each for each in candidates if each.is_file()), None)


def _unpack(tar_path: Path, into: Path, now: int) -> None:
    """Unpack regular files and folders only, dated now, within the limit of a site's size."""
    into.mkdir(parents=True)
    total = 0
    with tarfile.open(tar_path) as tar:
        for member in tar:
            if not (member.isfile() or member.isdir()):
                raise tarfile.TarError(f"{member.name} is neither a file nor a folder")
            total += member.size
            if total > SITE_LIMIT_BYTES:
                raise tarfile.TarError(f"it is larger than {SITE_LIMIT_BYTES} bytes")
            _write(tar, member, into, now)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path, now: int) -> None:
    parts = PurePosixPath(member.name).parts
    if any(part in ("..", "/") or "\0" in part for part in parts):
        raise tarfile.TarError(f"{member.name} leads out of the site")
    place = into.joinpath(*parts)
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise tarfile.TarError(f"{member.name} cannot be read")
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)
    os.utime(place, (now, now))
