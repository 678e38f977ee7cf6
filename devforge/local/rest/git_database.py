"""The Git database: commits, trees, blobs and tags, one object at a time."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any

from devforge.local.answer import Answer, created
from devforge.local.call import Call
from devforge.local.git.objects import (
    Signature,
    read_commit,
    read_object,
    read_tree,
    write_commit,
    write_object,
    write_tree,
)
from devforge.local.git.refnames import is_ref_name
from devforge.local.git.repositories import GitFailed
from devforge.local.nodes import node_id
from devforge.local.refusals import ApiRefusal, conflict, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.commits import git_commit, signature, tree_entry
from devforge.local.shapes.links import repository_api
from devforge.local.store import Row
from devforge.local.wire import from_base64

_SHA = re.compile(r"[0-9a-f]{40}\Z")
_BLOB_LIMIT_BYTES = 140_000_000
_MOST_ENTRIES = 100_000


def kind_of(call: Call, row: Row, sha: str) -> str | None:
    """Return what kind of object an id names, or None."""
    status, out = call.hub.git.outcome(row["id"], "cat-file", "-t", sha, allowed=(0, 1, 128))
    return out.decode().strip() if status == 0 else None


def checked_sha(call: Call, row: Row, sha: str, kind: str | None = None) -> str:
    """Return the id of an object that is there, and of that kind. Raises 422."""
    found = kind_of(call, row, sha) if _SHA.match(sha) else None
    if found is None or (kind is not None and found != kind):
        raise unprocessable("Object does not exist" if kind is None else f"{kind.title()} SHA does not exist or is not a {kind} object")  # fmt: skip
    return sha


def check_not_empty(call: Call, row: Row) -> None:
    """Raise the 409 of a repository without a branch."""
    if not call.hub.git.refs(row["id"], "refs/heads"):
        raise conflict("Git Repository is empty.")


@route("GET", "/repos/{owner}/{repo}/git/commits/{sha}")
def show_git_commit(call: Call) -> Answer:
    """Answer with a commit object."""
    row, sha = call.repository(), call.place["sha"]
    if not _SHA.match(sha) or kind_of(call, row, sha) != "commit":
        raise not_found()
    return Answer(git_commit(call.hub, row, read_commit(call.hub, row["id"], sha)))


@route("POST", "/repos/{owner}/{repo}/git/commits")
def create_git_commit(call: Call) -> Answer:
    """Store a commit object; no ref moves."""
    row = call.repository("write")
    tree = checked_sha(call, row, call.needed_text("tree"), "tree")
    parents = [checked_sha(call, row, p, "commit") for p in call.texts("parents") or []]
    author = _signature(call, "author") or Signature.of(call.hub, call.actor)
    committer = _signature(call, "committer") or author
    sha = write_commit(
        call.hub, row["id"], tree, parents, call.needed_text("message"), author, committer
    )
    return created(git_commit(call.hub, row, read_commit(call.hub, row["id"], sha)))


def _signature(call: Call, name: str) -> Signature | None:
    told = call.record(name)
    if told is None:
        return None
    who, email, date = told.get("name"), told.get("email"), told.get("date")
    if not isinstance(who, str) or not isinstance(email, str):
        raise unprocessable(f"Invalid request.\n\n{name} needs a name and an email.")
    if date is None:
        return Signature(who, email, call.hub.clock.now().replace(microsecond=0))
    try:
        return Signature(who, email, datetime.fromisoformat(str(date)))
    except ValueError as error:
        raise unprocessable(f"{name}.date {date!r} is not a timestamp in ISO 8601") from error


@route("GET", "/repos/{owner}/{repo}/git/trees/{sha:path}")
def show_tree(call: Call) -> Answer:
    """Answer with a tree, named by its id or by a commit, branch or tag."""
    row = call.repository()
    tree = call.hub.git.resolve(row["id"], call.place["sha"], "tree")
    if tree is None:
        check_not_empty(call, row)
        raise not_found()
    recursive = "recursive" in call.query
    entries = read_tree(call.hub, row["id"], tree, recursive=recursive)
    return Answer(_tree_shape(call, row, tree, entries))


def _tree_shape(call: Call, row: Row, tree: str, entries: list[Any]) -> dict[str, Any]:
    return {
        "sha": tree,
        "url": f"{repository_api(call.hub, row)}/git/trees/{tree}",
        "tree": [tree_entry(call.hub, row, entry) for entry in entries[:_MOST_ENTRIES]],
        "truncated": len(entries) > _MOST_ENTRIES,
    }


@route("POST", "/repos/{owner}/{repo}/git/trees", limit_bytes=_BLOB_LIMIT_BYTES)
def create_tree(call: Call) -> Answer:
    """Store a tree, made from `base_tree` and entries put over it."""
    row, listed = call.repository("write"), call.body.get("tree")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise unprocessable('Invalid request.\n\n"tree" wasn\'t supplied.')
    if not listed:
        raise unprocessable("Invalid tree info")
    base = call.text("base_tree")
    if base is not None and (base := call.hub.git.resolve(row["id"], base, "tree")) is None:
        raise unprocessable("tree.base_tree is not a valid tree")
    entries = dict(_entry(call, row, each) for each in listed)
    try:
        tree = write_tree(call.hub, row["id"], base, entries)
    except GitFailed as error:
        raise unprocessable("tree contains a malformed path component") from error
    return created(_tree_shape(call, row, tree, read_tree(call.hub, row["id"], tree)))


def _entry(call: Call, row: Row, told: dict[str, Any]) -> tuple[str, tuple[str, str] | None]:
    path, mode, sha = told.get("path"), told.get("mode"), told.get("sha")
    if not isinstance(path, str) or not _is_tree_path(path):
        raise unprocessable("tree.path contains a malformed path component")
    if "content" in told and sha is None:
        content = str(told["content"]).encode("utf-8", "replace")
        sha = write_object(call.hub, row["id"], "blob", content)
    if sha is None:
        return path, None
    kinds = {"100644": "blob", "100755": "blob", "120000": "blob", "040000": "tree", "160000": None}
    if mode not in kinds:
        raise unprocessable(f"tree.mode {mode!r} is not one of {', '.join(kinds)}")
    if mode != "160000":
        checked_sha(call, row, str(sha), kinds[mode])
    return path, (str(mode), str(sha))


def _is_tree_path(path: str) -> bool:
    parts = path.split("/")
    return "\0" not in path and not any(p in ("", ".", "..") or p.lower() == ".git" for p in parts)


@route("GET", "/repos/{owner}/{repo}/git/blobs/{sha}")
def show_blob(call: Call) -> Answer:
    """Answer with a blob, in base64."""
    row, sha = call.repository(), call.place["sha"]
    found = read_object(call.hub, row["id"], sha) if _SHA.match(sha) else None
    if found is None or found[0] != "blob":
        raise not_found()
    return Answer(
        {
            "sha": sha,
            "node_id": f"{node_id('Blob', row['id'])}_{sha}",
            "size": len(found[1]),
            "url": f"{repository_api(call.hub, row)}/git/blobs/{sha}",
            "content": base64.encodebytes(found[1]).decode(),
            "encoding": "base64",
        }
    )


@route("POST", "/repos/{owner}/{repo}/git/blobs", limit_bytes=_BLOB_LIMIT_BYTES)
def create_blob(call: Call) -> Answer:
    """Store a blob."""
    row = call.repository("write")
    text = call.needed_text("content", limit=_BLOB_LIMIT_BYTES)
    encoding = call.text("encoding") or "utf-8"
    if encoding not in ("utf-8", "base64"):
        raise unprocessable(f"encoding {encoding!r} is not one of utf-8, base64")
    content = from_base64(text) if encoding == "base64" else text.encode("utf-8", "replace")
    sha = write_object(call.hub, row["id"], "blob", content)
    return created({"sha": sha, "url": f"{repository_api(call.hub, row)}/git/blobs/{sha}"})


@route("POST", "/repos/{owner}/{repo}/git/tags")
def create_tag(call: Call) -> Answer:
    """Store an annotated tag's object; the ref is made by itself."""
    row, kind = call.repository("write"), call.needed_text("type")
    name, message = call.needed_text("tag"), call.needed_text("message")
    sha = checked_sha(call, row, call.needed_text("object"), kind)
    if not is_ref_name(f"refs/tags/{name}"):
        raise unprocessable(f"{name!r} is not a tag's name")
    tagger = _signature(call, "tagger") or Signature.of(call.hub, call.actor)
    text = f"object {sha}\ntype {kind}\ntag {name}\ntagger {tagger.line}\n\n{message}\n"
    tag = write_object(call.hub, row["id"], "tag", text.encode("utf-8", "replace"))
    return created(_tag_shape(call, row, tag))


@route("GET", "/repos/{owner}/{repo}/git/tags/{sha}")
def show_tag(call: Call) -> Answer:
    """Answer with an annotated tag's object."""
    row = call.repository()
    if not _SHA.match(call.place["sha"]):
        raise not_found()
    return Answer(_tag_shape(call, row, call.place["sha"]))


def _tag_shape(call: Call, row: Row, sha: str) -> dict[str, Any]:
    found = read_object(call.hub, row["id"], sha)
    if found is None or found[0] != "tag":
        raise ApiRefusal(404, "Not Found")
    head, _, message = found[1].decode("utf-8", "replace").partition("\n\n")
    fields = dict(line.partition(" ")[::2] for line in head.split("\n"))
    api, kind, target = repository_api(call.hub, row), fields["type"], fields["object"]
    return {
        "node_id": f"{node_id('Tag', row['id'])}_{sha}",
        "tag": fields["tag"],
        "sha": sha,
        "url": f"{api}/git/tags/{sha}",
        "message": message,
        "tagger": signature(Signature.read(fields.get("tagger", ""))),
        "object": {"type": kind, "sha": target, "url": f"{api}/git/{kind}s/{target}"},
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }
