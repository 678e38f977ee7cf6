"""Rulesets: which rules hold for a ref, and what they forbid. Those kept here are those enforced.

Source: docs.github.com, "Available rules for rulesets", "Creating rulesets for a repository".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devforge.local.access import ROLES, role_of
from devforge.local.git.changes import RefMove, is_ancestor
from devforge.local.git.repositories import ZERO
from devforge.local.hub import Actor, Hub
from devforge.local.reviews_needed import unmet_reviews
from devforge.local.statuses_needed import unmet_statuses
from devforge.local.store import Row

ENFORCED = (
    "creation",
    "deletion",
    "non_fast_forward",
    "pull_request",
    "required_linear_history",
    "required_status_checks",
    "update",
)
ACTIONS_APP_ID = 15368
_ROLE_IDS = {2: "maintain", 4: "write", 5: "admin"}


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule that holds for a ref, and the ruleset it stands in."""

    type: str
    parameters: dict[str, Any]
    ruleset: Row


def attach(hub: Hub) -> None:
    """Let the rulesets at every push."""
    hub.push_rules.append(lambda repository, move, actor: refuse_push(hub, repository, move, actor))
    hub.forward_rules.append(
        lambda repository, move, actor: refuse_force(hub, repository, move, actor)
    )


def rules_for(hub: Hub, repository: Row, ref: str) -> list[ActiveRule]:
    """Return the rules in force for a full ref name, in the order of their rulesets."""
    rows = hub.store.all(
        "SELECT * FROM ruleset WHERE repository_id = ? AND enforcement = 'active' ORDER BY id",
        repository["id"],
    )
    return [
        ActiveRule(rule["type"], rule.get("parameters", {}), row)
        for row in rows
        if _covers(row, repository, ref)
        for rule in json.loads(row["rules"])
    ]


def refuse_push(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> str | None:
    """Return git's words for why a ref may not be moved by a push, or None."""
    rules = _binding(hub, repository, move, actor)
    problems = list(dict.fromkeys(_push_problems(hub, repository, move, rules)))
    return _violations(move, problems) if problems else None


def refuse_force(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> str | None:
    """Return git's words for a ref that may only move forward, or None where it may move anywhere."""
    kinds = [rule.type for rule in _binding(hub, repository, move, actor)]
    if "non_fast_forward" not in kinds or ZERO in (move.before, move.after):
        return None
    return _violations(move, ["Cannot force-push to this branch"])


def _binding(hub: Hub, repository: Row, move: RefMove, actor: Actor) -> list[ActiveRule]:
    """Return the rules in force for the ref that bind this actor."""
    return [
        rule
        for rule in rules_for(hub, repository, move.name)
        if not bypasses(hub, repository, rule.ruleset, actor, merging=False)
    ]


def _violations(move: RefMove, problems: list[str]) -> str:
    told = "".join(f"\n- {problem}\n" for problem in problems)
    return f"error: GH013: Repository rule violations found for {move.name}.\n{told}"


def refuse_merge(hub: Hub, repository: Row, pull: Row, method: str, actor: Actor) -> str | None:
    """Return the REST API's words for why a pull request may not be merged, or None."""
    problems = merge_problems(hub, repository, pull, actor, method=method)
    if not problems:
        return None
    return "Repository rule violations found\n\n" + "\n\n".join(problems) + "\n\n"


def merge_problems(
    hub: Hub, repository: Row, pull: Row, actor: Actor | None, *, method: str | None = None
) -> list[str]:
    """Return every requirement that the pull request does not meet, whoever merges it for None."""
    problems: list[str] = []
    for rule in rules_for(hub, repository, f"refs/heads/{pull['base_ref']}"):
        if actor and bypasses(hub, repository, rule.ruleset, actor, merging=True):
            continue
        match rule.type:
            case "required_status_checks":
                problems += unmet_statuses(hub, repository, pull["head_sha"], rule.parameters)
                problems += _outdated(hub, repository, pull, rule.parameters)
            case "pull_request":
                problems += unmet_reviews(hub, repository, pull, rule.parameters)
                problems += _wrong_method(rule.parameters, method)
            case "update":
                problems.append("Cannot update this protected ref.")
            case "required_linear_history" if method == "merge":
                problems.append("This branch must not contain merge commits.")
    return list(dict.fromkeys(problems))


def bypasses(hub: Hub, repository: Row, ruleset: Row, actor: Actor, *, merging: bool) -> bool:
    """Tell whether this actor is one the ruleset does not bind."""
    for entry in json.loads(ruleset["bypass_actors"]):
        if entry.get("bypass_mode") == "pull_request" and not merging:
            continue
        if _is_actor(hub, repository, entry, actor):
            return True
    return False


def _is_actor(hub: Hub, repository: Row, entry: dict[str, Any], actor: Actor) -> bool:
    by_workflow = actor.token is not None and actor.token.kind == "workflow"
    kind, id = entry["actor_type"], entry.get("actor_id")
    if kind == "Integration":
        return by_workflow and id == ACTIONS_APP_ID
    if by_workflow:
        return False
    if kind == "User":
        return id == actor.id
    if kind == "RepositoryRole" and id in _ROLE_IDS:
        held = role_of(hub, actor.id, repository)
        return ROLES.index(held) >= ROLES.index(_ROLE_IDS[id])
    return False


def _push_problems(
    hub: Hub, repository: Row, move: RefMove, rules: list[ActiveRule]
) -> Iterator[str]:
    for rule in rules:
        match rule.type:
            case "creation" if move.before == ZERO:
                yield "Cannot create ref due to creations being restricted."
            case "deletion" if move.after == ZERO:
                yield "Cannot delete this protected ref."
            case "update" if ZERO not in (move.before, move.after):
                yield "Cannot update this protected ref."
            case "non_fast_forward" if _is_forced(hub, repository, move):
                yield "Cannot force-push to this branch"
            case "pull_request" if ZERO not in (move.before, move.after):
                yield "Changes must be made through a pull request."
            case "required_status_checks" if _needs_statuses(move, rule):
                yield from unmet_statuses(hub, repository, move.after, rule.parameters)


def _needs_statuses(move: RefMove, rule: ActiveRule) -> bool:
    if move.after == ZERO:
        return False
    return move.before != ZERO or not rule.parameters.get("do_not_enforce_on_create")


def _is_forced(hub: Hub, repository: Row, move: RefMove) -> bool:
    if ZERO in (move.before, move.after):
        return False
    known = hub.git.resolve(repository["id"], move.after) is not None
    return known and not is_ancestor(hub, repository["id"], move.before, move.after)


def _outdated(hub: Hub, repository: Row, pull: Row, parameters: dict[str, Any]) -> list[str]:
    if not parameters.get("strict_required_status_checks_policy"):
        return []
    base = hub.git.resolve(repository["id"], f"refs/heads/{pull['base_ref']}")
    if base is None or is_ancestor(hub, repository["id"], base, pull["head_sha"]):
        return []
    return ["The head branch is not up to date with the base branch."]


def _wrong_method(parameters: dict[str, Any], method: str | None) -> list[str]:
    allowed = parameters.get("allowed_merge_methods")
    if method is None or not allowed or method in allowed:
        return []
    return [f"Merge method {method} is not allowed here; allowed are {', '.join(allowed)}."]


def _covers(ruleset: Row, repository: Row, ref: str) -> bool:
    prefix = {"branch": "refs/heads/", "tag": "refs/tags/"}[ruleset["target"]]
    if not ref.startswith(prefix):
        return False
    names = json.loads(ruleset["conditions"]).get("ref_name", {})
    default = f"refs/heads/{repository['default_branch']}"
    return _any(names.get("include", ()), ref, default) and not _any(
        names.get("exclude", ()), ref, default
    )


def _any(patterns: list[str], ref: str, default: str) -> bool:
    return any(
        pattern == "~ALL"
        or (pattern == "~DEFAULT_BRANCH" and ref == default)
        or _pattern(pattern).fullmatch(ref) is not None
        for pattern in patterns
    )


def _pattern(glob: str) -> re.Pattern[str]:
    """Return what a pattern matches: `*` stays between slashes and `**/` crosses them."""
    parts = re.split(r"(\*\*/|\*|\?)", glob)
    meaning = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))
