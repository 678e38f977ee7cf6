"""Pages over REST: switched on, described, deployed to by the deploy-pages action.

Source: docs.github.com, "REST API endpoints for GitHub Pages".
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from devforge.local import pages
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.pages_artifacts import artifact_archive
from devforge.local.refusals import ApiRefusal, conflict, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.settings import read_setting, write_setting
from devforge.local.shapes.links import repository_api
from devforge.local.store import Row


@route("GET", "/repos/{owner}/{repo}/pages")
def get_site(call: Call) -> Answer:
    """How the site is built and where it lies."""
    return Answer(_shown(call, call.repository(), _site(call, call.repository())))


@route("POST", "/repos/{owner}/{repo}/pages")
def create_site(call: Call) -> Answer:
    """Switch Pages on. 409 where it is on already."""
    repository = call.repository("admin")
    if read_setting(call.hub, repository["id"], "pages") is not None:
        raise conflict("GitHub Pages is already enabled.")
    pages.enable(call.hub, repository, _build_type(call) or "legacy")
    return created(_shown(call, repository, _site(call, repository)))


@route("PUT", "/repos/{owner}/{repo}/pages")
def update_site(call: Call) -> Answer:
    """Change how the site is built."""
    repository = call.repository("admin")
    held = dict(_site(call, repository))
    if (build_type := _build_type(call)) is not None:
        held["build_type"] = build_type
    if call.has("cname"):
        held["cname"] = call.text("cname")
    if (enforced := call.flag("https_enforced")) is not None:
        held["https_enforced"] = enforced
    write_setting(call.hub, repository["id"], "pages", held)
    return empty()


@route("DELETE", "/repos/{owner}/{repo}/pages")
def delete_site(call: Call) -> Answer:
    """Switch Pages off."""
    repository = call.repository("admin")
    _site(call, repository)
    write_setting(call.hub, repository["id"], "pages", None)
    return empty()


@route("POST", "/repos/{owner}/{repo}/pages/deployments")
def create_deployment(call: Call) -> Answer:
    """Deploy the site in a workflow's artifact. 400 while another deployment is under way."""
    hub, repository = call.hub, call.repository("write")
    version = call.needed_text("pages_build_version")
    call.needed_text("oidc_token")
    archive = artifact_archive(hub, repository, call.whole("artifact_id"))
    deployment = pages.begin(hub, repository, version)
    with tempfile.TemporaryDirectory() as scratch:
        tar_path = Path(scratch) / "artifact.tar"
        try:
            _take_tar(archive, tar_path)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            pages.settle(hub, deployment["id"], "deployment_content_failed")
            raise ApiRefusal(400, "Artifact is no Pages artifact") from error
        url = pages.finish(hub, repository, deployment, tar_path)
    place = f"{repository_api(hub, repository)}/pages/deployments/{deployment['id']}"
    return Answer({"id": deployment["id"], "status_url": place, "page_url": url})


@route("GET", "/repos/{owner}/{repo}/pages/deployments/{deployment_id}")
def get_deployment(call: Call) -> Answer:
    """How a deployment stands; it may be named by its number or its build version."""
    return Answer({"status": _deployment(call, call.repository())["status"]})


@route("POST", "/repos/{owner}/{repo}/pages/deployments/{deployment_id}/cancel")
def cancel_deployment(call: Call) -> Answer:
    """Stop a deployment that is under way."""
    row = _deployment(call, call.repository("write"))
    if row["status"] in pages.RUNNING:
        pages.settle(call.hub, row["id"], "deployment_cancelled")
    return empty()


def _site(call: Call, repository: Row) -> dict[str, Any]:
    held: dict[str, Any] | None = read_setting(call.hub, repository["id"], "pages")
    if held is None:
        raise not_found()
    return held


def _shown(call: Call, repository: Row, site: dict[str, Any]) -> dict[str, Any]:
    built = pages.site_directory(call.hub, repository).exists()
    return {
        "url": f"{repository_api(call.hub, repository)}/pages",
        "status": "built" if built else None,
        "cname": site["cname"],
        "custom_404": (pages.site_directory(call.hub, repository) / "404.html").exists(),
        "html_url": pages.site_url(call.hub, repository),
        "build_type": site["build_type"],
        "source": {"branch": repository["default_branch"], "path": "/"},
        "public": True,
        "https_enforced": site["https_enforced"],
    }


def _build_type(call: Call) -> str | None:
    value = call.text("build_type")
    if value not in (None, "workflow", "legacy"):
        raise unprocessable(
            f"Invalid request.\n\n{value} is not a member of ['legacy', 'workflow']."
        )
    if value == "legacy" and call.record("source") is None:
        raise unprocessable('Invalid request.\n\n"source" wasn\'t supplied.')
    return value


def _deployment(call: Call, repository: Row) -> Row:
    named = call.place["deployment_id"]
    rows = call.hub.store.all(
        "SELECT * FROM pages_deployment WHERE repository_id = ? AND (CAST(id AS TEXT) = ?"
        " OR build_version = ?) ORDER BY id DESC LIMIT 1",
        repository["id"],
        named,
        named,
    )
    if not rows:
        raise not_found()
    return rows[0]


def _take_tar(archive: Path, tar_path: Path) -> None:
    """Take the one tar that upload-pages-artifact puts in an artifact."""
    with zipfile.ZipFile(archive) as zipped:
        info = zipped.getinfo("artifact.tar")
        if info.file_size > pages.SITE_LIMIT_BYTES:
            raise OSError(f"the site is larger than {pages.SITE_LIMIT_BYTES} bytes")
        with zipped.open(info) as source:
            tar_path.write_bytes(source.read())
