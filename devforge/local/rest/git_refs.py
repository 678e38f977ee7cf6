"""Refs through the API: shown, made, moved, deleted."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.git import moves
from devforge.local.git.changes import changing, is_ancestor
from devforge.local.git.refnames import is_ref_name
from devforge.local.git.repositories import ZERO
from devforge.local.refusals import not_found, unprocessable
from devforge.local.rest.git_database import check_not_empty, checked_sha, kind_of
from devforge.local.routes import route
from devforge.local.shapes.commits import git_ref
from devforge.local.store import Row


def _ref_shape(call: Call, row: Row, name: str, sha: str) -> dict[str, Any]:
    return git_ref(call.hub, row, name, kind_of(call, row, sha) or "commit", sha)


@route("GET", "/repos/{owner}/{repo}/git/ref/{ref:path}")
def show_ref(call: Call) -> Answer:
    """Answer with exactly this ref."""
    row, name = call.repository(), f"refs/{call.place['ref']}"
    check_not_empty(call, row)
    sha = call.hub.git.refs(row["id"], name).get(name) if is_ref_name(name) else None
    if sha is None:
        raise not_found()
    return Answer(_ref_shape(call, row, name, sha))


@route("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref:path}")
def list_matching_refs(call: Call) -> Answer:
    """Answer with the refs that begin so."""
    row, prefix = call.repository(), f"refs/{call.place['ref']}"
    refs = call.hub.git.refs(row["id"], "refs/heads", "refs/tags", "refs/pull")
    names = call.slice([name for name in sorted(refs) if name.startswith(prefix)])
    return Answer([_ref_shape(call, row, name, refs[name]) for name in names])


@route("GET", "/repos/{owner}/{repo}/git/refs")
def list_refs(call: Call) -> Answer:
    """Answer with all branches and tags."""
    row = call.repository()
    check_not_empty(call, row)
    refs = call.hub.git.refs(row["id"], "refs/heads", "refs/tags")
    return Answer([_ref_shape(call, row, name, refs[name]) for name in call.slice(sorted(refs))])


@route("POST", "/repos/{owner}/{repo}/git/refs")
def create_ref(call: Call) -> Answer:
    """Make a branch or tag."""
    row = call.repository("write")
    name, sha = call.needed_text("ref"), call.needed_text("sha")
    if not is_ref_name(name) or name.startswith("refs/pull/"):
        raise unprocessable(
            f"Reference name must start with 'refs/' and be well-formed, not {name!r}."
        )
    check_not_empty(call, row)
    found = kind_of(call, row, checked_sha(call, row, sha))
    if name.startswith("refs/heads/") and found != "commit":
        raise unprocessable("Reference update failed")
    with changing(call.hub, row, call.actor):
        if name in call.hub.git.refs(row["id"], name):
            raise unprocessable("Reference already exists")
        moves.move_ref(call.hub, row, name, ZERO, sha, call.actor)
    return created(_ref_shape(call, row, name, sha))


@route("PATCH", "/repos/{owner}/{repo}/git/refs/{ref:path}")
def move_ref(call: Call) -> Answer:
    """Move a ref forward, or anywhere with `force`."""
    row, name = call.repository("write"), f"refs/{call.place['ref']}"
    sha = checked_sha(call, row, call.needed_text("sha"))
    with changing(call.hub, row, call.actor):
        before = _existing(call, row, name)
        if not call.flag("force") and not is_ancestor(call.hub, row["id"], before, sha):
            raise unprocessable("Update is not a fast forward")
        moves.move_ref(call.hub, row, name, before, sha, call.actor)
    return Answer(_ref_shape(call, row, name, sha))


@route("DELETE", "/repos/{owner}/{repo}/git/refs/{ref:path}")
def delete_ref(call: Call) -> Answer:
    """Delete a branch or tag."""
    row, name = call.repository("write"), f"refs/{call.place['ref']}"
    with changing(call.hub, row, call.actor):
        before = _existing(call, row, name)
        if name == f"refs/heads/{row['default_branch']}":
            raise unprocessable("Cannot delete the default branch")
        moves.move_ref(call.hub, row, name, before, ZERO, call.actor)
    return empty()


def _existing(call: Call, row: Row, name: str) -> str:
    if not is_ref_name(name) or name.startswith("refs/pull/"):
        raise unprocessable("Reference does not exist")
    sha = call.hub.git.refs(row["id"], name).get(name)
    if sha is None:
        raise unprocessable("Reference does not exist")
    return sha
