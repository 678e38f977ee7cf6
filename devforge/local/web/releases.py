"""Releases as pages: what each says, and its files to fetch."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.hub import Hub
from devforge.local.refusals import not_found
from devforge.local.releases import latest, published_by_tag
from devforge.local.routes import route
from devforge.local.shapes.links import login_of, repository_path
from devforge.local.shapes.releases import assets_of
from devforge.local.store import Row
from devforge.local.web.page import neighbours, page


@route("GET", "/{owner}/{repo}/releases", surface="web")
def list_releases(call: Call) -> Answer:
    """Published releases, newest first."""
    repository = call.repository()
    rows = call.select(
        "SELECT * FROM release WHERE repository_id = ? AND draft = 0 ORDER BY id DESC",
        repository["id"],
    )
    return _shown(call, repository, rows)


@route("GET", "/{owner}/{repo}/releases/latest", surface="web")
def show_latest_release(call: Call) -> Answer:
    """The latest release."""
    repository = call.repository()
    return _shown(call, repository, [_found(latest(call.hub, repository))])


@route("GET", "/{owner}/{repo}/releases/tag/{tag:path}", surface="web")
def show_release(call: Call) -> Answer:
    """The page a published release's `html_url` leads to."""
    repository = call.repository()
    row = published_by_tag(call.hub, repository, call.place["tag"])
    return _shown(call, repository, [_found(row)])


def _found(row: Row | None) -> Row:
    if row is None:
        raise not_found()
    return row


def _shown(call: Call, repository: Row, rows: list[Row]) -> Answer:
    return page(
        "releases",
        repository=repository_path(call.hub, repository),
        releases=[_release(call.hub, row) for row in rows],
        **neighbours(call),
    )


def _release(hub: Hub, row: Row) -> dict[str, Any]:
    return {
        "tag": row["tag_name"],
        "name": row["name"] or row["tag_name"],
        "author": login_of(hub, row["author_id"]),
        "at": row["published_at"],
        "prerelease": bool(row["prerelease"]),
        "body": row["body"],
        "assets": assets_of(hub, row["id"]),
    }
