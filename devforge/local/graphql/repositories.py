"""Repositories, and what is found through them."""

from __future__ import annotations

from typing import Any

from devforge.local import discussions, releases
from devforge.local.access import role_of
from devforge.local.graphql.connections import connection
from devforge.local.graphql.refusals import not_found
from devforge.local.graphql.registry import Arguments, Resolver, columns, field, flags, page
from devforge.local.graphql.things import Thing, account_thing, things
from devforge.local.graphql.view import View
from devforge.local.shapes.links import repository_path, repository_web
from devforge.local.shapes.repositories import settings_of
from devforge.local.store import Row

_SETTINGS = {
    "autoMergeAllowed": "allow_auto_merge",
    "hasDiscussionsEnabled": "has_discussions",
    "hasIssuesEnabled": "has_issues",
    "mergeCommitAllowed": "allow_merge_commit",
    "rebaseMergeAllowed": "allow_rebase_merge",
    "squashMergeAllowed": "allow_squash_merge",
}

columns(
    "Repository",
    createdAt="created_at",
    databaseId="id",
    description="description",
    homepageUrl="homepage",
    name="name",
    pushedAt="pushed_at",
    updatedAt="updated_at",
)
flags("Repository", isArchived="archived", isPrivate="private")


def _setting(name: str) -> Resolver:
    return lambda thing, _view, _arguments: bool(settings_of(thing.row)[name])


for _field, _name in _SETTINGS.items():
    field("Repository", _field)(_setting(_name))


@field("Repository", "id")
def repository_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return thing.node_id


@field("Repository", "nameWithOwner")
def name_with_owner(thing: Thing, view: View, _arguments: Arguments) -> str:
    """`owner/name` as it is now."""
    return repository_path(view.hub, thing.row)


@field("Repository", "owner")
def owner(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """The account it belongs to."""
    return account_thing(view.hub, thing.row["owner_id"])


@page("Repository")
def url(thing: Thing, view: View, _arguments: Arguments) -> str:
    """Its page."""
    return repository_web(view.hub, thing.row)


@field("Repository", "isFork")
def is_fork(thing: Thing, _view: View, _arguments: Arguments) -> bool:
    """Whether it was forked from another one."""
    return thing.row["parent_id"] is not None


@field("Repository", "viewerPermission")
def viewer_permission(thing: Thing, view: View, _arguments: Arguments) -> str | None:
    """The viewer's role."""
    if view.by_workflow:
        return "WRITE" if view.pushes(thing.row) else "READ"
    role = role_of(view.hub, view.actor.id, thing.row)
    return None if role == "none" else role.upper()


@field("Repository", "defaultBranchRef")
def default_branch_ref(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """The default branch, None while the repository is empty."""
    return _ref(view, thing.row, f"refs/heads/{thing.row['default_branch']}")


@field("Repository", "ref")
def ref(thing: Thing, view: View, arguments: Arguments) -> Thing | None:
    """A branch or tag by its full name, or by a branch's own."""
    name = arguments["qualifiedName"]
    full = name if name.startswith("refs/") else f"refs/heads/{name}"
    return _ref(view, thing.row, full)


def _ref(view: View, repository: Row, name: str) -> Thing | None:
    sha = view.hub.git.resolve(repository["id"], name)
    row = {"id": repository["id"], "name": name, "sha": sha, "repository_id": repository["id"]}
    return None if sha is None else Thing("Ref", row)


@field("Repository", "release")
def release(thing: Thing, view: View, arguments: Arguments) -> Thing | None:
    """A published release by its tag."""
    row = releases.published_by_tag(view.hub, thing.row, arguments["tagName"])
    return None if row is None else Thing("Release", row)


@field("Repository", "latestRelease")
def latest_release(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """The release that `latest` means."""
    row = releases.latest(view.hub, thing.row)
    return None if row is None else Thing("Release", row)


@field("Repository", "releases")
def all_releases(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Releases, newest first unless another order is asked for."""
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "DESC"}
    column = {"CREATED_AT": "created_at", "NAME": "tag_name"}[order["field"]]
    by = f"{column} {order['direction']}, id {order['direction']}"
    rows = view.hub.store.all(
        "SELECT * FROM release WHERE repository_id = ? AND draft <= ? ORDER BY " + by,  # noqa: S608 - an enum's words
        thing.id,
        int(view.pushes(thing.row)),
    )
    return connection("releases", things("Release", rows), arguments)


@field("Repository", "discussion")
def discussion(thing: Thing, view: View, arguments: Arguments) -> Thing:
    """A discussion by its number."""
    number = arguments["number"]
    row = view.hub.store.find("discussion", repository_id=thing.id, number=number)
    if row is None:
        raise not_found(f"Could not resolve to a Discussion with the number of {number}.")
    return Thing("Discussion", row)


@field("Repository", "discussionCategories")
def discussion_categories(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """The categories, by name."""
    rows = discussions.categories(view.hub, thing.row)
    return connection("discussionCategories", things("DiscussionCategory", rows), arguments)


@field("Repository", "discussionCategory")
def discussion_category(thing: Thing, view: View, arguments: Arguments) -> Thing | None:
    """One category by its slug."""
    rows = discussions.categories(view.hub, thing.row)
    found = [row for row in rows if row["slug"] == arguments["slug"]]
    return Thing("DiscussionCategory", found[0]) if found else None
