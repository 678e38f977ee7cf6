"""What a resolver gets: a row with the name of its GraphQL type, and how node ids lead to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from devforge.local.hub import Hub
from devforge.local.nodes import node_id, read_node_id
from devforge.local.store import Row

TABLES = {
    "Bot": "account",
    "Discussion": "discussion",
    "DiscussionCategory": "discussion_category",
    "DiscussionComment": "discussion_comment",
    "Issue": "issue",
    "IssueComment": "comment",
    "Label": "label",
    "Organization": "account",
    "PullRequest": "pull",
    "Reaction": "reaction",
    "Release": "release",
    "ReleaseAsset": "release_asset",
    "Repository": "repository",
    "User": "account",
}


@dataclass(slots=True)
class Thing:
    """One object of the graph. `memo` keeps what is dear to find out for as long as one query runs."""

    kind: str
    row: Any
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """Return its number, which is its `databaseId`."""
        return int(self.row["id"])

    @property
    def node_id(self) -> str:
        """Return its opaque id."""
        return node_id(self.kind, self.id)


def things(kind: str, rows: list[Row]) -> list[Thing]:
    """Return rows of one kind as things."""
    return [Thing(kind, row) for row in rows]


def thing_of(hub: Hub, kind: str, id: int | None) -> Thing | None:
    """Return the thing of this number, None for no number or none there."""
    row = hub.store.find(TABLES[kind], id=id) if id is not None else None
    return None if row is None else Thing(kind, row)


def account_thing(hub: Hub, id: int | None) -> Thing | None:
    """Return an account as the type it is; somebody deleted is nobody."""
    row = hub.store.find("account", id=id) if id is not None else None
    return None if row is None or row["deleted_at"] else Thing(row["kind"], row)


def node(hub: Hub, text: str) -> Thing | None:
    """Return the thing a node id names, None where it names none."""
    read = read_node_id(text)
    if read is None or read[0] not in TABLES:
        return None
    found = thing_of(hub, *read)
    if found is not None and found.kind in ("User", "Bot", "Organization"):
        return account_thing(hub, found.id)
    if found is not None and found.kind == "Repository" and found.row["deleted_at"]:
        return None
    return found
