"""Archives and raw files: what a browser or `curl` downloads."""

from __future__ import annotations

from devforge.local.answer import Answer, redirect
from devforge.local.call import Call
from devforge.local.git.archives import archive
from devforge.local.git.objects import read_object
from devforge.local.git.places import entry_at, read_place
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.links import escaped, repository_path

_KINDS = ("zip", "tar.gz")


@route("GET", "/repos/{owner}/{repo}/tarball")
@route("GET", "/repos/{owner}/{repo}/tarball/{ref:path}")
def download_tarball(call: Call) -> Answer:
    """Send the caller to where the archive is."""
    return _archive_elsewhere(call, "tar.gz")


@route("GET", "/repos/{owner}/{repo}/zipball")
@route("GET", "/repos/{owner}/{repo}/zipball/{ref:path}")
def download_zipball(call: Call) -> Answer:
    """Send the caller to where the archive is."""
    return _archive_elsewhere(call, "zip")


def _archive_elsewhere(call: Call, kind: str) -> Answer:
    row = call.repository()
    ref = call.place.get("ref") or row["default_branch"]
    if call.hub.git.resolve(row["id"], ref) is None:
        raise not_found()
    path = repository_path(call.hub, row)
    return redirect(f"{call.hub.url}/api/codeload/{path}/{kind}/{escaped(ref)}")


@route("GET", "/{owner}/{repo}/{kind}/{ref:path}", surface="codeload")
def send_archive(call: Call) -> Answer:
    """Send an archive of a commit, branch or tag."""
    if call.place["kind"] not in _KINDS:
        raise not_found()
    return _archive(call, call.place["ref"], call.place["kind"])


@route("GET", "/{owner}/{repo}/archive/{file:path}", surface="web")
def send_archive_by_name(call: Call) -> Answer:
    """Send `archive/<ref>.zip` or `archive/<ref>.tar.gz`, as the web pages link them."""
    for kind in _KINDS:
        if call.place["file"].endswith(f".{kind}"):
            return _archive(call, call.place["file"].removesuffix(f".{kind}"), kind)
    raise not_found()


def _archive(call: Call, ref: str, kind: str) -> Answer:
    row = call.repository()
    commit = call.hub.git.resolve(row["id"], ref)
    if commit is None:
        raise not_found()
    owner, name = repository_path(call.hub, row).split("/")
    short = ref.removeprefix("refs/heads/").removeprefix("refs/tags/").replace("/", "-")
    by_id = commit.startswith(ref)
    prefix = f"{owner}-{name}-{commit[:7]}" if by_id else f"{name}-{short.removeprefix('v')}"
    content = archive(call.hub, row["id"], commit, prefix=prefix, kind=kind)
    media_type = "application/zip" if kind == "zip" else "application/x-gzip"
    headers = {"Content-Disposition": f"attachment; filename={name}-{short}.{kind}"}
    return Answer(headers=headers, content=content, media_type=media_type)


@route("GET", "/{owner}/{repo}/raw/{file:path}", surface="web")
def send_raw_file(call: Call) -> Answer:
    """Send one file's bytes; the ref is the longest branch, tag or commit the path begins with."""
    row = call.repository()
    place = read_place(call.hub, row["id"], call.place["file"])
    found = place and entry_at(call.hub, row["id"], place)
    if not found or found.kind != "blob":
        raise not_found()
    blob = read_object(call.hub, row["id"], found.sha)
    content = blob[1] if blob else b""
    kind = "application/octet-stream" if b"\0" in content[:8000] else "text/plain; charset=utf-8"
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=300"}
    return Answer(headers=headers, content=content, media_type=kind)
