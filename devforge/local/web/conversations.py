"""An issue, a pull request or a discussion as a page: what it is, how it stands, what was said."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, redirect
from devforge.local.call import Call
from devforge.local.hub import Hub
from devforge.local.issues import issue_numbered, labels_of
from devforge.local.refusals import not_found
from devforge.local.routes import route
from devforge.local.shapes.discussions import discussion_labels
from devforge.local.shapes.links import login_of, repository_path, repository_web
from devforge.local.shapes.pulls import comparison_base
from devforge.local.store import Row
from devforge.local.web import said
from devforge.local.web.changes import shown_changes
from devforge.local.web.page import page
from devforge.local.web.standing import standings


@route("GET", "/{owner}/{repo}/issues/{issue_number}", surface="web")
def show_issue(call: Call) -> Answer:
    """The page an issue's `html_url` leads to; a pull request is elsewhere."""
    repository = call.repository()
    issue = _numbered(call, repository, "issue_number")
    if issue["is_pull"]:
        return redirect(f"{repository_web(call.hub, repository)}/pull/{issue['number']}")
    return _conversation(call.hub, repository, issue, None)


@route("GET", "/{owner}/{repo}/pull/{pull_number}", surface="web")
@route("GET", "/{owner}/{repo}/pull/{pull_number}/{part:path}", surface="web")
def show_pull(call: Call) -> Answer:
    """The page a pull request's `html_url` leads to; its commits and files are on the same one."""
    repository = call.repository()
    issue = _numbered(call, repository, "pull_number")
    pull = call.hub.store.find("pull", issue_id=issue["id"])
    if pull is None:
        return redirect(f"{repository_web(call.hub, repository)}/issues/{issue['number']}")
    return _conversation(call.hub, repository, issue, pull)


@route("GET", "/{owner}/{repo}/discussions/{number}", surface="web")
def show_discussion(call: Call) -> Answer:
    """The page a discussion's `url` leads to."""
    repository, hub = call.repository(), call.hub
    row = hub.store.find("discussion", repository_id=repository["id"], number=call.number("number"))
    if row is None:
        raise not_found()
    category = hub.store.get("discussion_category", row["category_id"])
    answered = "answered" if row["answer_id"] else "without an answer"
    return page(
        "conversation",
        repository=repository_path(hub, repository),
        title=row["title"],
        number=row["number"],
        standing="closed" if row["closed_at"] else "open",
        note=f"in {category['name']}, {answered}"
        if category["is_answerable"]
        else f"in {category['name']}",
        labels_on=[label["name"] for label in discussion_labels(hub, row["id"])],
        said=said.in_discussion(hub, row),
        pull=None,
    )


def _numbered(call: Call, repository: Row, name: str) -> Row:
    row = issue_numbered(call.hub, repository, call.number(name))
    if row is None:
        raise not_found()
    return row


def _conversation(hub: Hub, repository: Row, issue: Row, pull: Row | None) -> Answer:
    words = said.in_issue(hub, issue) + (said.in_reviews(hub, pull) if pull else [])
    return page(
        "conversation",
        repository=repository_path(hub, repository),
        title=issue["title"],
        number=issue["number"],
        standing="merged" if pull and pull["merged"] else issue["state"],
        note=f"opened by {login_of(hub, issue['author_id'])} at {issue['created_at']}",
        labels_on=[label["name"] for label in labels_of(hub, issue["id"])],
        said=[words[0], *sorted(words[1:], key=lambda each: each.at)],
        pull=None if pull is None else _shown_pull(hub, repository, pull),
    )


def _shown_pull(hub: Hub, repository: Row, pull: Row) -> dict[str, Any]:
    base = comparison_base(hub, pull)
    return {
        "head": f"{login_of(hub, pull['head_owner_id'])}:{pull['head_ref']}",
        "base": pull["base_ref"],
        "sha": pull["head_sha"],
        "statuses": standings(hub, repository, pull["head_sha"]),
        **shown_changes(hub, repository, base, pull["head_sha"]),
    }
