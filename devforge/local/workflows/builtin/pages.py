"""actions/configure-pages, actions/upload-pages-artifact and actions/deploy-pages."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from devforge.local import pages
from devforge.local.settings import read_setting
from devforge.local.workflows.artifacts import archive_path, find, keep
from devforge.local.workflows.builtin.values import flag, whole
from devforge.local.workflows.execution.world import StepFailed, World

_NAME = "github-pages"
_MEMBER = "artifact.tar"


def configure_pages(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return where the site will be; with `enablement` switch Pages on first."""
    if read_setting(world.hub, world.repository["id"], "pages") is None:
        if not flag(inputs, "enablement", otherwise=False):
            raise StepFailed(
                "Get Pages site failed. Switch Pages on with GitHub Actions as its source, or set 'enablement'"
            )
        pages.enable(world.hub, world.repository)
    url = pages.site_url(world.hub, world.repository).rstrip("/")
    parts = urlsplit(url)
    return {
        "base_url": url,
        "origin": f"{parts.scheme}://{parts.netloc}",
        "host": parts.netloc,
        "base_path": parts.path,
    }


def upload_pages_artifact(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Keep a directory as the artifact that deploy-pages takes: one tar of plain files."""
    directory = world.directory(inputs.get("path") or "_site/").resolve()
    if not directory.is_dir():
        raise StepFailed(f"path {inputs.get('path')!r} is no directory")
    if not directory.is_relative_to(world.place.root.resolve()):
        raise StepFailed(f"path {inputs.get('path')!r} lies outside this job's machine")
    hidden = flag(inputs, "include-hidden-files", otherwise=False)
    archive = world.place.temp / _MEMBER
    _pack(directory, archive, hidden=hidden)
    days = whole(inputs, "retention-days", otherwise=1) or 1
    row = keep(world.hub, world.run, inputs.get("name") or _NAME, {_MEMBER: archive}, days=days)
    archive.unlink()
    return {"artifact_id": str(row["id"])}


def deploy_pages(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Deploy this run's artifact and return `page_url`. Needs `pages: write` and `id-token: write`."""
    for permission in ("pages", "id_token"):
        if world.permissions.get(permission) != "write":
            shown = permission.replace("_", "-")
            raise StepFailed(f'Ensure GITHUB_TOKEN has permission "{shown}: write"')
    name = inputs.get("artifact_name") or _NAME
    row = find(world.hub, world.run["id"], name)
    if row is None:
        raise StepFailed(f"no artifact named {name!r} was uploaded in this run")
    with tempfile.TemporaryDirectory(dir=world.place.temp) as scratch:
        tar_path = Path(scratch) / _MEMBER
        with zipfile.ZipFile(archive_path(world.hub, row["id"])) as archive:
            if archive.namelist() != [_MEMBER]:
                raise StepFailed(
                    f"artifact {name!r} is no site: upload it with upload-pages-artifact"
                )
            archive.extract(_MEMBER, scratch)
        url = pages.deploy(world.hub, world.repository, tar_path, build_version=world.github["sha"])
    return {"page_url": url}


def _pack(directory: Path, archive: Path, *, hidden: bool) -> None:
    """Write the directory's files as a tar; links are followed, as the action does."""
    with tarfile.open(archive, "w", dereference=True) as tar:
        for path in sorted(directory.rglob("*")):
            parts = path.relative_to(directory).parts
            skipped = parts[0] in {".git", ".github"} or (
                not hidden and any(part.startswith(".") for part in parts)
            )
            if path.is_file() and not skipped:
                tar.add(path, arcname="/".join((".", *parts)), recursive=False)
