"""Releases and their assets as the REST API shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import user_by_id
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row


def release_shape(hub: Hub, repository: Row, release: Row) -> dict[str, Any]:
    """Return a release with its assets, oldest first."""
    path, id, tag = repository_path(hub, repository), release["id"], release["tag_name"]
    url = f"{hub.api}/repos/{path}/releases/{id}"
    shown = f"untagged-{id:020x}" if release["draft"] else quote(tag, safe="")
    archive = None if release["draft"] else quote(tag)
    return {
        "url": url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{hub.url}/api/uploads/repos/{path}/releases/{id}/assets{{?name,label}}",
        "html_url": f"{hub.url}/{path}/releases/tag/{shown}",
        "id": id,
        "author": user_by_id(hub, release["author_id"]),
        "node_id": node_id("Release", id),
        "tag_name": tag,
        "target_commitish": release["target_commitish"],
        "name": release["name"],
        "draft": bool(release["draft"]),
        "immutable": bool(release["immutable"]),
        "prerelease": bool(release["prerelease"]),
        "created_at": release["created_at"],
        "updated_at": release["updated_at"],
        "published_at": release["published_at"],
        "assets": [asset_shape(hub, repository, release, each) for each in assets_of(hub, id)],
        "tarball_url": archive and f"{hub.api}/repos/{path}/tarball/{archive}",
        "zipball_url": archive and f"{hub.api}/repos/{path}/zipball/{archive}",
        "body": release["body"],
    }


def assets_of(hub: Hub, release_id: int) -> list[Row]:
    """Return a release's assets, oldest first."""
    return hub.store.all("SELECT * FROM release_asset WHERE release_id = ? ORDER BY id", release_id)


def asset_shape(hub: Hub, repository: Row, release: Row, asset: Row) -> dict[str, Any]:
    """Return one asset; its digest is of the bytes as they were uploaded."""
    path = repository_path(hub, repository)
    return {
        "url": f"{hub.api}/repos/{path}/releases/assets/{asset['id']}",
        "id": asset["id"],
        "node_id": node_id("ReleaseAsset", asset["id"]),
        "name": asset["name"],
        "label": asset["label"],
        "uploader": user_by_id(hub, asset["uploader_id"]),
        "content_type": asset["content_type"],
        "state": "uploaded",
        "size": asset["size"],
        "digest": f"sha256:{asset['sha256']}",
        "download_count": asset["download_count"],
        "created_at": asset["created_at"],
        "updated_at": asset["updated_at"],
        "browser_download_url": download_url(hub, path, release, asset["name"]),
    }


def download_url(hub: Hub, path: str, release: Row, name: str) -> str:
    """Return where a browser gets the asset from."""
    tag = f"untagged-{release['id']:020x}" if release["draft"] else quote(release["tag_name"])
    return f"{hub.url}/{path}/releases/download/{tag}/{quote(name)}"
