"""What moderators do to anything that was written: label it, lock it, fold it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from devforge.local import discussions
from devforge.local.graphql.comments import needs, written
from devforge.local.graphql.refusals import unprocessable
from devforge.local.graphql.registry import Arguments, field, told
from devforge.local.graphql.things import Thing
from devforge.local.graphql.view import View
from devforge.local.issues import add_labels, remove_labels
from devforge.local.pulls import announce as announce_pull
from devforge.local.shapes.issues import issue as issue_shape
from devforge.local.shapes.issues import label as label_shape
from devforge.local.store import Row

_LABELABLE = ("Discussion", "Issue", "PullRequest")
_MINIMIZABLE = ("DiscussionComment", "IssueComment")


@field("Mutation", "addLabelsToLabelable")
def add(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Put labels on something; those it has stay as they are."""
    given = arguments["input"]
    thing, labels = _labelling(view, given)
    with view.hub.store.transaction():
        if thing.kind == "Discussion":
            _label_discussion(view, thing, labels)
        else:
            names = [label["name"] for label in labels]
            new = add_labels(view.hub, written(view, thing), names, view.actor)
            _announce_each(view, thing, "labeled", new)
    return told(given, labelable=view.fresh(thing))


@field("Mutation", "removeLabelsFromLabelable")
def remove(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Take labels off something; those it does not have change nothing."""
    given = arguments["input"]
    thing, labels = _labelling(view, given)
    with view.hub.store.transaction():
        if thing.kind == "Discussion":
            _unlabel_discussion(view, thing, labels)
        else:
            issue = written(view, thing)
            held = [
                row for row in labels if _has(view, "issue_label", "issue_id", issue["id"], row)
            ]
            remove_labels(view.hub, issue, held, view.actor)
            _announce_each(view, thing, "unlabeled", held)
    return told(given, labelable=view.fresh(thing))


@field("Mutation", "lockLockable")
def lock(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Let only who may push go on talking."""
    given = arguments["input"]
    thing = _set_locked(view, given, "locked", locked=1, lock_reason=given.get("lockReason"))
    return told(given, lockedRecord=thing, actor=_actor(view))


@field("Mutation", "unlockLockable")
def unlock(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Let everybody talk again."""
    given = arguments["input"]
    thing = _set_locked(view, given, "unlocked", locked=0, lock_reason=None)
    return told(given, unlockedRecord=thing, actor=_actor(view))


@field("Mutation", "minimizeComment")
def minimize(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Fold a comment away, with the reason."""
    given = arguments["input"]
    thing = _moderated(view, given["subjectId"], _MINIMIZABLE)
    view.hub.store.run(
        "INSERT OR REPLACE INTO minimized (subject, subject_id, reason) VALUES (?, ?, ?)",
        thing.kind,
        thing.id,
        given["classifier"],
    )
    return told(given, minimizedComment=thing)


@field("Mutation", "unminimizeComment")
def unminimize(_root: Any, view: View, arguments: Arguments) -> dict[str, Any]:
    """Show a comment again."""
    given = arguments["input"]
    thing = _moderated(view, given["subjectId"], _MINIMIZABLE)
    view.hub.store.run(
        "DELETE FROM minimized WHERE subject = ? AND subject_id = ?", thing.kind, thing.id
    )
    return told(given, unminimizedComment=thing)


def _moderated(view: View, id: str, kinds: Sequence[str]) -> Thing:
    """Return what a node id names, if the caller may moderate its repository."""
    thing = view.node(id, *kinds)
    view.check(view.home_of(thing), needs(thing), "triage")
    return thing


def _labelling(view: View, given: Arguments) -> tuple[Thing, list[Row]]:
    thing = _moderated(view, given["labelableId"], _LABELABLE)
    repository = view.home_of(thing)
    labels = [view.node(id, "Label").row for id in given["labelIds"]]
    for label in labels:
        if label["repository_id"] != repository["id"]:
            raise unprocessable(f"The label {label['name']} belongs to another repository")
    return thing, labels


def _has(view: View, table: str, column: str, id: int, label: Row) -> bool:
    return view.hub.store.find(table, **{column: id, "label_id": label["id"]}) is not None


def _label_discussion(view: View, thing: Thing, labels: list[Row]) -> None:
    for label in labels:
        if not _has(view, "discussion_label", "discussion_id", thing.id, label):
            view.hub.store.insert("discussion_label", discussion_id=thing.id, label_id=label["id"])
            _announce_discussion(view, thing, "labeled", label)


def _unlabel_discussion(view: View, thing: Thing, labels: list[Row]) -> None:
    for label in labels:
        gone = view.hub.store.run(
            "DELETE FROM discussion_label WHERE discussion_id = ? AND label_id = ?",
            thing.id,
            label["id"],
        )
        if gone:
            _announce_discussion(view, thing, "unlabeled", label)


def _announce_discussion(view: View, thing: Thing, action: str, label: Row) -> None:
    told = label_shape(view.hub, view.home_of(thing), label)
    discussions.announce(view.hub, thing.id, action, view.actor, label=told)


def _announce_each(view: View, thing: Thing, action: str, labels: list[Row]) -> None:
    """Tell of each label that was put on or taken off, as REST does."""
    repository = view.home_of(thing)
    for label in labels:
        told = label_shape(view.hub, repository, label)
        if thing.kind == "PullRequest":
            announce_pull(view.hub, thing.row, action, view.actor, label=told)
        else:
            shape = issue_shape(view.hub, repository, view.hub.store.get("issue", thing.id))
            payload = {"action": action, "issue": shape, "label": told}
            view.hub.emit("issues", repository, payload, view.actor)


def _set_locked(view: View, given: Arguments, action: str, **columns: Any) -> Thing:
    thing = _moderated(view, given["lockableId"], _LABELABLE)
    if thing.kind == "Discussion":
        discussions.set_state(view.hub, thing.row, action, view.actor, **columns)
        return view.fresh(thing)
    repository, issue = view.home_of(thing), written(view, thing)
    with view.hub.store.transaction():
        view.hub.store.update("issue", issue["id"], **columns)
        if thing.kind == "PullRequest":
            announce_pull(view.hub, thing.row, action, view.actor)
        else:
            shape = issue_shape(view.hub, repository, view.hub.store.get("issue", issue["id"]))
            view.hub.emit("issues", repository, {"action": action, "issue": shape}, view.actor)
    return view.fresh(thing)


def _actor(view: View) -> Thing:
    return Thing(view.actor.account["kind"], view.actor.account)
