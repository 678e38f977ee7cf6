"""Which reviews a pull request lacks. Only those of people who may write count, the newest of each.

Source: docs.github.com, "Available rules for rulesets", "Require a pull request before merging".
"""

from __future__ import annotations

from typing import Any, Literal

from devforge.local.access import has_role, role_of
from devforge.local.hub import Hub
from devforge.local.store import Row
from devforge.local.tokens import WORKFLOW_BOT

Opinion = Literal["APPROVED", "CHANGES_REQUESTED"]


def opinions(
    hub: Hub, repository: Row, pull: Row, *, only_of_head: bool = False
) -> dict[int, Opinion]:
    """Return the last word of everyone who may write, but for the pull request's author.

    A later comment takes nothing back; a dismissal does. `only_of_head` leaves out approvals of
    earlier commits.
    """
    author = hub.store.get("issue", pull["issue_id"])["author_id"]
    held: dict[int, Opinion] = {}
    for row in hub.store.all("SELECT * FROM review WHERE pull_id = ? ORDER BY id", pull["id"]):
        reviewer = row["author_id"]
        if reviewer == author or not _counts(hub, repository, reviewer):
            continue
        if row["state"] == "DISMISSED":
            held.pop(reviewer, None)
        elif row["state"] == "CHANGES_REQUESTED":
            held[reviewer] = "CHANGES_REQUESTED"
        elif row["state"] == "APPROVED":
            if only_of_head and row["commit_id"] != pull["head_sha"]:
                held.pop(reviewer, None)
            else:
                held[reviewer] = "APPROVED"
    return held


def unmet_reviews(hub: Hub, repository: Row, pull: Row, parameters: dict[str, Any]) -> list[str]:
    """Return a sentence for what the rule's reviews still lack."""
    needed = int(parameters.get("required_approving_review_count", 0))
    only_of_head = bool(parameters.get("dismiss_stale_reviews_on_push"))
    held = opinions(hub, repository, pull, only_of_head=only_of_head)
    if needed and "CHANGES_REQUESTED" in held.values():
        return ["Changes have been requested by a reviewer with write access."]
    approvals = list(held.values()).count("APPROVED")
    if approvals >= needed:
        return []
    reviews = "review is" if needed == 1 else "reviews are"
    return [f"At least {needed} approving {reviews} required by reviewers with write access."]


def _counts(hub: Hub, repository: Row, account_id: int) -> bool:
    account = hub.store.get("account", account_id)
    if account["login"] == WORKFLOW_BOT:
        return True
    return has_role(role_of(hub, account_id, repository), "write")
