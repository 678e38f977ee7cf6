"""Issues, which pull requests are too: opened, changed, closed; what is noted as it happens."""

from __future__ import annotations

from typing import Any

from devforge.local.hub import Actor, Hub
from devforge.local.labels import label_made
from devforge.local.refusals import invalid
from devforge.local.repositories import next_number
from devforge.local.store import Row, packed


def open_issue(
    hub: Hub,
    repository: Row,
    title: str,
    body: str | None,
    actor: Actor,
    *,
    is_pull: bool = False,
) -> Row:
    """Return a new issue. Nothing is announced: the caller does so when it is complete."""
    if not title.strip():
        raise invalid("Issue", "title", "missing_field")
    if len(title) > 256:
        raise invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
    now = hub.clock.stamp()
    with hub.store.transaction():
        id = hub.store.insert(
            "issue",
            repository_id=repository["id"],
            number=next_number(hub, repository["id"]),
            title=title,
            body=body,
            author_id=actor.id,
            is_pull=int(is_pull),
            created_at=now,
            updated_at=now,
        )
    return hub.store.get("issue", id)


def issue_numbered(hub: Hub, repository: Row, number: int) -> Row | None:
    """Return the issue or pull request of this number, or None."""
    return hub.store.find("issue", repository_id=repository["id"], number=number)


def touch(hub: Hub, issue_id: int) -> None:
    """Say that the issue changed just now."""
    hub.store.update("issue", issue_id, updated_at=hub.clock.stamp())


def note(hub: Hub, issue: Row, event: str, actor: Actor, **detail: Any) -> None:
    """Write down what happened to an issue, for its list of events."""
    hub.store.insert(
        "issue_event",
        repository_id=issue["repository_id"],
        issue_id=issue["id"],
        actor_id=actor.id,
        event=event,
        detail=packed(detail),
        created_at=hub.clock.stamp(),
    )


def close_issue(hub: Hub, issue: Row, actor: Actor, reason: str | None = "completed") -> None:
    """Close an issue or pull request; a closed one stays as it was closed."""
    if issue["state"] == "closed":
        return
    now = hub.clock.stamp()
    hub.store.update(
        "issue",
        issue["id"],
        state="closed",
        state_reason=None if issue["is_pull"] else reason,
        closed_at=now,
        closed_by=actor.id,
        updated_at=now,
    )
    note(hub, issue, "closed", actor)


def reopen_issue(hub: Hub, issue: Row, actor: Actor) -> None:
    """Open a closed issue again."""
    if issue["state"] == "open":
        return
    hub.store.update(
        "issue",
        issue["id"],
        state="open",
        state_reason=None if issue["is_pull"] else "reopened",
        closed_at=None,
        closed_by=None,
        updated_at=hub.clock.stamp(),
    )
    note(hub, issue, "reopened", actor)


def labels_of(hub: Hub, issue_id: int) -> list[Row]:
    """Return an issue's labels in the order they were added."""
    return hub.store.all(
        "SELECT l.* FROM label l JOIN issue_label i ON i.label_id = l.id"
        " WHERE i.issue_id = ? ORDER BY i.id",
        issue_id,
    )


def assignees_of(hub: Hub, issue_id: int) -> list[Row]:
    """Return who an issue is assigned to."""
    return hub.store.all(
        "SELECT a.* FROM account a JOIN assignee s ON s.account_id = a.id"
        " WHERE s.issue_id = ? AND a.deleted_at IS NULL ORDER BY a.id",
        issue_id,
    )


def add_labels(hub: Hub, issue: Row, names: list[str], actor: Actor) -> list[Row]:
    """Put labels on an issue, making those that do not exist; return the ones that are new on it."""
    added = []
    for name in names:
        if not name.strip() or len(name) > 50:
            raise invalid("Label", "name", "invalid")
        label = label_made(hub, issue["repository_id"], name)
        known = hub.store.find("issue_label", issue_id=issue["id"], label_id=label["id"])
        if known is None:
            hub.store.insert("issue_label", issue_id=issue["id"], label_id=label["id"])
            note(
                hub, issue, "labeled", actor, label={"name": label["name"], "color": label["color"]}
            )
            added.append(label)
    touch(hub, issue["id"])
    return added


def remove_labels(hub: Hub, issue: Row, labels: list[Row], actor: Actor) -> None:
    """Take labels off an issue."""
    for label in labels:
        hub.store.run(
            "DELETE FROM issue_label WHERE issue_id = ? AND label_id = ?", issue["id"], label["id"]
        )
        note(hub, issue, "unlabeled", actor, label={"name": label["name"], "color": label["color"]})
    touch(hub, issue["id"])
