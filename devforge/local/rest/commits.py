"""Commits: listed, shown, compared; branches and tags."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git import comparing
from devforge.local.git.comparing import Comparison
from devforge.local.git.diffs import FileChange, diff
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
    found = comparing.compare(call.hub, row, call.place["basehead"])
    if found is None:
        raise not_found()
    shas = call.slice(found.ahead)
    first = call.page[0] == 1
    files = diff(call.hub, row["id"], found.parted, found.head) if first else []
    return Answer(_comparison(call, row, found) | _compared(call, row, found, shas, files))


def _comparison(call: Call, row: Row, found: Comparison) -> dict[str, Any]:
    """Return what is the same on every page of a comparison."""
    hub, spec = call.hub, escaped(call.place["basehead"])
    web = repository_web(hub, row)
    page, url = f"{web}/compare/{spec}", f"{repository_api(hub, row)}/compare/{spec}"
    owner = repository_path(hub, row).split("/")[0]
    return {
        "url": url,
        "html_url": page,
        "permalink_url": f"{web}/compare/{owner}:{found.base[:7]}...{owner}:{found.head[:7]}",
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "status": found.status,
        "ahead_by": len(found.ahead),
        "behind_by": len(found.behind),
        "total_commits": len(found.ahead),
    }


def _compared(
    call: Call, row: Row, found: Comparison, shas: list[str], files: list[FileChange]
) -> dict[str, Any]:
    """Return the commits and files of one page of a comparison."""
    hub, id = call.hub, row["id"]
    return {
        "base_commit": listed_commit(hub, row, read_commit(hub, id, found.base)),
        "merge_base_commit": listed_commit(hub, row, read_commit(hub, id, found.parted)),
        "commits": [listed_commit(hub, row, each) for each in read_commits(hub, id, shas)],
        "files": [changed_file(hub, row, each, found.head) for each in files[:_MOST_FILES]],
    }
