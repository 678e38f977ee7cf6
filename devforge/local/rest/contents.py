"""Files through the API: read, written, deleted, each write one commit."""

from __future__ import annotations

import base64
from typing import Any

from devforge.local.answer import Answer, created
from devforge.local.call import Call
from devforge.local.git.changes import changing
from devforge.local.git.moves import move_ref
from devforge.local.git.objects import (
    Signature,
    TreeEntry,
    read_commit,
    read_object,
    read_tree,
    write_commit,
    write_files,
)
from devforge.local.git.repositories import ZERO
from devforge.local.refusals import ApiRefusal, conflict, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.commits import git_commit
from devforge.local.shapes.links import escaped, repository_api, repository_web
from devforge.local.store import Row
from devforge.local.wire import from_base64

_LIMIT_BYTES = 140_000_000
_SHOWN_BYTES = 1_000_000
_READMES = ("readme.md", "readme", "readme.rst", "readme.txt")


@route("GET", "/repos/{owner}/{repo}/contents")
@route("GET", "/repos/{owner}/{repo}/contents/{path:path}")
def show_contents(call: Call) -> Answer:
    """Answer with a file, a symbolic link, a submodule, or the list of a directory."""
    row = call.repository()
    ref = call.query.get("ref") or row["default_branch"]
    path = _checked_path(call.place.get("path", "").strip("/"), wrong=not_found())
    tree = _commit_tree(call, row, ref)
    if not path:
        return Answer([_entry(call, row, e, ref) for e in read_tree(call.hub, row["id"], tree)])
    found = read_tree(call.hub, row["id"], tree, path)
    if not found:
        raise not_found()
    entry = found[0]
    if entry.kind == "tree":
        listed = read_tree(call.hub, row["id"], entry.sha)
        return Answer([_entry(call, row, e, ref, path) for e in listed])
    if "raw" in call.headers.get("accept", ""):
        return _raw(call, row, entry)
    return Answer(_entry(call, row, entry, ref) | _content(call, row, entry))


@route("GET", "/repos/{owner}/{repo}/readme")
def show_readme(call: Call) -> Answer:
    """Answer with the README of the root."""
    row = call.repository()
    ref = call.query.get("ref") or row["default_branch"]
    entries = {
        e.path.lower(): e for e in read_tree(call.hub, row["id"], _commit_tree(call, row, ref))
    }
    entry = next((entries[name] for name in _READMES if name in entries), None)
    if entry is None or entry.kind != "blob":
        raise not_found()
    if "raw" in call.headers.get("accept", ""):
        return _raw(call, row, entry)
    return Answer(_entry(call, row, entry, ref) | _content(call, row, entry))


def _commit_tree(call: Call, row: Row, ref: str) -> str:
    tree = call.hub.git.resolve(row["id"], ref, "tree")
    if tree is None:
        if not call.hub.git.refs(row["id"], "refs/heads"):
            raise ApiRefusal(404, "This repository is empty.")
        raise ApiRefusal(404, f"No commit found for the ref {ref}")
    return tree


def _raw(call: Call, row: Row, entry: TreeEntry) -> Answer:
    found = read_object(call.hub, row["id"], entry.sha)
    content = b"" if found is None else found[1]
    return Answer(content=content, media_type="application/vnd.github.raw; charset=utf-8")


def _content(call: Call, row: Row, entry: TreeEntry) -> dict[str, Any]:
    if entry.kind == "commit":
        return {"submodule_git_url": None}
    found = read_object(call.hub, row["id"], entry.sha)
    content = b"" if found is None else found[1]
    if entry.mode == "120000":
        return {"target": content.decode("utf-8", "replace")}
    if len(content) > _SHOWN_BYTES:
        return {"content": "", "encoding": "none"}
    return {"content": base64.encodebytes(content).decode(), "encoding": "base64"}


def _entry(call: Call, row: Row, entry: TreeEntry, ref: str, folder: str = "") -> dict[str, Any]:
    path = f"{folder}/{entry.path}" if folder else entry.path
    kind = {"tree": "dir", "commit": "submodule"}.get(entry.kind, "file")
    if entry.mode == "120000":
        kind = "symlink"
    api, web, quoted = repository_api(call.hub, row), repository_web(call.hub, row), escaped(path)
    page = "tree" if kind == "dir" else "blob"
    url = f"{api}/contents/{quoted}?ref={escaped(ref)}"
    git_url = f"{api}/git/{'trees' if kind == 'dir' else 'blobs'}/{entry.sha}"
    html_url = f"{web}/{page}/{escaped(ref)}/{quoted}"
    has_bytes = kind in ("file", "symlink")
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": f"{web}/raw/{escaped(ref)}/{quoted}" if has_bytes else None,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": html_url},
    }


@route("PUT", "/repos/{owner}/{repo}/contents/{path:path}", limit_bytes=_LIMIT_BYTES)
def write_contents(call: Call) -> Answer:
    """Write one file in one commit; `sha` must name the blob that is replaced."""
    row = call.repository("write")
    content = from_base64(call.needed_text("content", limit=_LIMIT_BYTES))
    before, answer = _commit_file(call, row, content)
    return Answer(answer, status=200) if before else created(answer)


@route("DELETE", "/repos/{owner}/{repo}/contents/{path:path}")
def delete_contents(call: Call) -> Answer:
    """Delete one file in one commit; `sha` must name the blob that goes."""
    row = call.repository("write")
    if "sha" in call.query:
        call.body |= call.query
    call.needed_text("sha")
    _, answer = _commit_file(call, row, None)
    return Answer(answer)


def _commit_file(call: Call, row: Row, content: bytes | None) -> tuple[bool, dict[str, Any]]:
    path = _checked_path(call.place["path"], wrong=unprocessable("path contains a malformed path component"))  # fmt: skip
    branch = call.text("branch") or row["default_branch"]
    name, id = f"refs/heads/{branch}", row["id"]
    with changing(call.hub, row, call.actor):
        tip = call.hub.git.resolve(id, name)
        if tip is None and call.hub.git.refs(id, "refs/heads"):
            raise ApiRefusal(404, f"Branch {branch} not found")
        tree = None if tip is None else read_commit(call.hub, id, tip).tree
        there = read_tree(call.hub, id, tree, path) if tree else []
        _check_sha(call, path, there, deleting=content is None)
        author = _person(call, "author") or _person(call, "committer")
        author = author or Signature.of(call.hub, call.actor)
        committer = _person(call, "committer") or author
        new_tree = write_files(call.hub, id, tree, {path: content})
        parents = () if tip is None else (tip,)
        message = call.needed_text("message")
        sha = write_commit(call.hub, id, new_tree, parents, message, author, committer)
        move_ref(call.hub, row, name, tip or ZERO, sha, call.actor)
    shown = None
    if content is not None:
        shown = _entry(call, row, read_tree(call.hub, id, sha, path)[0], branch)
    commit = git_commit(call.hub, row, read_commit(call.hub, id, sha))
    return bool(there), {"content": shown, "commit": commit}


def _check_sha(call: Call, path: str, there: list[TreeEntry], *, deleting: bool) -> None:
    told = call.text("sha")
    if not there:
        if deleting:
            raise not_found()
        if told is not None:
            raise conflict(f"{path} does not match {told}")
        return
    if there[0].kind == "tree":
        raise unprocessable(f"{path} is a directory")
    if told is None:
        raise unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
    if told != there[0].sha:
        raise conflict(f"{path} does not match {told}")


def _person(call: Call, name: str) -> Signature | None:
    told = call.record(name)
    if told is None:
        return None
    if not isinstance(told.get("name"), str) or not isinstance(told.get("email"), str):
        raise unprocessable(f"Invalid request.\n\n{name} needs a name and an email.")
    return Signature(told["name"], told["email"], call.hub.clock.now().replace(microsecond=0))


def _checked_path(path: str, *, wrong: ApiRefusal) -> str:
    parts = path.split("/") if path else []
    bad = any(p in ("", ".", "..") or p.lower() == ".git" for p in parts)
    if bad or "\0" in path or len(path) > 4096:
        raise wrong
    return path
