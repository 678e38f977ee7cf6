"""Where an event happened: the ref and commit its workflows run at, and whom to trust with secrets.

Source: GitHub's documentation, "Events that trigger workflows".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from devforge.local.events import Event
from devforge.local.git.repositories import ZERO
from devforge.local.hub import Hub
from devforge.local.store import Row

_HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Occasion:
    """`sha` is both checked out and where the workflow files are read; `head_*` is what the API shows.

    `trusted` is False for a pull request from a fork, whose runs get no secrets and a token that
    only reads.
    """

    ref: str
    sha: str
    head_sha: str
    head_branch: str | None
    head_repository_id: int | None
    trusted: bool = True


def occasion_of(hub: Hub, repository: Row, event: Event) -> Occasion | None:
    """Return where `event` starts workflows, None where it starts none (a deleted branch, a conflict)."""
    payload = event.payload
    if event.name == "push":
        return _at_push(hub, repository, payload)
    if event.name in {"pull_request", "pull_request_review", "pull_request_review_comment"}:
        return _at_pull_request(hub, repository, payload)
    if event.name == "pull_request_target":
        return _at_default(hub, repository, payload["pull_request"])
    ref = _named_ref(event)
    return _at_default(hub, repository, None) if ref is None else _at_ref(hub, repository, ref)


def _named_ref(event: Event) -> str | None:
    """Return the ref that the event itself names, None for those of the default branch."""
    payload = event.payload
    match event.name:
        case "release":
            return f"refs/tags/{payload['release']['tag_name']}"
        case "create":
            return f"refs/{'heads' if payload['ref_type'] == 'branch' else 'tags'}/{payload['ref']}"
        case "workflow_dispatch":
            return str(payload["ref"])
        case _:
            return None


def _at_default(hub: Hub, repository: Row, pull: dict[str, Any] | None) -> Occasion | None:
    found = _at_ref(hub, repository, f"{_HEADS}{repository['default_branch']}")
    if found is None or pull is None:
        return found
    head = pull["head"]
    return Occasion(found.ref, found.sha, head["sha"], head["ref"], _id(head.get("repo")))


def _at_ref(hub: Hub, repository: Row, ref: str) -> Occasion | None:
    sha = hub.git.resolve(repository["id"], ref)
    if sha is None:
        return None
    name = ref.removeprefix(_HEADS).removeprefix("refs/tags/")
    return Occasion(ref, sha, sha, name, repository["id"])


def _at_push(hub: Hub, repository: Row, payload: dict[str, Any]) -> Occasion | None:
    sha = payload["after"]
    if payload.get("deleted") or sha == ZERO:
        return None
    commit = hub.git.resolve(repository["id"], sha) or sha
    name = payload["ref"].removeprefix(_HEADS).removeprefix("refs/tags/")
    return Occasion(payload["ref"], commit, commit, name, repository["id"])


def _at_pull_request(hub: Hub, repository: Row, payload: dict[str, Any]) -> Occasion | None:
    pull = payload["pull_request"]
    ref = f"refs/pull/{pull['number']}/merge"
    sha = hub.git.resolve(repository["id"], ref)
    if sha is None:
        return None
    head = pull["head"]
    from_here = _id(head.get("repo")) == repository["id"]
    return Occasion(ref, sha, head["sha"], head["ref"], _id(head.get("repo")), trusted=from_here)


def _id(repository: dict[str, Any] | None) -> int | None:
    return None if repository is None else int(repository["id"])
