"""A commit as a page."""

from __future__ import annotations

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.objects import read_commit
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.web.changes import newest_statuses, shown_changes
from devforge.local.web.page import page


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
        statuses_set=newest_statuses(hub, repository, sha),
        **shown_changes(hub, repository, commit.parents[0] if commit.parents else None, sha),
    )
