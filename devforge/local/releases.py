"""The rules of releases: which is the latest, what publishing does, what can no longer change.

Source: docs.github.com, "REST API endpoints for releases", "Immutable releases".
"""

from __future__ import annotations

from datetime import UTC, datetime

from devforge.local.clock import stamp
from devforge.local.git.changes import RefMove, changing
from devforge.local.git.repositories import ZERO, GitFailed
from devforge.local.hub import Actor, Hub
from devforge.local.refusals import ApiRefusal, invalid, not_found, unprocessable
from devforge.local.settings import read_setting
from devforge.local.shapes.releases import release_shape
from devforge.local.store import Row


def find_release(hub: Hub, repository: Row, id: int, *, with_drafts: bool) -> Row:
    """Return a release of the repository. Raises 404; a draft is nothing to who may not push."""
    row = hub.store.find("release", id=id, repository_id=repository["id"])
    if row is None or (row["draft"] and not with_drafts):
        raise not_found()
    return row


def published_by_tag(hub: Hub, repository: Row, tag: str) -> Row | None:
    """Return the published release of a tag, or None. Drafts have no tag yet."""
    return hub.store.find("release", repository_id=repository["id"], tag_name=tag, draft=0)


def latest(hub: Hub, repository: Row) -> Row | None:
    """Return the full release that is marked latest, or else the newest by its commit's date."""
    return hub.store.one(
        "SELECT * FROM release WHERE repository_id = ? AND draft = 0 AND prerelease = 0"
        " AND make_latest != 'false' ORDER BY created_at DESC, id DESC",
        repository["id"],
    )


def check_tag_is_free(hub: Hub, repository: Row, tag: str, *, besides: int = 0) -> None:
    """Refuse a tag that another published release has, or an immutable one ever had."""
    taken = published_by_tag(hub, repository, tag)
    if taken is not None and taken["id"] != besides:
        raise invalid("Release", "tag_name", "already_exists")
    if hub.store.find("spent_tag", repository_id=repository["id"], tag_name=tag) and not besides:
        raise invalid("Release", "tag_name", "custom", "tag_name was used by an immutable release")


def check_mutable(release: Row, what: str) -> None:
    """Refuse to change what an immutable release is made of."""
    if release["immutable"]:
        raise unprocessable(f"Cannot {what} an immutable release.")


def target_of(hub: Hub, repository: Row, tag: str, commitish: str) -> tuple[str, str]:
    """Return the commit a release names and its date: the tag's where it exists, else commitish's.

    Raises 422 where neither names a commit.
    """
    commit = hub.git.resolve(repository["id"], f"refs/tags/{tag}")
    commit = commit or hub.git.resolve(repository["id"], commitish)
    if commit is None:
        raise invalid("Release", "target_commitish", "invalid")
    seconds = hub.git.run(repository["id"], "show", "-s", "--format=%ct", commit).split()[0]
    return commit, stamp(datetime.fromtimestamp(int(seconds), UTC))


def attach(hub: Hub) -> None:
    """Hold the tags of immutable releases where they are."""
    hub.push_rules.append(lambda repository, move, _actor: _refuse_moving(hub, repository, move))


def _refuse_moving(hub: Hub, repository: Row, move: RefMove) -> str | None:
    tag = move.name.removeprefix("refs/tags/")
    if tag == move.name or move.before == ZERO:
        return None
    release = published_by_tag(hub, repository, tag)
    if release is None or not release["immutable"]:
        return None
    return f"error: GH013: Cannot move or delete the tag {tag}: an immutable release has it."


def immutable_releases(hub: Hub, repository: Row) -> bool:
    """Tell whether releases published from now on can never change."""
    return bool(read_setting(hub, repository["id"], "immutable_releases"))


def publish(hub: Hub, repository: Row, release: Row, actor: Actor, *, new: bool) -> None:
    """Make a draft, or what is `new`, public: its tag exists from here on.

    Raises 422 where the tag is taken or points nowhere.
    """
    tag = release["tag_name"]
    check_tag_is_free(hub, repository, tag, besides=release["id"])
    commit, date = target_of(hub, repository, tag, release["target_commitish"])
    _create_tag(hub, repository, tag, commit, actor)
    fixed = immutable_releases(hub, repository)
    now = hub.clock.stamp()
    hub.store.update(
        "release",
        release["id"],
        draft=0,
        immutable=int(fixed),
        created_at=date,
        published_at=now,
        updated_at=now,
    )
    if fixed:
        hub.store.run(
            "INSERT OR IGNORE INTO spent_tag (repository_id, tag_name) VALUES (?, ?)",
            repository["id"],
            tag,
        )
    told = hub.store.get("release", release["id"])
    for action in (
        *(("created",) if new else ()),
        "published",
        "prereleased" if told["prerelease"] else "released",
    ):
        announce(hub, repository, told, action, actor)


def announce(hub: Hub, repository: Row, release: Row, action: str, actor: Actor) -> None:
    """Tell of a change to a release. Of drafts GitHub tells nobody who could act on it."""
    if not release["draft"]:
        payload = {"action": action, "release": release_shape(hub, repository, release)}
        if action == "edited":
            payload["changes"] = {}
        hub.emit("release", repository, payload, actor)


def _create_tag(hub: Hub, repository: Row, tag: str, commit: str, actor: Actor) -> None:
    name = f"refs/tags/{tag}"
    if hub.git.resolve(repository["id"], name) is not None:
        return
    try:
        hub.git.run(repository["id"], "check-ref-format", name)
        with changing(hub, repository, actor):
            hub.git.update_refs(repository["id"], {name: (ZERO, commit)})
    except GitFailed as error:
        raise invalid("Release", "tag_name", "custom", "tag_name is not a valid tag") from error


def draft_target(hub: Hub, repository: Row, tag: str, commitish: str) -> str:
    """Return the date a draft carries: its commit's if there is one already, else now."""
    try:
        return target_of(hub, repository, tag, commitish)[1]
    except ApiRefusal:
        return hub.clock.stamp()
