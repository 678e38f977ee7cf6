"""Automatic merging: what was asked for, and the merge once nothing stands against it any more.

Source: docs.github.com, "Automatically merging a pull request".
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from devforge.local.access import has_role, role_of
from devforge.local.events import Event
from devforge.local.hub import Actor, Hub
from devforge.local.mergeability import try_merge
from devforge.local.merges import merge_pull
from devforge.local.protection import merge_refusal
from devforge.local.pulls import announce
from devforge.local.refusals import ApiRefusal
from devforge.local.rulesets import merge_problems
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.repositories import settings_of
from devforge.local.store import Row, packed
from devforge.local.tokens import token_of

_log = logging.getLogger(__name__)
_WAKING = ("check_run", "pull_request", "pull_request_review", "status", "workflow_job")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a pull request is to be merged; `method` is MERGE, SQUASH or REBASE."""

    method: str
    headline: str | None = None
    body: str | None = None
    author_email: str | None = None


def attach(hub: Hub) -> None:
    """Look again at every pull request that waits whenever something it may wait for happened."""
    hub.events.subscribe("auto-merge", lambda event: _look_again(hub, event), only=_WAKING)


def refuse_enabling(hub: Hub, pull: Row, expected_head: str | None) -> str | None:
    """Return GitHub's words for why a pull request cannot wait for its merge, or None."""
    return next(_reasons(hub, pull, expected_head), None)


def _reasons(hub: Hub, pull: Row, expected_head: str | None) -> Iterator[str]:
    repository = hub.store.get("repository", pull["repository_id"])
    if not settings_of(repository)["allow_auto_merge"]:
        yield "Auto merge is not allowed for this repository"
    if hub.store.get("issue", pull["issue_id"])["state"] != "open":
        yield "Pull request is closed"
    if pull["draft"]:
        yield "Pull request is in draft state"
    if expected_head is not None and expected_head != pull["head_sha"]:
        yield "Head branch was modified. Review and try the merge again."
    if hub.store.find("auto_merge", pull_id=pull["id"]) is not None:
        yield "Auto merge is already enabled"
    if not _waits(hub, repository, pull) and try_merge(hub, pull)["mergeable"]:
        yield "Pull request is in clean status"


def _waits(hub: Hub, repository: Row, pull: Row) -> bool:
    """Tell whether a ruleset or the base's protection still asks for something, of whomever."""
    unmet = merge_problems(hub, repository, pull, None)
    return bool(unmet) or merge_refusal(hub, repository, pull, None) is not None


def enable(hub: Hub, pull: Row, wish: Wish, actor: Actor) -> None:
    """Write down that the pull request merges by itself, in its asker's name."""
    with hub.store.transaction():
        hub.store.insert(
            "auto_merge",
            pull_id=pull["id"],
            account_id=actor.id,
            token_id=None if actor.token is None else actor.token.id,
            method=wish.method,
            headline=wish.headline,
            body=wish.body,
            author_email=wish.author_email,
            enabled_at=hub.clock.stamp(),
        )
        shown = {
            "enabled_by": simple_user(hub, actor.account),
            "merge_method": wish.method.lower(),
            "commit_title": wish.headline or "",
            "commit_message": wish.body or "",
        }
        hub.store.update("pull", pull["id"], auto_merge=packed(shown))
        after = hub.store.get("pull", pull["id"])
        announce(hub, after, "auto_merge_enabled", actor, reason="")


def disable(hub: Hub, pull: Row, reason: str, actor: Actor) -> None:
    """Let the pull request wait no longer."""
    with hub.store.transaction():
        hub.store.run("DELETE FROM auto_merge WHERE pull_id = ?", pull["id"])
        hub.store.update("pull", pull["id"], auto_merge=None)
        after = hub.store.get("pull", pull["id"])
        announce(hub, after, "auto_merge_disabled", actor, reason=reason)


def _look_again(hub: Hub, event: Event) -> None:
    if event.name not in _WAKING or event.repository_id is None:
        return
    waiting = hub.store.all(
        "SELECT p.* FROM pull p JOIN auto_merge a ON a.pull_id = p.id WHERE p.repository_id = ?"
        " ORDER BY a.enabled_at, p.id",
        event.repository_id,
    )
    for pull in waiting:
        if _gives_up(hub, event, pull):
            _forget(hub, pull, event)
        else:
            _merge_if_ready(hub, pull)


def _gives_up(hub: Hub, event: Event, pull: Row) -> bool:
    """Tell whether the event ends the wait: the pull request closed, or a stranger pushed to it."""
    if event.name != "pull_request" or event.payload.get("number") != pull["number"]:
        return False
    return event.action == "closed" or (
        event.action == "synchronize" and _is_stranger(hub, event, pull)
    )


def _is_stranger(hub: Hub, event: Event, pull: Row) -> bool:
    """Tell whether a push to the head came from somebody who may not write to the base repository."""
    if event.by_workflow:
        return False
    repository = hub.store.get("repository", pull["repository_id"])
    return event.actor_id is None or not has_role(role_of(hub, event.actor_id, repository), "write")


def _forget(hub: Hub, pull: Row, event: Event) -> None:
    if event.action == "closed":
        hub.store.run("DELETE FROM auto_merge WHERE pull_id = ?", pull["id"])
        hub.store.update("pull", pull["id"], auto_merge=None)
        return
    actor = Actor(hub.store.get("account", event.actor_id or 0))
    disable(hub, pull, "a push by somebody without write access", actor)


def _merge_if_ready(hub: Hub, pull: Row) -> None:
    repository = hub.store.get("repository", pull["repository_id"])
    wish = hub.store.find("auto_merge", pull_id=pull["id"])
    if wish is None or _waits(hub, repository, pull):
        return
    token = hub.store.find("token", id=wish["token_id"]) if wish["token_id"] else None
    account = hub.store.get("account", wish["account_id"])
    actor = Actor(account, None if token is None else token_of(token))
    try:
        merge_pull(
            hub,
            repository,
            pull,
            actor,
            method=wish["method"].lower(),
            sha=pull["head_sha"],
            title=wish["headline"],
            message=wish["body"],
        )
    except ApiRefusal as refusal:
        _log.info("pull request %s waits on: %s", pull["number"], refusal.message)
        return
    hub.store.run("DELETE FROM auto_merge WHERE pull_id = ?", pull["id"])
