"""What one commit has that another has not: `base...head`, sides of a fork as `user:branch` too."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.git.merging import merge_base
from devforge.local.hub import Hub
from devforge.local.store import Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two commits, where their histories parted, and what each has alone, oldest first."""

    base: str
    head: str
    parted: str
    ahead: tuple[str, ...]
    behind: tuple[str, ...]

    @property
    def status(self) -> str:
        """Return how the head stands to the base, in GitHub's word."""
        if self.ahead and self.behind:
            return "diverged"
        return "ahead" if self.ahead else "behind" if self.behind else "identical"


def compare(hub: Hub, repository: Row, basehead: str) -> Comparison | None:
    """Return the comparison; None where a side is nothing, or they have no history in common."""
    base_name, dots, head_name = basehead.partition("...")
    base, head = _side(hub, repository, base_name), _side(hub, repository, head_name)
    if not dots or base is None or head is None:
        return None
    parted = merge_base(hub, repository["id"], base, head)
    if parted is None:
        return None
    ahead, behind = _between(hub, repository, base, head), _between(hub, repository, head, base)
    return Comparison(base, head, parted, ahead, behind)


def _side(hub: Hub, repository: Row, name: str) -> str | None:
    owner, colon, branch = name.partition(":")
    if not colon:
        return hub.git.resolve(repository["id"], name)
    source = repository["source_id"] or repository["id"]
    kin = hub.store.one(
        "SELECT r.* FROM repository r JOIN account a ON a.id = r.owner_id WHERE a.login = ?"
        " AND r.deleted_at IS NULL AND (r.source_id = ? OR r.id = ?)",
        owner,
        source,
        source,
    )
    return None if kin is None else hub.git.resolve(kin["id"], branch)


def _between(hub: Hub, repository: Row, old: str, new: str) -> tuple[str, ...]:
    out = hub.git.run(repository["id"], "rev-list", "--reverse", f"{old}..{new}", "--")
    return tuple(out.decode().split())
