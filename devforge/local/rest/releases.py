"""Releases: drafts, publishing, the latest one.

Source: docs.github.com, "REST API endpoints for releases".
"""

from __future__ import annotations

from devforge.local import releases
from devforge.local.access import has_role, role_of
from devforge.local.answer import Answer, created, empty
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal, invalid, not_found
from devforge.local.routes import route
from devforge.local.shapes.releases import release_shape
from devforge.local.store import Row

BODY_LIMIT = 125_000
LISTED = 1000  # as met by iree-org/iree#16506; the documentation does not say it
_MAKE_LATEST = ("true", "false", "legacy")


def sees_drafts(call: Call, repository: Row) -> bool:
    """Tell whether the caller may push, and so see drafts."""
    if call.account is None:
        return False
    if call.token is not None and call.token.kind == "workflow":
        at_home = call.token.repository_id == repository["id"]
        return at_home and call.token.may("contents", "write")
    return has_role(role_of(call.hub, call.account["id"], repository), "write")


@route("GET", "/repos/{owner}/{repo}/releases")
def list_releases(call: Call) -> Answer:
    """Newest first, and no more than a thousand; drafts are listed to who may push."""
    repository = call.repository()
    page, size = call.page
    if page * size > LISTED:
        raise ApiRefusal(422, f"Only the first {LISTED} results are available.")
    drafts = 1 if sees_drafts(call, repository) else 0
    rows = call.select(
        "SELECT * FROM release WHERE repository_id = ? AND draft <= ? ORDER BY created_at DESC, id DESC",
        repository["id"],
        drafts,
    )
    return Answer([release_shape(call.hub, repository, row) for row in rows])


@route("POST", "/repos/{owner}/{repo}/releases")
def create_release(call: Call) -> Answer:
    """Create a draft, or a published release with its tag."""
    hub, repository = call.hub, call.repository("write")
    tag = _tag(call.needed_text("tag_name"))
    _check_supported(call)
    releases.check_tag_is_free(hub, repository, tag)
    target = call.text("target_commitish") or repository["default_branch"]
    now = hub.clock.stamp()
    with hub.git.lock(repository["id"]), hub.store.transaction():
        id = hub.store.insert(
            "release",
            repository_id=repository["id"],
            tag_name=tag,
            target_commitish=target,
            name=call.text("name"),
            body=call.text("body", limit=BODY_LIMIT),
            draft=1,
            prerelease=int(call.flag("prerelease") or False),
            make_latest=_make_latest(call) or "true",
            author_id=call.actor.id,
            created_at=releases.draft_target(hub, repository, tag, target),
            updated_at=now,
        )
        if not call.flag("draft"):
            row = hub.store.get("release", id)
            releases.publish(hub, repository, row, call.actor, new=True)
    return created(release_shape(hub, repository, hub.store.get("release", id)))


@route("GET", "/repos/{owner}/{repo}/releases/latest")
def get_latest_release(call: Call) -> Answer:
    """The newest full release, unless one was marked otherwise."""
    repository = call.repository()
    return _shown(call, repository, releases.latest(call.hub, repository))


@route("GET", "/repos/{owner}/{repo}/releases/tags/{tag:path}")
def get_release_by_tag(call: Call) -> Answer:
    """A published release; drafts are not found by tag."""
    repository = call.repository()
    return _shown(
        call, repository, releases.published_by_tag(call.hub, repository, call.place["tag"])
    )


@route("GET", "/repos/{owner}/{repo}/releases/{release_id}")
def get_release(call: Call) -> Answer:
    """One release by number."""
    repository = call.repository()
    drafts = sees_drafts(call, repository)
    id = call.number("release_id")
    return _shown(
        call, repository, releases.find_release(call.hub, repository, id, with_drafts=drafts)
    )


@route("PATCH", "/repos/{owner}/{repo}/releases/{release_id}")
def update_release(call: Call) -> Answer:
    """Change a release's words, or publish a draft. An immutable one keeps its tag and its assets."""
    hub, repository = call.hub, call.repository("write")
    row = releases.find_release(hub, repository, call.number("release_id"), with_drafts=True)
    changes = _changes(call, row)
    with hub.git.lock(repository["id"]), hub.store.transaction():
        hub.store.update("release", row["id"], **changes, updated_at=hub.clock.stamp())
        after = hub.store.get("release", row["id"])
        if row["draft"] and call.flag("draft") is False:
            releases.publish(hub, repository, after, call.actor, new=False)
        elif not row["draft"]:
            releases.announce(hub, repository, after, "edited", call.actor)
    return Answer(release_shape(hub, repository, hub.store.get("release", row["id"])))


@route("DELETE", "/repos/{owner}/{repo}/releases/{release_id}")
def delete_release(call: Call) -> Answer:
    """Remove a release and its assets; its tag stays, and is spent if the release was immutable."""
    hub, repository = call.hub, call.repository("write")
    row = releases.find_release(hub, repository, call.number("release_id"), with_drafts=True)
    with hub.store.transaction():
        releases.announce(hub, repository, row, "deleted", call.actor)
        hub.store.delete("release", row["id"])
    return empty()


def _shown(call: Call, repository: Row, row: Row | None) -> Answer:
    if row is None:
        raise not_found()
    return Answer(release_shape(call.hub, repository, row))


def _changes(call: Call, row: Row) -> dict[str, object]:
    """Return the columns that the body changes."""
    changes: dict[str, object] = {}
    for field, value in (
        ("tag_name", call.text("tag_name")),
        ("target_commitish", call.text("target_commitish")),
    ):
        if value is not None and value != row[field]:
            releases.check_mutable(row, f"change the {field} of")
            changes[field] = _tag(value) if field == "tag_name" else value
    if "tag_name" in changes and not row["draft"]:
        raise invalid("Release", "tag_name", "custom", "tag_name can only be changed on a draft")
    words = {"name": call.text("name"), "body": call.text("body", limit=BODY_LIMIT)}
    changes |= {field: text for field, text in words.items() if call.has(field)}
    if (prerelease := call.flag("prerelease")) is not None:
        changes["prerelease"] = int(prerelease)
    if (make_latest := _make_latest(call)) is not None:
        changes["make_latest"] = make_latest
    if call.flag("draft") and not row["draft"]:
        raise invalid("Release", "draft", "custom", "a published release cannot become a draft")
    return changes


def _check_supported(call: Call) -> None:
    """Refuse what GitHub would do and this server cannot, rather than leave it undone in silence."""
    for name in ("generate_release_notes", "discussion_category_name"):
        if call.body.get(name):
            raise ApiRefusal(422, f"{name} is not supported by a local GitHub")


def _tag(tag: str) -> str:
    if not tag.strip():
        raise invalid("Release", "tag_name", "missing_field")
    return tag


def _make_latest(call: Call) -> str | None:
    value = call.text("make_latest")
    if value is not None and value not in _MAKE_LATEST:
        raise ApiRefusal(
            422, f"Invalid request.\n\n{value} is not a member of {list(_MAKE_LATEST)}."
        )
    return value
