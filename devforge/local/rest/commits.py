"""Commits: listed, shown, compared; branches and tags."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.diffs import FileChange, diff
from devforge.local.git.merging import merge_base
from devforge.local.git.objects import read_commit, read_commits
from devforge.local.refusals import ApiRefusal, conflict, not_found
from devforge.local.routes import route
from devforge.local.shapes.commits import changed_file, listed_commit
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
