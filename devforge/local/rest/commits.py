"""Commits: listed, shown, compared; branches and tags."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.git.changes import changing
from devforge.local.git.diffs import FileChange, diff
from devforge.local.git.merging import merge_base, merged_tree
from devforge.local.git.moves import move_ref
from devforge.local.git.objects import Signature, read_commit, read_commits, write_commit
from devforge.local.git.refnames import is_ref_name
from devforge.local.git.repositories import ZERO
from devforge.local.nodes import node_id
from devforge.local.refusals import ApiRefusal, conflict, not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.commits import changed_file, listed_commit, short_branch
from devforge.local.shapes.links import escaped, repository_api, repository_path, repository_web
from devforge.local.store import Row

_MOST_FILES = 300


def _resolved(call: Call, row: Row, name: str) -> str:
    sha = call.hub.git.resolve(row["id"], name)
    if sha is None:
        if not call.hub.git.refs(row["id"], "refs/heads"):
            raise conflict("Git Repository is empty.")
        raise ApiRefusal(422, f"No commit found for SHA: {name}")
    return sha


@route("GET", "/repos/{owner}/{repo}/commits")
def list_commits(call: Call) -> Answer:
    """Answer with the commits of a branch, newest first."""
    row = call.repository()
    name = call.query.get("sha") or row["default_branch"]
    tip = call.hub.git.resolve(row["id"], name)
    if tip is None:
        if not call.hub.git.refs(row["id"], "refs/heads"):
            raise conflict("Git Repository is empty.")
        raise not_found()
    limits = [f"--{flag}={call.query[flag]}" for flag in ("since", "until") if call.query.get(flag)]
    if author := call.query.get("author"):
        limits += ["--fixed-strings", f"--author={author}"]
    path = call.query.get("path")
    tail = ["--", f":(literal){path}"] if path else ["--"]
    out = call.hub.git.run(row["id"], "rev-list", *limits, tip, *tail)
    shas = call.slice(out.decode().split())
    commits = read_commits(call.hub, row["id"], shas)
    return Answer([listed_commit(call.hub, row, commit) for commit in commits])


@route("GET", "/repos/{owner}/{repo}/commits/{ref:path}")
def show_commit(call: Call) -> Answer:
    """Answer with one commit and what it changed."""
    row = call.repository()
    sha = _resolved(call, row, call.place["ref"])
    if "sha" in call.headers.get("accept", "").split("github.", 1)[-1]:
        return Answer(content=sha.encode(), media_type="application/vnd.github.sha; charset=utf-8")
    commit = read_commit(call.hub, row["id"], sha)
    before = commit.parents[0] if commit.parents else None
    files = diff(call.hub, row["id"], before, sha)
    return Answer(
        listed_commit(call.hub, row, commit)
        | {
            "stats": _stats(files),
            "files": [changed_file(call.hub, row, f, sha) for f in files[:_MOST_FILES]],
        }
    )


def _stats(files: list[FileChange]) -> dict[str, int]:
    additions, deletions = sum(f.additions for f in files), sum(f.deletions for f in files)
    return {"total": additions + deletions, "additions": additions, "deletions": deletions}


@route("GET", "/repos/{owner}/{repo}/compare/{basehead:path}")
def compare(call: Call) -> Answer:
    """Answer with what `head` has that `base` has not: `base...head`, heads as `user:branch` too."""
    row = call.repository()
    base_name, dots, head_name = call.place["basehead"].partition("...")
    if not dots:
        raise not_found()
    base = _side(call, row, base_name)
    head = _side(call, row, head_name)
    fork = merge_base(call.hub, row["id"], base, head)
    if fork is None:
        raise not_found()
    ahead = _between(call, row, base, head)
    behind = _between(call, row, head, base)
    shas = call.slice(list(reversed(ahead)))
    files = diff(call.hub, row["id"], fork, head) if call.page[0] == 1 else []
    return Answer(_comparison(call, row, base, head, fork, ahead, behind, shas, files))


def _side(call: Call, row: Row, name: str) -> str:
    owner, colon, branch = name.partition(":")
    if not colon:
        sha = call.hub.git.resolve(row["id"], name)
    else:
        kin = call.hub.store.one(
            "SELECT r.* FROM repository r JOIN account a ON a.id = r.owner_id WHERE a.login = ?"
            " AND r.deleted_at IS NULL AND (r.source_id = ? OR r.id = ?)",
            owner,
            row["source_id"] or row["id"],
            row["source_id"] or row["id"],
        )
        sha = None if kin is None else call.hub.git.resolve(kin["id"], branch)
    if sha is None:
        raise not_found()
    return sha


def _between(call: Call, row: Row, old: str, new: str) -> list[str]:
    return call.hub.git.run(row["id"], "rev-list", f"{old}..{new}", "--").decode().split()


def _comparison(
    call: Call,
    row: Row,
    base: str,
    head: str,
    fork: str,
    ahead: list[str],
    behind: list[str],
    shas: list[str],
    files: list[FileChange],
) -> dict[str, Any]:
    api, web, spec = (
        repository_api(call.hub, row),
        repository_web(call.hub, row),
        call.place["basehead"],
    )
    status = (
        "diverged"
        if ahead and behind
        else "ahead"
        if ahead
        else "behind"
        if behind
        else "identical"
    )
    hub, id = call.hub, row["id"]
    page = f"{web}/compare/{escaped(spec)}"
    owner = repository_path(hub, row).split("/")[0]
    return {
        "url": f"{api}/compare/{escaped(spec)}",
        "html_url": page,
        "permalink_url": f"{web}/compare/{owner}:{base[:7]}...{owner}:{head[:7]}",
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": listed_commit(hub, row, read_commit(hub, id, base)),
        "merge_base_commit": listed_commit(hub, row, read_commit(hub, id, fork)),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [listed_commit(hub, row, c) for c in read_commits(hub, id, shas)],
        "files": [changed_file(hub, row, f, head) for f in files[:_MOST_FILES]],
    }


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
