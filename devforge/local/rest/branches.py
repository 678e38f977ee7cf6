"""Branches and tags: listed, shown, renamed, merged, brought up to a fork's parent."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.git.changes import changing
from devforge.local.git.merging import merge_base, merged_tree
from devforge.local.git.moves import move_ref
from devforge.local.git.objects import Signature, read_commit, write_commit
from devforge.local.git.refnames import is_ref_name
from devforge.local.git.repositories import ZERO
from devforge.local.nodes import node_id
from devforge.local.refusals import ApiRefusal, conflict, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.commits import listed_commit, short_branch
from devforge.local.shapes.links import escaped, repository_api, repository_path, repository_web
from devforge.local.store import Row


@route("GET", "/repos/{owner}/{repo}/branches")
def list_branches(call: Call) -> Answer:
    """Answer with the repository's branches, by name."""
    row = call.repository()
    refs = call.hub.git.refs(row["id"], "refs/heads")
    names = sorted(refs)
    if (wanted := call.query.get("protected")) is not None:
        names = [n for n in names if _is_protected(call, row, n[11:]) == (wanted == "true")]
    return Answer([_short(call, row, name[11:], refs[name]) for name in call.slice(names)])


def _short(call: Call, row: Row, branch: str, sha: str) -> dict[str, Any]:
    return short_branch(call.hub, row, branch, sha, protected=_is_protected(call, row, branch))


def _is_protected(call: Call, row: Row, branch: str) -> bool:
    return (
        call.hub.store.find("branch_protection", repository_id=row["id"], branch=branch) is not None
    )


@route("GET", "/repos/{owner}/{repo}/branches/{branch:path}")
def show_branch(call: Call) -> Answer:
    """Answer with one branch and its tip."""
    row, name = call.repository(), call.place["branch"]
    sha = call.hub.git.resolve(row["id"], f"refs/heads/{name}")
    if sha is None:
        raise ApiRefusal(404, "Branch not found")
    api, web = repository_api(call.hub, row), repository_web(call.hub, row)
    return Answer(
        _short(call, row, name, sha)
        | {
            "commit": listed_commit(call.hub, row, read_commit(call.hub, row["id"], sha)),
            "_links": {
                "self": f"{api}/branches/{escaped(name)}",
                "html": f"{web}/tree/{escaped(name)}",
            },
        }
    )


@route("POST", "/repos/{owner}/{repo}/branches/{branch}/rename")
def rename_branch(call: Call) -> Answer:
    """Give a branch another name."""
    row, old, new = call.repository("write"), call.place["branch"], call.needed_text("new_name")
    source, target = f"refs/heads/{old}", f"refs/heads/{new}"
    if not is_ref_name(target):
        raise unprocessable(f"{new!r} is not a branch's name")
    with changing(call.hub, row, call.actor):
        sha = call.hub.git.resolve(row["id"], source)
        if sha is None:
            raise not_found()
        move_ref(call.hub, row, target, ZERO, sha, call.actor)
        if row["default_branch"] == old:
            call.hub.git.run(row["id"], "symbolic-ref", "HEAD", target)
            call.hub.store.update("repository", row["id"], default_branch=new)
        move_ref(call.hub, row, source, sha, ZERO, call.actor)
    call.place["branch"] = new
    answer = show_branch(call)
    answer.status = 201
    return answer


@route("POST", "/repos/{owner}/{repo}/merges")
def merge_branch(call: Call) -> Answer:
    """Merge one branch, tag or commit into a branch."""
    row, name = call.repository("write"), call.needed_text("base")
    hub, id = call.hub, row["id"]
    with changing(hub, row, call.actor):
        base = hub.git.resolve(id, f"refs/heads/{name}")
        head = hub.git.resolve(id, call.needed_text("head"))
        if base is None or head is None:
            raise ApiRefusal(404, "Base does not exist" if base is None else "Head does not exist")
        if merge_base(hub, id, base, head) == head:
            return empty()
        tree = merged_tree(hub, id, base, head)
        if tree is None:
            raise conflict("Merge conflict")
        author = Signature.of(hub, call.actor)
        message = call.text("commit_message") or f"Merge {call.needed_text('head')} into {name}"
        sha = write_commit(hub, id, tree, (base, head), message, author, author)
        move_ref(hub, row, f"refs/heads/{name}", base, sha, call.actor)
    return created(listed_commit(hub, row, read_commit(hub, id, sha)))


@route("POST", "/repos/{owner}/{repo}/merge-upstream")
def sync_fork(call: Call) -> Answer:
    """Bring a fork's branch up to its parent's, where that is a fast forward."""
    row, branch = call.repository("write"), call.needed_text("branch")
    hub, name = call.hub, f"refs/heads/{branch}"
    parent = hub.store.find("repository", id=row["parent_id"] or 0)
    theirs = None if parent is None else hub.git.resolve(parent["id"], name)
    if parent is None or theirs is None:
        raise unprocessable("The repository has no parent with this branch to sync from")
    with changing(hub, row, call.actor):
        mine = hub.git.resolve(row["id"], name)
        fork = None if mine is None else merge_base(hub, row["id"], mine, theirs)
        if mine is not None and fork == theirs:
            return Answer({"message": "This branch is not behind the upstream.", "merge_type": "none", "base_branch": branch})  # fmt: skip
        if mine is not None and fork != mine:
            raise conflict("There are merge conflicts")
        move_ref(hub, row, name, mine or ZERO, theirs, call.actor)
    source = f"{repository_path(hub, parent).replace('/', ':')}:{branch}"
    return Answer({"message": f"Successfully fetched and fast-forwarded from upstream {source}.", "merge_type": "fast-forward", "base_branch": source})  # fmt: skip


@route("GET", "/repos/{owner}/{repo}/tags")
def list_tags(call: Call) -> Answer:
    """Answer with the repository's tags, highest name first."""
    row = call.repository()
    api = repository_api(call.hub, row)
    names = call.slice(sorted(call.hub.git.refs(row["id"], "refs/tags"), reverse=True))
    shapes = []
    for name in names:
        sha = call.hub.git.resolve(row["id"], name) or ZERO
        tag = name.removeprefix("refs/tags/")
        shapes.append(
            {
                "name": tag,
                "node_id": f"{node_id('Ref', row['id'])}_{tag}",
                "commit": {"sha": sha, "url": f"{api}/commits/{sha}"},
                "zipball_url": f"{api}/zipball/{escaped(name)}",
                "tarball_url": f"{api}/tarball/{escaped(name)}",
            }
        )
    return Answer(shapes)


@route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head")
def list_branches_of_head(call: Call) -> Answer:
    """Answer with the branches whose tip is this commit."""
    row = call.repository()
    sha = call.place["commit_sha"]
    refs = call.hub.git.refs(row["id"], "refs/heads")
    names = [name for name, tip in sorted(refs.items()) if tip == sha]
    return Answer([_short(call, row, name[11:], sha) for name in names])
