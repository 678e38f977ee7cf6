"""Pull requests: their two sides, whether they merge, and what is waited for."""

from __future__ import annotations

from typing import Any

from devforge.local.graphql.comments import written
from devforge.local.graphql.commits import commit_thing
from devforge.local.graphql.connections import connection
from devforge.local.graphql.issues import listed
from devforge.local.graphql.refusals import not_found
from devforge.local.graphql.registry import Arguments, Resolver, columns, field, flags, page
from devforge.local.graphql.things import Thing, account_thing, thing_of
from devforge.local.graphql.view import View
from devforge.local.merges import commits_of
from devforge.local.nodes import node_id
from devforge.local.pulls import announce
from devforge.local.reviews_needed import opinions
from devforge.local.rulesets import rules_for
from devforge.local.shapes.pulls import full_pull

columns(
    "PullRequest",
    baseRefName="base_ref",
    baseRefOid="base_sha",
    headRefName="head_ref",
    headRefOid="head_sha",
    mergedAt="merged_at",
)
flags("PullRequest", isDraft="draft", merged="merged")


def _full(thing: Thing, view: View) -> dict[str, Any]:
    """Return REST's form of the pull request, made once a query: it compares trees."""
    if "full" not in thing.memo:
        thing.memo["full"] = full_pull(view.hub, thing.row)
    full: dict[str, Any] = thing.memo["full"]
    return full


def _counted(name: str) -> Resolver:
    return lambda thing, view, _arguments: _full(thing, view)[name]


for _field, _name in {
    "additions": "additions",
    "deletions": "deletions",
    "changedFiles": "changed_files",
}.items():
    field("PullRequest", _field)(_counted(_name))


@field("PullRequest", "state")
def state(thing: Thing, view: View, _arguments: Arguments) -> str:
    """OPEN, CLOSED or MERGED."""
    return "MERGED" if thing.row["merged"] else str(written(view, thing)["state"]).upper()


@field("PullRequest", "mergeable")
def mergeable(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Whether head and base merge without conflict."""
    answer = _full(thing, view)["mergeable"]
    return {True: "MERGEABLE", False: "CONFLICTING", None: "UNKNOWN"}[answer]


@field("PullRequest", "mergeStateStatus")
def merge_state_status(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Whether it could be merged now, and if not, why."""
    return str(_full(thing, view)["mergeable_state"]).upper()


@field("PullRequest", "mergeCommit")
def merge_commit(thing: Thing, _view: View, _arguments: Arguments) -> Thing | None:
    """The commit that merged it."""
    sha = thing.row["merge_commit_sha"]
    return commit_thing(thing.row["repository_id"], sha) if thing.row["merged"] and sha else None


@field("PullRequest", "mergedBy")
def merged_by(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who merged it."""
    return account_thing(view.hub, thing.row["merged_by"])


@field("PullRequest", "isCrossRepository")
def is_cross_repository(thing: Thing, _view: View, _arguments: Arguments) -> bool:
    """Whether it comes from a fork."""
    return bool(thing.row["head_repository_id"] != thing.row["repository_id"])


@field("PullRequest", "baseRepository")
def base_repository(thing: Thing, view: View, _arguments: Arguments) -> Thing:
    """Where it wants to go."""
    return Thing("Repository", view.home_of(thing))


@field("PullRequest", "headRepository")
def head_repository(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Where it comes from; None once that is deleted."""
    head = thing_of(view.hub, "Repository", thing.row["head_repository_id"])
    return head if head is not None and view.sees(head) else None


@field("PullRequest", "reviewDecision")
def review_decision(thing: Thing, view: View, _arguments: Arguments) -> str | None:
    """What the reviews amount to; None where none is needed and none was given."""
    repository = view.home_of(thing)
    rules = rules_for(view.hub, repository, f"refs/heads/{thing.row['base_ref']}")
    needed = max(
        (int(rule.parameters.get("required_approving_review_count", 0)) for rule in rules),
        default=0,
    )
    held = list(opinions(view.hub, repository, thing.row).values())
    if "CHANGES_REQUESTED" in held:
        return "CHANGES_REQUESTED"
    if held.count("APPROVED") >= max(needed, 1):
        return "APPROVED"
    return "REVIEW_REQUIRED" if needed else None


@field("PullRequest", "commits")
def commits(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Its commits, oldest first."""
    shas = commits_of(view.hub, thing.row)
    rows = [{"id": index, "oid": sha, "pull": thing} for index, sha in enumerate(shas, start=1)]
    return connection("commits", [Thing("PullRequestCommit", row) for row in rows], arguments)


@field("PullRequestCommit", "id")
def pull_commit_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return node_id(f"PullRequestCommit:{thing.row['oid']}", thing.row["pull"].id)


@field("PullRequestCommit", "commit")
def pull_commit(thing: Thing, _view: View, _arguments: Arguments) -> Thing:
    """The commit itself."""
    return commit_thing(thing.row["pull"].row["repository_id"], thing.row["oid"])


@page("PullRequestCommit")
def pull_commit_url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its page within the pull request."""
    full = _full(thing.row["pull"], view)
    return f"{full['html_url']}/commits/{thing.row['oid']}"


@field("Repository", "pullRequest")
def pull_request(thing: Thing, view: View, arguments: Arguments) -> Thing:
    """A pull request by its number."""
    number = arguments["number"]
    row = view.hub.store.find("pull", repository_id=thing.id, number=number)
    if row is None:
        raise not_found(f"Could not resolve to a PullRequest with the number of {number}.")
    return Thing("PullRequest", row)


@field("Repository", "pullRequests")
def pull_requests(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """The repository's pull requests."""
    found = [
        Thing("PullRequest", view.hub.store.find("pull", issue_id=row["id"]))
        for row in listed(view, thing, arguments, is_pull=True)
    ]
    wanted = [each for each in found if _is_wanted(each, view, arguments)]
    return connection("pullRequests", wanted, arguments)


def _is_wanted(thing: Thing, view: View, arguments: Arguments) -> bool:
    return (
        arguments.get("baseRefName") in (None, thing.row["base_ref"])
        and arguments.get("headRefName") in (None, thing.row["head_ref"])
        and (not arguments.get("states") or state(thing, view, {}) in arguments["states"])
    )


@field("Mutation", "convertPullRequestToDraft")
def convert_to_draft(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Make a pull request a draft again."""
    return _set_draft(view, arguments["input"], draft=True)


@field("Mutation", "markPullRequestReadyForReview")
def mark_ready(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Make a draft ready for review."""
    return _set_draft(view, arguments["input"], draft=False)


def _set_draft(view: View, given: Arguments, *, draft: bool) -> dict[str, Any]:
    thing = view.node(given["pullRequestId"], "PullRequest")
    author = written(view, thing)["author_id"] == view.actor.id
    view.check(view.home_of(thing), "pull_requests:write", "read" if author else "write")
    if bool(thing.row["draft"]) is not draft:
        with view.hub.store.transaction():
            view.hub.store.update("pull", thing.id, draft=int(draft))
            after = view.hub.store.get("pull", thing.id)
            action = "converted_to_draft" if draft else "ready_for_review"
            announce(view.hub, after, action, view.actor)
    fresh = Thing("PullRequest", view.hub.store.get("pull", thing.id))
    return {"clientMutationId": given.get("clientMutationId"), "pullRequest": fresh}
