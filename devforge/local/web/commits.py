"""A commit, a comparison of two, or a check run as a page."""

from __future__ import annotations

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.comparing import compare
from devforge.local.git.objects import read_commit, read_commits
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.web.changes import shown_changes
from devforge.local.web.page import page
from devforge.local.web.standing import standings

_MOST_COMMITS = 250


@route("GET", "/{owner}/{repo}/commit/{sha}", surface="web")
def show_commit(call: Call) -> Answer:
    """The page a commit's `html_url` leads to; a merge is compared with its first parent."""
    repository, hub = call.repository(), call.hub
    sha = hub.git.resolve(repository["id"], call.place["sha"])
    if sha is None:
        raise not_found()
    commit = read_commit(hub, repository["id"], sha)
    subject, _, message = commit.message.partition("\n")
    return page(
        "commit",
        repository=repository_path(hub, repository),
        subject=subject or sha[:7],
        message=message.strip(),
        author=commit.author.name,
        at=commit.author.stamp,
        sha=sha,
        parents=commit.parents,
        statuses_set=standings(hub, repository, sha),
        **shown_changes(hub, repository, commit.parents[0] if commit.parents else None, sha),
    )


@route("GET", "/{owner}/{repo}/compare/{basehead:path}", surface="web")
def show_comparison(call: Call) -> Answer:
    """The page a comparison's `html_url` leads to."""
    repository, hub = call.repository(), call.hub
    found = compare(hub, repository, call.place["basehead"])
    if found is None:
        raise not_found()
    shown = read_commits(hub, repository["id"], found.ahead[:_MOST_COMMITS])
    return page(
        "comparison",
        repository=repository_path(hub, repository),
        basehead=call.place["basehead"],
        found=found,
        commits=[(commit.sha, commit.message.partition("\n")[0]) for commit in shown],
        sha=found.head,
        **shown_changes(hub, repository, found.parted, found.head),
    )


@route("GET", "/{owner}/{repo}/runs/{check_run_id}", surface="web")
def show_check_run(call: Call) -> Answer:
    """The page a check run's `html_url` leads to."""
    repository = call.repository()
    row = call.hub.store.find(
        "check_run", id=call.number("check_run_id"), repository_id=repository["id"]
    )
    if row is None:
        raise not_found()
    path = repository_path(call.hub, repository)
    return page("check_run", repository=path, run=row)
