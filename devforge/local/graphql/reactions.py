"""Reactions to anything that can be reacted to."""

from __future__ import annotations

from typing import Any

from devforge.local.graphql.comments import needs
from devforge.local.graphql.connections import connection
from devforge.local.graphql.registry import Arguments, columns, field, told
from devforge.local.graphql.things import Thing, account_thing, thing_of, things
from devforge.local.graphql.view import View
from devforge.local.store import Row

CONTENTS = {
    "THUMBS_UP": "+1",
    "THUMBS_DOWN": "-1",
    "LAUGH": "laugh",
    "HOORAY": "hooray",
    "CONFUSED": "confused",
    "HEART": "heart",
    "ROCKET": "rocket",
    "EYES": "eyes",
}
_NAMES = {content: name for name, content in CONTENTS.items()}
_SUBJECTS = {
    "Discussion": "discussion",
    "DiscussionComment": "discussion_comment",
    "Issue": "issue",
    "IssueComment": "comment",
    "PullRequest": "issue",
    "Release": "release",
}
_REACTABLE = "|".join(_SUBJECTS)

columns("Reaction", createdAt="created_at", databaseId="id")


def subject_of(thing: Thing) -> tuple[str, int]:
    """Return what the store files a thing's reactions under."""
    id = thing.row["issue_id"] if thing.kind == "PullRequest" else thing.id
    return _SUBJECTS[thing.kind], int(id)


def _rows(view: View, thing: Thing) -> list[Row]:
    return view.hub.store.all(
        "SELECT * FROM reaction WHERE subject = ? AND subject_id = ? ORDER BY id",
        *subject_of(thing),
    )


@field(_REACTABLE, "reactions")
def reactions(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Who reacted and how."""
    wanted = CONTENTS.get(arguments.get("content") or "")
    rows = [row for row in _rows(view, thing) if wanted in (None, row["content"])]
    mine = any(row["account_id"] == view.actor.id for row in rows)
    return connection("reactions", things("Reaction", rows), arguments, viewerHasReacted=mine)


@field(_REACTABLE, "reactionGroups")
def reaction_groups(thing: Thing, view: View, _arguments: Arguments) -> list[Thing]:
    """The reactions by their kind, each kind there is."""
    rows = _rows(view, thing)
    groups = []
    for name, content in CONTENTS.items():
        given = [row for row in rows if row["content"] == content]
        groups.append(Thing("ReactionGroup", {"name": name, "given": given}))
    return groups


@field(_REACTABLE, "viewerCanReact")
def viewer_can_react(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether the viewer may react."""
    return view.may(view.home_of(thing), needs(thing)) or not view.by_workflow


@field("ReactionGroup", "content")
def group_content(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """Which reaction."""
    return str(thing.row["name"])


@field("ReactionGroup", "createdAt")
def group_created_at(thing: Thing, _view: View, _arguments: Arguments) -> str | None:
    """When it was given first."""
    given = thing.row["given"]
    return given[0]["created_at"] if given else None


@field("ReactionGroup", "reactors")
def group_reactors(thing: Thing, view: View, arguments: Arguments) -> dict[str, Any]:
    """Who gave it."""
    accounts = [account_thing(view.hub, row["account_id"]) for row in thing.row["given"]]
    return connection("reactors", [each for each in accounts if each], arguments)


@field("ReactionGroup", "viewerHasReacted")
def group_viewer_has_reacted(thing: Thing, view: View, _arguments: Arguments) -> bool:
    """Whether the viewer gave it."""
    return any(row["account_id"] == view.actor.id for row in thing.row["given"])


@field("Reaction", "id")
def reaction_id(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """The opaque id."""
    return thing.node_id


@field("Reaction", "content")
def reaction_content(thing: Thing, _view: View, _arguments: Arguments) -> str:
    """Which reaction."""
    return _NAMES[thing.row["content"]]


@field("Reaction", "user")
def reaction_user(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """Who gave it; a bot is no user, so nobody."""
    account = account_thing(view.hub, thing.row["account_id"])
    return account if account is not None and account.kind == "User" else None


@field("Reaction", "reactable")
def reaction_subject(thing: Thing, view: View, _arguments: Arguments) -> Thing | None:
    """What was reacted to."""
    subject, id = thing.row["subject"], thing.row["subject_id"]
    if subject == "issue" and (pull := view.hub.store.find("pull", issue_id=id)):
        return Thing("PullRequest", pull)
    kind = next(kind for kind, name in _SUBJECTS.items() if name == subject)
    return thing_of(view.hub, kind, id)


@field("Mutation", "addReaction")
def add_reaction(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """React; the same again changes nothing."""
    given = arguments["input"]
    thing = view.node(given["subjectId"], *_SUBJECTS)
    view.check(view.home_of(thing), needs(thing))
    subject, subject_id = subject_of(thing)
    columns = {
        "subject": subject,
        "subject_id": subject_id,
        "account_id": view.actor.id,
        "content": CONTENTS[given["content"]],
    }
    store = view.hub.store
    with store.transaction():
        row = store.find("reaction", **columns)
        if row is None:
            id = store.insert("reaction", **columns, created_at=view.hub.clock.stamp())
            row = store.get("reaction", id)
    return _told(given, thing, row)


@field("Mutation", "removeReaction")
def remove_reaction(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Take a reaction back; one that was not given changes nothing."""
    given = arguments["input"]
    thing = view.node(given["subjectId"], *_SUBJECTS)
    view.check(view.home_of(thing), needs(thing))
    subject, subject_id = subject_of(thing)
    row = view.hub.store.find(
        "reaction",
        subject=subject,
        subject_id=subject_id,
        account_id=view.actor.id,
        content=CONTENTS[given["content"]],
    )
    if row is not None:
        view.hub.store.delete("reaction", row["id"])
    return _told(given, thing, row)


def _told(given: Arguments, thing: Thing, row: Row | None) -> dict[str, Any]:
    return told(given, reaction=None if row is None else Thing("Reaction", row), subject=thing)
