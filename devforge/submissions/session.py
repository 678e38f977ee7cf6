"""One run of the submit job: the registry opened, the issues looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.branches import default_branch
from devforge.adapters.environment import Environment
from devforge.adapters.git import Objects
from devforge.adapters.state import State
from devforge.adapters.submitting import Submitting
from devforge.errors import BadInput
from devforge.model.policy import Policy
from devforge.model.reading import read_record
from devforge.submissions.answer import Asked, Orphan
from devforge.submissions.claims import Claimed
from devforge.submissions.desk import (
    Desk,
    observe_asked,
    observe_claims,
    observe_orphans,
    submitted_branches,
)
from devforge.submissions.form import LABEL

_POLICY = "registry/policy.yaml"
_POLICY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Session:
    """What was observed, and what it was observed with."""

    desk: Desk
    branch: str
    asked: tuple[Asked, ...]
    orphans: tuple[Orphan, ...]
    claims: tuple[Claimed, ...]


@contextmanager
def open_session(environment: Environment, scratch: Path) -> Iterator[Session]:
    """Look at everything that people ask for. Costs one request where nothing is open and new.

    Raises:
        Unavailable, Refused: GitHub or Git gave no answer, or said no.
        BadInput: the registry's own policy is missing or wrong.
    """
    token = environment.secret_token()
    github = Submitting(environment.repository, token, api_url=environment.api_url)
    where = scratch / "registry"
    try:
        with Objects(
            where, environment.server_url, origin=environment.repository, token=token
        ) as objects:
            branches = submitted_branches(objects)
            issues = github.open_issues(LABEL)
            # A pull request of ours is open only while its branch is there, which Git tells for nothing.
            # The records come last: what is merged meanwhile is seen in them.
            pulls = github.open_pulls() if branches else ()
            branch, base = default_branch(objects)
            objects.fetch("origin", base, depth=1)
            state = State(where, objects.url("origin"), token=token)
            state.fetch()
            desk = Desk(github, objects, state, _policy(objects, base), base, branches)
            asked = tuple(observe_asked(desk, issues, pulls))
            orphans = tuple(observe_orphans(desk, issues, pulls))
            yield Session(desk, branch, asked, orphans, tuple(observe_claims(desk, issues)))
    finally:
        github.close()


def _policy(objects: Objects, base: str) -> Policy:
    content = objects.read(base, _POLICY, limit_bytes=_POLICY_BYTES)
    if content is None:
        raise BadInput(f"{_POLICY} is not on the default branch: restore it")
    return read_record(content, Policy, file=_POLICY, limit_bytes=_POLICY_BYTES)
