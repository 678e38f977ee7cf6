"""Automatic merging: a pull request merges by itself once everything required is there."""

from __future__ import annotations

from typing import Any

from devforge.local import automerge
from devforge.local.graphql.comments import needs
from devforge.local.graphql.refusals import unprocessable
from devforge.local.graphql.registry import Arguments, columns, field, told
from devforge.local.graphql.things import Thing, account_thing, thing_of
from devforge.local.graphql.view import View

columns(
    "AutoMergeRequest",
    authorEmail="author_email",
    commitBody="body",
    commitHeadline="headline",
    enabledAt="enabled_at",
    mergeMethod="method",
)


@field("AutoMergeRequest", "enabledBy")
def enabled_by(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who asked for it."""
    return account_thing(view.hub, thing.row["account_id"])


@field("AutoMergeRequest", "pullRequest")
def pull_request(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """What will merge."""
    return thing_of(view.hub, "PullRequest", thing.row["pull_id"])


@field("PullRequest", "autoMergeRequest")
def auto_merge_request(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """What was asked for, None where it is not waiting."""
    row = view.hub.store.find("auto_merge", pull_id=thing.id)
    return None if row is None else Thing("AutoMergeRequest", row)


@field("Mutation", "enablePullRequestAutoMerge")
def enable(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Merge as soon as it may be; refused where nothing is waited for, and for another head."""
    given = arguments["input"]
    thing = _mergeable(view, given)
    problem = automerge.refuse_enabling(view.hub, thing.row, given.get("expectedHeadOid"))
    if problem is not None:
        raise unprocessable(problem)
    wish = automerge.Wish(
        method=given.get("mergeMethod") or "MERGE",
        headline=given.get("commitHeadline"),
        body=given.get("commitBody"),
        author_email=given.get("authorEmail"),
    )
    automerge.enable(view.hub, thing.row, wish, view.actor)
    return _told(view, given, thing)


@field("Mutation", "disablePullRequestAutoMerge")
def disable(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Wait no longer."""
    given = arguments["input"]
    thing = _mergeable(view, given)
    if view.hub.store.find("auto_merge", pull_id=thing.id) is None:
        raise unprocessable("Can't disable auto-merge for this pull request.")
    automerge.disable(view.hub, thing.row, "manual", view.actor)
    return _told(view, given, thing)


def _mergeable(view: View, given: Arguments) -> Thing:
    thing = view.node(given["pullRequestId"], "PullRequest")
    repository = view.home_of(thing)
    view.check(repository, needs(thing), "write")
    view.check(repository, "contents:write", "write")
    return thing


def _told(view: View, given: Arguments, thing: Thing) -> dict[str, Any]:
    actor = Thing(view.actor.account["kind"], view.actor.account)
    return told(given, actor=actor, pullRequest=view.fresh(thing))
