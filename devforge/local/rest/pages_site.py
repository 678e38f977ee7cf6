"""The site itself, as a browser gets it: caching headers, index files, the site's own 404 page."""

from __future__ import annotations

import hashlib
import mimetypes
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from devforge.local import pages
from devforge.local.access import resolve
from devforge.local.answer import Answer, redirect
from devforge.local.call import Call
from devforge.local.routes import route
from devforge.local.store import Row

_TEXT = ("text/", "application/javascript", "application/json", "application/xml")
_TYPES = {
    ".atom": "application/atom+xml",
    ".js": "application/javascript",
    ".json": "application/json",
    ".mjs": "application/javascript",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".yaml": "text/yaml",
    ".yml": "text/yaml",
    ".zip": "application/zip",
}
_MISSING = b"<!DOCTYPE html><title>Site not found</title><h1>404</h1><p>There is nothing here.</p>"


@route("GET", "/pages/{owner}/{repo}", surface="web")
def front(call: Call) -> Answer:
    """The front page, at an address that ends in a slash: relative links would lead elsewhere."""
    if call.path.endswith("/"):
        return _served(call, "")
    return redirect(f"{call.hub.url}{call.path}/", 301)


@route("GET", "/pages/{owner}/{repo}/{path:path}", surface="web")
def serve(call: Call) -> Answer:
    """One file of the site."""
    return _served(call, call.place["path"])


def _served(call: Call, path: str) -> Answer:
    repository = resolve(call.hub, call.place["owner"], call.place["repo"])
    site = pages.site_directory(call.hub, repository)
    if path and call.path.endswith("/") and not path.endswith("/"):
        path += "/"
    found = pages.file_at(site, path)
    if found is None and pages.file_at(site, f"{path}/") is not None:
        return redirect(f"{call.hub.url}{call.path}/", 301)
    if found is None:
        return _missing(call, repository)
    return _file(call, found)


def _missing(call: Call, repository: Row) -> Answer:
    page = pages.site_directory(call.hub, repository) / "404.html"
    content = page.read_bytes() if page.is_file() else _MISSING
    return Answer(content=content, status=404, media_type="text/html; charset=utf-8")


def _file(call: Call, file: Path) -> Answer:
    content = file.read_bytes()
    modified = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Cache-Control": "max-age=600",
        "Access-Control-Allow-Origin": "*",
    }
    if _is_known(call, headers["ETag"], modified):
        return Answer(content=b"", status=304, headers=headers)
    return Answer(content=content, headers=headers, media_type=media_type(file))


def media_type(file: Path) -> str:
    """Return the Content-Type that Pages gives a file, by its name."""
    known = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    kind = known or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind


def _is_known(call: Call, etag: str, modified: datetime) -> bool:
    wanted = call.headers.get("if-none-match")
    if wanted is not None:
        return etag in [each.strip().removeprefix("W/") for each in wanted.split(",")]
    since = call.headers.get("if-modified-since")
    try:
        return since is not None and modified <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
