"""Releases and their files."""

from __future__ import annotations

from typing import Any

from devforge.local import releases as rules
from devforge.local.graphql.connections import connection
from devforge.local.graphql.registry import Arguments, columns, field, flags, page
from devforge.local.graphql.things import Thing, account_thing, things
from devforge.local.graphql.view import View
from devforge.local.shapes.links import repository_path
from devforge.local.shapes.releases import assets_of, download_url, release_shape

columns(
    "Release",
    createdAt="created_at",
    description="body",
    name="name",
    publishedAt="published_at",
    tagName="tag_name",
    updatedAt="updated_at",
)
flags("Release", isDraft="draft", isPrerelease="prerelease")
columns(
    "ReleaseAsset",
    contentType="content_type",
    createdAt="created_at",
    downloadCount="download_count",
    name="name",
    size="size",
    updatedAt="updated_at",
)


@field("Release", "author")
def author(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who made it; a bot is no user, so nobody."""
    account = account_thing(view.hub, thing.row["author_id"])
    return account if account is not None and account.kind == "User" else None


@field("Release", "isLatest")
def is_latest(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether it is the one that `latest` means."""
    newest = rules.latest(view.hub, view.home_of(thing))
    return newest is not None and newest["id"] == thing.id


@page("Release")
def url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its page."""
    return str(release_shape(view.hub, view.home_of(thing), thing.row)["html_url"])


@field("Release", "releaseAssets")
def release_assets(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Its files, oldest first."""
    wanted = arguments.get("name")
    rows = [row for row in assets_of(view.hub, thing.id) if wanted in (None, row["name"])]
    return connection("releaseAssets", things("ReleaseAsset", rows), arguments)


@field("ReleaseAsset", "id")
def asset_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return thing.node_id


@field("ReleaseAsset", "downloadUrl")
def asset_url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Where a browser gets it."""
    release = view.hub.store.get("release", thing.row["release_id"])
    path = repository_path(view.hub, view.home_of(thing))
    return download_url(view.hub, path, release, thing.row["name"])
