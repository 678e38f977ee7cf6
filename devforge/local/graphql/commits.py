"""Commits, and how their statuses and check runs stand together."""

from __future__ import annotations

from devforge.local.git.objects import read_commit
from devforge.local.graphql.registry import Arguments, columns, field, page
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View
from devforge.local.nodes import node_id
from devforge.local.shapes.links import repository_web
from devforge.local.statuses_needed import LETS_THROUGH, states_of


def commit_thing(repository_id: int, sha: str) -> Thing:
    """Return a commit of a repository."""
    return Thing("Commit", {"id": repository_id, "repository_id": repository_id, "oid": sha})


columns("Commit", oid="oid")


@field("Commit", "id")
def commit_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return node_id(f"Commit:{thing.row['oid']}", thing.id)


@field("Commit", "abbreviatedOid")
def commit_short(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The first seven digits."""
    return str(thing.row["oid"][:7])


@field("Commit", "message")
def commit_message(thing: Thing, view: View, _arguments: Arguments) -> str:
    """The whole message."""
    return read_commit(view.hub, thing.id, thing.row["oid"]).message.rstrip("\n")


@field("Commit", "messageHeadline")
def commit_headline(thing: Thing, view: View, arguments: Arguments) -> str:
    """The message's first line."""
    return commit_message(thing, view, arguments).partition("\n")[0]


@field("Commit", "committedDate")
def committed_date(thing: Thing, view: View, _arguments: Arguments) -> str:
    """When it was committed."""
    return read_commit(view.hub, thing.id, thing.row["oid"]).committer.stamp


@page("Commit")
def commit_url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its page."""
    return f"{repository_web(view.hub, view.home_of(thing))}/commit/{thing.row['oid']}"


@field("Commit", "statusCheckRollup")
def status_check_rollup(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """How its statuses and check runs stand together; None where it has none."""
    states = set(states_of(view.hub, thing.id, thing.row["oid"]).values())
    if not states:
        return None
    fine, waiting = states <= set(LETS_THROUGH), "pending" in states
    failed = states - set(LETS_THROUGH) - {"pending"}
    state = "SUCCESS" if fine else "FAILURE" if failed else "PENDING" if waiting else "ERROR"
    return Thing(
        "StatusCheckRollup", thing.row | {"state": "ERROR" if failed == {"error"} else state}
    )


@field("StatusCheckRollup", "id")
def rollup_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return node_id(f"StatusCheckRollup:{thing.row['oid']}", thing.id)


columns("StatusCheckRollup", state="state")
