"""Protected branches: what must hold before one moves, and for whom.

Source: docs.github.com, "About protected branches".
"""

from __future__ import annotations

import json
from typing import Any

from devforge.local.access import role_of
from devforge.local.git.changes import RefMove
from devforge.local.git.repositories import ZERO
from devforge.local.hub import Actor, Hub
from devforge.local.reviews_needed import unmet_reviews
from devforge.local.statuses_needed import unmet_statuses
from devforge.local.store import Row, packed


def attach(hub: Hub) -> None:
    """Let protected branches be asked at every push."""
    hub.push_rules.append(
        lambda repository, move, actor: _refuse_push(hub, repository, move, actor)
    )
    hub.forward_rules.append(
        lambda repository, move, actor: _refuse_force(hub, repository, move, actor)
    )


def protect(hub: Hub, repository: Row, branch: str, rules: dict[str, Any]) -> None:
    """Put these rules, as the API words them, in the place of the branch's."""
    hub.store.run(
        "INSERT OR REPLACE INTO branch_protection (repository_id, branch, rules) VALUES (?, ?, ?)",
        repository["id"],
        branch,
        packed(rules),
    )


def unprotect(hub: Hub, repository: Row, branch: str) -> bool:
    """Take a branch's protection away; tell whether there was one."""
    removed = hub.store.run(
        "DELETE FROM branch_protection WHERE repository_id = ? AND branch = ?",
        repository["id"],
        branch,
    )
    return removed > 0


def protection_of(hub: Hub, repository: Row, branch: str | None) -> dict[str, Any] | None:
    """Return a branch's rules, or None."""
    row = hub.store.find("branch_protection", repository_id=repository["id"], branch=branch or "")
    if row is None:
        return None
    rules: dict[str, Any] = json.loads(row["rules"])
    return rules


def merge_refusal(hub: Hub, repository: Row, pull: Row, actor: Actor | None) -> str | None:
    """Return why a pull request may not be merged into its protected base, or None."""
    rules = _binding(hub, repository, pull["base_ref"], actor)
    if rules is None:
        return None
    problems: list[str] = []
    if (statuses := rules.get("required_status_checks")) is not None:
        contexts = [{"context": each} for each in contexts_of(statuses)]
        problems += unmet_statuses(
            hub, repository, pull["head_sha"], {"required_status_checks": contexts}
        )
    if (reviews := rules.get("required_pull_request_reviews")) is not None:
        wanted = {
            "required_approving_review_count": reviews.get("required_approving_review_count", 1),
            "dismiss_stale_reviews_on_push": bool(reviews.get("dismiss_stale_reviews")),
        }
        problems += unmet_reviews(hub, repository, pull, wanted)
    return "; ".join(problems) or None


def contexts_of(statuses: dict[str, Any]) -> list[str]:
    """Return the required contexts, whichever of the two ways they were told in."""
    named = [str(each["context"]) for each in statuses.get("checks") or () if "context" in each]
    return list(dict.fromkeys([*map(str, statuses.get("contexts") or ()), *named]))


def _binding(
    hub: Hub, repository: Row, branch: str | None, actor: Actor | None
) -> dict[str, Any] | None:
    """Return the rules that bind this actor: administrators only where the rules say so."""
    rules = protection_of(hub, repository, branch)
    if rules is None or actor is None or rules.get("enforce_admins"):
        return rules
    by_workflow = actor.token is not None and actor.token.kind == "workflow"
    is_admin = not by_workflow and role_of(hub, actor.id, repository) == "admin"
    return None if is_admin else rules


def _refuse_push(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> str | None:
    if move.branch is None or protection_of(hub, repository, move.branch) is None:
        return None
    if move.after == ZERO:
        rules = protection_of(hub, repository, move.branch) or {}
        return None if rules.get("allow_deletions") else _failed(move, "Cannot delete this branch")
    rules = _binding(hub, repository, move.branch, actor) or {}
    if rules.get("required_pull_request_reviews") is not None:
        return _failed(move, "Changes must be made through a pull request.")
    if (statuses := rules.get("required_status_checks")) is not None:
        contexts = [{"context": each} for each in contexts_of(statuses)]
        unmet = unmet_statuses(hub, repository, move.after, {"required_status_checks": contexts})
        return _failed(move, unmet[0]) if unmet else None
    return None


def _refuse_force(hub: Hub, repository: Row, move: RefMove, _actor: Actor) -> str | None:
    rules = protection_of(hub, repository, move.branch)
    if rules is None or rules.get("allow_force_pushes") or ZERO in (move.before, move.after):
        return None
    return _failed(move, "Cannot force-push to this branch")


def _failed(move: RefMove, reason: str) -> str:
    return f"error: GH006: Protected branch update failed for {move.name}.\nerror: {reason}"
