"""One run of the review: the registry opened, the queue chosen, the pull requests laid out."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devforge.adapters.environment import Environment
from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.github_answers import Pull
from devforge.adapters.state import State
from devforge.errors import BadInput, DevForgeError, Unavailable
from devforge.model.policy import Policy
from devforge.model.reading import read_record
from devforge.review.memory import Memory
from devforge.review.observe import (
    Candidate,
    Desk,
    Registry,
    lay_out,
    observe,
    open_registry,
    read_memories,
)
from devforge.review.queue import Queue, choose

_LOG = logging.getLogger(__name__)
_AT_ONCE = 4
_POLICY = "registry/policy.yaml"
_POLICY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Session:
    """What every step of one run shares."""

    environment: Environment
    registry: Registry
    policy: Policy
    branch: str
    queue: Queue
    memories: dict[int, Memory]
    desk: Desk
    scratch: Path
    listed_at: datetime  # the server's time when it said which pull requests are open

    @property
    def now(self) -> datetime:
        """The server's time, as of its last answer."""
        return self.registry.github.now

    @property
    def github(self) -> GitHub:
        return self.registry.github

    def candidates(self, pulls: Iterable[Pull]) -> Iterator[tuple[Pull, Candidate | DevForgeError]]:
        """Yield each pull request observed, or why it could not be; one never stops the others.

        Several are observed at once, since most of it is waiting for servers; `pulls` is asked for
        the next one only when its turn comes, and the answers keep its order.
        """
        waiting: deque[tuple[Pull, Future[Candidate | DevForgeError]]] = deque()
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            for pull in pulls:
                if pull.number in self.desk.moved:
                    _LOG.info("#%d was pushed to just now: left for the next run", pull.number)
                    continue
                waiting.append((pull, pool.submit(self._observed, pull)))
                if len(waiting) > _AT_ONCE:
                    earliest, answer = waiting.popleft()
                    yield earliest, answer.result()
            for earliest, answer in waiting:
                yield earliest, answer.result()

    def _observed(self, pull: Pull) -> Candidate | DevForgeError:
        # A place of its own for each: two may come from one repository, at the same time.
        sources = self.scratch / "sources" / str(pull.number)
        try:
            return observe(self.desk, pull, policy=self.policy, sources=sources)
        except DevForgeError as error:
            _LOG.warning("#%d: %s: %s", pull.number, type(error).__name__, error)
            return error
        except Exception as error:  # a bug of ours on one must not stop the others
            _LOG.exception("#%d could not be observed", pull.number)
            return Unavailable(f"a mistake of ours: {type(error).__name__}")


@contextmanager
def open_session(
    environment: Environment, scratch: Path, *, only: int | None = None
) -> Iterator[Session]:
    """Open the registry this job runs in, and choose what is to be looked at.

    Raises:
        Unavailable, Refused: GitHub or Git gave no answer, or said no.
        BadInput: the registry's own policy is missing or wrong.
    """
    token = environment.secret_token()
    github = GitHub(environment.repository, token, api_url=environment.api_url)
    where = scratch / "registry"
    try:
        with Objects(
            where, environment.server_url, origin=environment.repository, token=token
        ) as objects:
            pulls = github.open_pulls()
            listed_at = github.now
            branch = _branch(github, environment, pulls)
            state = State(where, objects.url("origin"), token=token)
            registry = open_registry(objects, state, github, branch)
            policy = _read_policy(registry)
            memories = read_memories(state, pulls)
            ours = tuple(pull for pull in pulls if pull.base.ref == branch)
            queue = choose(
                pulls,
                memories,
                branch=branch,
                retries=policy.review.retries,
                now=listed_at,
                only=only,
            )
            # Trees are only needed where something is to be judged.
            desk = lay_out(registry, ours if queue.review or queue.news else ())
            yield Session(
                environment, registry, policy, branch, queue, memories, desk, scratch, listed_at
            )
    finally:
        github.close()


def _branch(github: GitHub, environment: Environment, pulls: Iterable[Pull]) -> str:
    """The default branch; every pull request says it, so it rarely costs a request."""
    for pull in pulls:
        if pull.base.repo is not None:
            return pull.base.repo.default_branch
    found = github.repository_named(environment.repository)
    if found is None:
        raise BadInput(f"there is no repository {environment.repository} that this token may read")
    return found.default_branch


def _read_policy(registry: Registry) -> Policy:
    content = registry.objects.read(registry.base, _POLICY, limit_bytes=_POLICY_BYTES)
    if content is None:
        raise BadInput(f"{_POLICY} is not on the default branch: restore it")
    return read_record(content, Policy, file=_POLICY, limit_bytes=_POLICY_BYTES)
