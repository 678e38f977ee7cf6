"""What a browser and a feed reader get of releases: no API, no token, no limit."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree as ET

from devforge.local import releases
from devforge.local.answer import Answer, redirect
from devforge.local.call import Call
from devforge.local.refusals import not_found
from devforge.local.rest.release_assets import fetch_url, path_of
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row

_ATOM = "http://www.w3.org/2005/Atom"
_FEED_ENTRIES = 10


@route("GET", "/{owner}/{repo}/releases/download/{tag:path}/{name}", surface="web")
def download(call: Call) -> Answer:
    """Send the caller to a published release's file."""
    repository = call.repository()
    return _to_asset(call, releases.published_by_tag(call.hub, repository, call.place["tag"]))


@route("GET", "/{owner}/{repo}/releases/latest/download/{name}", surface="web")
def download_latest(call: Call) -> Answer:
    """Send the caller on to the latest release's file of this name."""
    repository = call.repository()
    row = releases.latest(call.hub, repository)
    if row is None:
        raise not_found()
    path, tag = repository_path(call.hub, repository), quote(row["tag_name"])
    return redirect(f"{call.hub.url}/{path}/releases/download/{tag}/{quote(call.place['name'])}")


@route("GET", "/release-assets/{asset_id}/{sha256}", surface="codeload")
def fetch(call: Call) -> Answer:
    """An asset's bytes, to whoever was sent here."""
    asset = call.hub.store.find(
        "release_asset", id=call.number("asset_id"), sha256=call.place["sha256"]
    )
    if asset is None:
        raise not_found()
    name = asset["name"]
    headers = {
        "Content-Disposition": f"attachment; filename={name}",
        "ETag": f'"0x{asset["sha256"][:15].upper()}"',
    }
    return Answer(
        content=path_of(call.hub, asset["id"]), headers=headers, media_type=asset["content_type"]
    )


@route("GET", "/{owner}/{repo}/releases.atom", surface="web")
def feed(call: Call) -> Answer:
    """The newest releases as an Atom feed."""
    repository = call.repository()
    rows = call.hub.store.all(
        "SELECT * FROM release WHERE repository_id = ? AND draft = 0"
        " ORDER BY created_at DESC, id DESC LIMIT ?",
        repository["id"],
        _FEED_ENTRIES,
    )
    content = _atom(call, repository, rows)
    return Answer(content=content, media_type="application/atom+xml; charset=utf-8")


def _to_asset(call: Call, release: Row | None) -> Answer:
    asset = release and call.hub.store.find(
        "release_asset", release_id=release["id"], name=call.place["name"]
    )
    if not asset:
        raise not_found()
    return redirect(fetch_url(call.hub, asset))


def _atom(call: Call, repository: Row, rows: list[Row]) -> bytes:
    path = repository_path(call.hub, repository)
    page = f"{call.hub.url}/{path}/releases"
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", f"tag:github.com,2008:{page}")
    _add(feed, "title", f"Release notes from {repository['name']}")
    _add(feed, "updated", rows[0]["published_at"] if rows else repository["created_at"])
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{page}.atom")
    for row in rows:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", f"tag:github.com,2008:Repository/{repository['id']}/{row['tag_name']}")
        _add(entry, "updated", row["published_at"])
        href = f"{page}/tag/{quote(row['tag_name'], safe='')}"
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=href)
        _add(entry, "title", row["name"] or row["tag_name"])
        _add(entry, "content", row["body"] or "No content.")
        author = ET.SubElement(entry, "author")
        _add(author, "name", call.hub.store.get("account", row["author_id"])["login"] or "ghost")
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
