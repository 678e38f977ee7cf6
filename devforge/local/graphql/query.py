"""The ways in: by name, by node id, by search, and who is asking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from devforge.local.access import resolve
from devforge.local.accounts import account_named
from devforge.local.clock import stamp
from devforge.local.graphql.connections import connection
from devforge.local.graphql.refusals import not_found
from devforge.local.graphql.registry import Arguments, field
from devforge.local.graphql.search import found_things
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View
from devforge.local.refusals import ApiRefusal, Moved


@field("Query", "viewer")
def viewer(_root: Any, view: View, _arguments: Arguments) -> Thing:
    """Who asks; a workflow's bot too is shown as a user here."""
    return Thing("User", view.actor.account)


@field("Query", "user")
def user(_root: Any, view: View, arguments: Arguments) -> Thing:
    """A person by login."""
    login = arguments["login"]
    row = account_named(view.hub, login)
    if row is None or row["kind"] != "User":
        raise not_found(f"Could not resolve to a User with the login of '{login}'.")
    return Thing("User", row)


@field("Query", "repository")
def repository(_root: Any, view: View, arguments: Arguments) -> Thing:
    """A repository by owner and name; an old name leads on, unless that is not wanted."""
    owner, name = arguments["owner"], arguments["name"]
    missing = not_found(f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    try:
        row = resolve(view.hub, owner, name)
    except ApiRefusal as error:
        raise missing from error
    except Moved as moved:
        if arguments.get("followRenames") is False:
            raise missing from moved
        row = view.hub.store.get("repository", moved.repository_id)
    thing = Thing("Repository", row)
    if not view.sees(thing):
        raise missing
    return thing


@field("Query", "node")
def node(_root: Any, view: View, arguments: Arguments) -> Thing:
    """Anything by its node id."""
    return view.node(arguments["id"])


@field("Query", "nodes")
def nodes(_root: Any, view: View, arguments: Arguments) -> list[Thing]:
    """Several things by their node ids."""
    return [view.node(id) for id in arguments["ids"]]


@field("Query", "rateLimit")
def rate_limit(_root: Any, view: View, _arguments: Arguments) -> dict[str, Any]:
    """What is left of the caller's requests."""
    allowance = view.hub.limits.allowance(view.call.token, view.call.address)
    return {
        "cost": 1,
        "limit": allowance.limit,
        "nodeCount": 0,
        "remaining": allowance.remaining,
        "resetAt": stamp(datetime.fromtimestamp(allowance.reset_at, UTC)),
        "used": allowance.used,
    }


@field("Query", "search")
def search(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Issues, pull requests, discussions, repositories or people that fit a query."""
    kind = arguments["type"]
    found = [
        thing for thing in found_things(view.hub, kind, arguments["query"]) if view.sees(thing)
    ]
    counts = {"discussionCount": 0, "issueCount": 0, "repositoryCount": 0}
    if f"{kind.lower()}Count" in counts:
        counts[f"{kind.lower()}Count"] = len(found)
    return connection("search", found, arguments, **counts)
