"""People, bots and organisations."""

from __future__ import annotations

from urllib.parse import quote

from devforge.local.graphql.registry import Arguments, columns, field
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View

_ALL = "User|Bot|Organization"


columns(_ALL, createdAt="created_at", updatedAt="updated_at", databaseId="id")
columns("User", name="name", bio="bio", company="company", location="location")
columns("Organization", name="name", description="bio")


@field(_ALL, "id")
def node_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """A bot that looks is shown as a user, but is the same node."""
    return Thing(thing.row["kind"], thing.row).node_id


@field(_ALL, "login")
def login(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """Bots go without their suffix here, other than in REST."""
    name = str(thing.row["login"])
    return name.removesuffix("[bot]") if thing.kind == "Bot" else name


@field(_ALL, "avatarUrl")
def avatar_url(thing: Thing, view: View, arguments: Arguments) -> str:
    """Where the picture lies."""
    size = f"&s={arguments['size']}" if arguments.get("size") else ""
    return f"{view.hub.url}/avatars/u/{thing.id}?v=4{size}"


@field(_ALL, "resourcePath")
def resource_path(thing: Thing, view: View, arguments: Arguments) -> str:
    """The page's path."""
    name = login(thing, view, arguments)
    return f"/apps/{quote(name)}" if thing.kind == "Bot" else f"/{quote(name)}"


@field(_ALL, "url")
def url(thing: Thing, view: View, arguments: Arguments) -> str:
    """The page."""
    return view.hub.url + resource_path(thing, view, arguments)


@field("User", "email")
def email(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The public address, empty where there is none."""
    return thing.row["email"] or ""


@field("User", "isSiteAdmin")
def is_site_admin(thing: Thing, _view: View, _arguments: Arguments) -> bool:
    """Whether this is one of the server's own."""
    return bool(thing.row["is_admin"])
