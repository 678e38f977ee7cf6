"""Branches and tags, and the commits they point at."""

from __future__ import annotations

from devforge.local.graphql.commits import commit_thing
from devforge.local.graphql.registry import Arguments, field
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View
from devforge.local.nodes import node_id


@field("Ref", "id")
def ref_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return node_id(f"Ref:{thing.row['name']}", thing.id)


@field("Ref", "name")
def ref_name(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The name without its prefix."""
    return str(thing.row["name"].split("/", 2)[2])


@field("Ref", "prefix")
def ref_prefix(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """`refs/heads/` or `refs/tags/`."""
    return "/".join(thing.row["name"].split("/", 2)[:2]) + "/"


@field("Ref", "target")
def ref_target(thing: Thing, _view: View, _arguments: Arguments) -> Thing:
    """The commit it points at."""
    return commit_thing(thing.row["repository_id"], thing.row["sha"])
