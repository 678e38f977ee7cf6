"""The files of a release: uploaded once, never changed, counted when fetched.

Source: docs.github.com, "REST API endpoints for release assets".
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import IO, cast

from devforge.local import releases
from devforge.local.answer import Answer, created, empty, redirect
from devforge.local.call import Call
from devforge.local.hub import Hub
from devforge.local.refusals import ApiRefusal, invalid, not_found
from devforge.local.rest.releases import sees_drafts
from devforge.local.routes import route
from devforge.local.shapes.releases import asset_shape
from devforge.local.store import Row

ASSET_LIMIT_BYTES = 2_147_483_647
ASSETS_LIMIT = 1000
_CHUNK_BYTES = 1 << 20


@route(
    "POST",
    "/repos/{owner}/{repo}/releases/{release_id}/assets",
    surface="uploads",
    raw=True,
    limit_bytes=ASSET_LIMIT_BYTES,
)
def upload_asset(call: Call) -> Answer:
    """Take one file; its name is cleaned as GitHub does."""
    hub, repository = call.hub, call.repository("write")
    upload = cast("IO[bytes]", call.upload)
    try:
        row = releases.find_release(hub, repository, call.number("release_id"), with_drafts=True)
        name = _clean(call.query.get("name", ""))
        _check_room(hub, row, name)
        size, sha256 = _measured(upload)
        if size == 0:
            raise ApiRefusal(400, "Bad Content-Length: ")
        with hub.store.transaction():
            asset_id = _record(call, row, name, size, sha256)
            _keep(hub, asset_id, upload)
    finally:
        upload.close()
    asset = hub.store.get("release_asset", asset_id)
    return created(asset_shape(hub, repository, row, asset))


@route("GET", "/repos/{owner}/{repo}/releases/{release_id}/assets")
def list_assets(call: Call) -> Answer:
    """A release's files, oldest first."""
    repository = call.repository()
    row = releases.find_release(
        call.hub,
        repository,
        call.number("release_id"),
        with_drafts=sees_drafts(call, repository),
    )
    assets = call.select("SELECT * FROM release_asset WHERE release_id = ? ORDER BY id", row["id"])
    return Answer([asset_shape(call.hub, repository, row, each) for each in assets])


@route("GET", "/repos/{owner}/{repo}/releases/assets/{asset_id}")
def get_asset(call: Call) -> Answer:
    """An asset's description, or the way to its bytes where `Accept` asks for those."""
    repository = call.repository()
    row, asset = _asset(call, repository, with_drafts=sees_drafts(call, repository))
    if "application/octet-stream" in call.headers.get("accept", ""):
        return redirect(fetch_url(call.hub, asset))
    return Answer(asset_shape(call.hub, repository, row, asset))


@route("PATCH", "/repos/{owner}/{repo}/releases/assets/{asset_id}")
def update_asset(call: Call) -> Answer:
    """Change an asset's name or label."""
    hub, repository = call.hub, call.repository("write")
    row, asset = _asset(call, repository, with_drafts=True)
    releases.check_mutable(row, "update assets of")
    changes: dict[str, str | None] = {}
    if (name := call.text("name")) is not None and name != asset["name"]:
        changes["name"] = _clean(name)
        _check_name(hub, row, changes["name"])
    if call.has("label"):
        changes["label"] = call.text("label")
    hub.store.update("release_asset", asset["id"], **changes, updated_at=hub.clock.stamp())
    return Answer(asset_shape(hub, repository, row, hub.store.get("release_asset", asset["id"])))


@route("DELETE", "/repos/{owner}/{repo}/releases/assets/{asset_id}")
def delete_asset(call: Call) -> Answer:
    """Remove one file of a release that is not immutable."""
    hub, repository = call.hub, call.repository("write")
    row, asset = _asset(call, repository, with_drafts=True)
    releases.check_mutable(row, "delete assets of")
    hub.store.delete("release_asset", asset["id"])
    path_of(hub, asset["id"]).unlink(missing_ok=True)
    return empty()


def path_of(hub: Hub, asset_id: int) -> Path:
    """Return where an asset's bytes lie."""
    return hub.data / "assets" / str(asset_id)


def fetch_url(hub: Hub, asset: Row) -> str:
    """Count a download and return where its bytes are, as GitHub sends one to its storage."""
    hub.store.run(
        "UPDATE release_asset SET download_count = download_count + 1 WHERE id = ?", asset["id"]
    )
    return f"{hub.url}/api/codeload/release-assets/{asset['id']}/{asset['sha256']}"


def _asset(call: Call, repository: Row, *, with_drafts: bool) -> tuple[Row, Row]:
    asset = call.hub.store.find("release_asset", id=call.number("asset_id"))
    if asset is None:
        raise not_found()
    row = releases.find_release(call.hub, repository, asset["release_id"], with_drafts=with_drafts)
    return row, asset


def _clean(name: str) -> str:
    """Return the name GitHub gives a file: other characters than these become a full stop."""
    cleaned = re.sub(r"[^\w.+@-]+", ".", name, flags=re.ASCII).strip(".")
    if not cleaned:
        raise invalid("ReleaseAsset", "name", "missing_field")
    return cleaned if not name.startswith(".") else f"default.{cleaned}"


def _check_room(hub: Hub, release: Row, name: str) -> None:
    releases.check_mutable(release, "upload assets to")
    _check_name(hub, release, name)
    held = hub.store.value("SELECT count(*) FROM release_asset WHERE release_id = ?", release["id"])
    if held >= ASSETS_LIMIT:
        message = f"file_count can't be more than {ASSETS_LIMIT}."
        raise invalid("ReleaseAsset", "file_count", "custom", message)


def _check_name(hub: Hub, release: Row, name: str | None) -> None:
    if hub.store.find("release_asset", release_id=release["id"], name=name) is not None:
        raise invalid("ReleaseAsset", "name", "already_exists")


def _measured(upload: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := upload.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _keep(hub: Hub, asset_id: int, upload: IO[bytes]) -> None:
    path = path_of(hub, asset_id)
    path.parent.mkdir(exist_ok=True)
    upload.seek(0)
    with path.open("wb") as file:
        shutil.copyfileobj(upload, file, _CHUNK_BYTES)


def _record(call: Call, release: Row, name: str, size: int, sha256: str) -> int:
    now = call.hub.clock.stamp()
    return call.hub.store.insert(
        "release_asset",
        release_id=release["id"],
        name=name,
        label=call.query.get("label", ""),
        content_type=call.headers.get("content-type", "application/octet-stream"),
        size=size,
        sha256=sha256,
        uploader_id=call.actor.id,
        created_at=now,
        updated_at=now,
    )
