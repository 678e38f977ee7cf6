"""Reads everything a decision needs: the queue, the change as trees, the records, the source.

Nothing of a pull request is checked out; what it proposes is read from the tree that merging it
would give, and what its author may do from the base alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.github_answers import Pull
from devforge.adapters.state import State
from devforge.errors import BadInput, DevForgeError, Refused, Unavailable
from devforge.model.change import Author, EarlierPull, Proposed, Subject
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing, SourceTree
from devforge.model.pace import DAY, pace_path, read_pace
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.submission import Submission
from devforge.model.versions import Version
from devforge.model.waivers import Acceptances, Accepted
from devforge.review.authors import author_of
from devforge.review.control import with_control, with_namesake
from devforge.review.memory import Memory, memory_path, read_memory
from devforge.review.proposal import Proposal, read_proposal
from devforge.review.source import read_source_of
from devforge.review.subject import catalogue, read_subject
from devforge.review.waiving import acceptances_path

_LOG = logging.getLogger(__name__)
BASE = "refs/devforge/base"


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry as it is: its objects, the commit of its default branch, what it lists."""

    objects: Objects
    state: State
    github: GitHub
    base: str
    catalogue: Mapping[ExtensionId, tuple[Version, ...]]
    developer_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pull request, observed as far as reading goes."""

    pull: Pull
    submission: Submission
    has_source: bool  # False: only the change itself can be judged
    source_missing: Missing | None = None  # why there is no source, where that is not the author's
    waits_for: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """What people call it: `acme.todo-tree 1.4.0`, a developer, or the pull request."""
        change = self.submission.change
        if change is None or (change.subject.extension or change.subject.developer) is None:
            return f"pull request #{self.pull.number}"
        if change.subject.extension is None:
            return f"developer {change.subject.developer}"
        return " ".join(map(str, filter(None, (change.subject.extension, change.version))))


@dataclass(slots=True)
class Desk:
    """The pull requests on the table: their trees, fetched once, and what each is about."""

    registry: Registry
    pulls: tuple[Pull, ...]
    subjects: dict[int, Subject] = field(default_factory=dict)
    authors: dict[int, Author | None] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)


def open_registry(objects: Objects, state: State, github: GitHub, branch: str) -> Registry:
    """Fetch the default branch and the jobs' memory, and list what the records' paths say."""
    objects.fetch("origin", f"+refs/heads/{branch}:{BASE}")
    state.fetch()
    base = objects.resolve(BASE, "commit")
    paths = objects.names(base, "registry/extensions")
    developers = (Path(p).stem for p in objects.names(base, "registry/developers"))
    return Registry(objects, state, github, base, catalogue(paths), frozenset(developers))


def read_memories(state: State, pulls: Iterable[Pull]) -> dict[int, Memory]:
    """Return what is remembered of each pull request."""
    found = {pull.number: read_memory(state.read(memory_path(pull.number))) for pull in pulls}
    return {number: memory for number, memory in found.items() if memory is not None}


def lay_out(registry: Registry, pulls: Iterable[Pull]) -> Desk:
    """Fetch the heads of all `pulls` and tell what each would change, without judging any.

    One whose head is not what the list said was pushed to in between: it is left for the next run.
    """
    desk = Desk(registry, tuple(sorted(pulls, key=lambda pull: pull.number)))
    _fetch_heads(registry.objects, desk.pulls)
    for pull in desk.pulls:
        desk.authors[pull.number] = author_of(pull, registry.state)
        try:
            head = registry.objects.resolve(_head_ref(pull.number), "commit")
            if head != pull.head.sha:
                desk.moved.add(pull.number)
                continue
            ancestor = registry.objects.merge_base(registry.base, head)
            changes = registry.objects.changes(ancestor, head) if ancestor else ()
            desk.subjects[pull.number] = read_subject(changes)
        except BadInput:
            desk.moved.add(pull.number)
    return desk


def observe(desk: Desk, pull: Pull, *, policy: Policy, sources: Path) -> Candidate:
    """Return everything about one pull request that reading can tell.

    Raises:
        Unavailable: the server gave no answer about the registry itself.
    """
    registry = desk.registry
    author, now = desk.authors[pull.number], registry.github.now
    proposal = read_proposal(registry.objects, registry.base, pull, policy, author=author, now=now)
    change = _with_names(registry, desk, pull, proposal)
    change = replace(change, others_today=_others_today(desk, pull, change))
    submission = Submission(
        id=change.subject.extension,
        tree=SourceTree(files={}),
        policy=policy,
        extension=change.new_extension or change.old_extension,
        developers=change.developers,
        published=proposal.published,
        catalogue=registry.catalogue,
        kind="new version" if change.old_extension else "new extension",
        record=change.new_versions.get(change.version) if change.version else None,
        record_problems=proposal.problems,
        change=change,
        accepted=_accepted(registry.state, change.subject.extension),
    )
    waits_for = _in_the_way(desk, pull, change)
    if change.version is None or submission.extension is None or submission.record is None:
        return Candidate(pull, submission, has_source=False, waits_for=waits_for)
    return _with_source(registry, Candidate(pull, submission, False, None, waits_for), sources)


def _with_source(registry: Registry, candidate: Candidate, sources: Path) -> Candidate:
    submission = candidate.submission
    try:
        found = read_source_of(registry.github, registry.state, registry.objects.server_url,
                               submission, sources)  # fmt: skip
    except Unavailable as error:
        missing = Missing(reason=str(error))
        assert submission.change is not None  # noqa: S101  observe always sets it
        change = replace(submission.change, repository=missing, is_reachable=missing)
        return replace(
            candidate, source_missing=missing, submission=replace(submission, change=change)
        )
    except (BadInput, Refused) as error:
        assert submission.id is not None  # noqa: S101  a record was read, so there is an id
        at = f"registry/extensions/{submission.id.path}/versions"
        problem = Problem(
            at=f"{at}: commit",
            problem=f"the source cannot be read: {error}",
            remedy="push the commit to the repository, and pin it by its full id",
        )
        problems = (*submission.record_problems, problem)
        return replace(candidate, submission=replace(submission, record_problems=problems))
    has_source = found.manifest is not None or bool(found.tree.files)
    if found.change is not None:
        change = with_control(found.change, registry.objects.server_url)
        found = replace(found, change=change)
    return replace(candidate, submission=found, has_source=has_source)


def _with_names(registry: Registry, desk: Desk, pull: Pull, proposal: Proposal) -> Proposed:
    change = replace(
        proposal.change,
        extension_ids=frozenset(registry.catalogue),
        developer_names=registry.developer_names,
        earlier=tuple(_earlier(desk, pull)),
    )
    new = change.new_developer
    if new is None or change.author is None:
        return change
    known = (
        {member.id for member in change.old_developer.members} if change.old_developer else set()
    )
    strangers = [m for m in new.members if m.id not in known and m.id != change.author.id]
    accounts: dict[str, int | None] = {}
    for member in strangers[:20]:
        account = registry.github.account_named(member.login)
        accounts[member.login] = account.id if account else None
    change = replace(change, accounts=accounts)
    return with_namesake(change, registry.github, registry.objects.server_url)


def _accepted(state: State, identity: ExtensionId | None) -> tuple[Accepted, ...]:
    """What a maintainer accepted of this extension before.

    Raises:
        Unavailable: it cannot be read: asking again would seem arbitrary to its author.
    """
    if identity is None:
        return ()
    path = acceptances_path(identity)
    try:
        content = state.read(path)
        return Acceptances.model_validate_json(content).accepted if content else ()
    except ValidationError as error:
        raise Unavailable(f"{path} on the state branch cannot be read") from error


def _others_today(desk: Desk, pull: Pull, change: Proposed) -> frozenset[int]:
    """The author's pull requests of the last day that were merged, or came before this one."""
    author, since = change.author, change.now - DAY
    if author is None:
        return frozenset()
    merged = read_pace(desk.registry.state.read(pace_path(author.id))).since(since)
    before = {
        other.number
        for other in desk.pulls
        if other.number < pull.number
        and datetime.fromisoformat(other.created_at) > since
        and (whose := desk.authors[other.number]) is not None
        and whose.id == author.id
    }
    return (merged | before) - {pull.number}


def _earlier(desk: Desk, pull: Pull) -> Iterable[EarlierPull]:
    """What pull requests opened before this one ask for that is not there yet."""
    for number, subject in desk.subjects.items():
        if number >= pull.number:
            continue
        extension, developer = subject.extension, subject.developer
        if extension is not None and extension not in desk.registry.catalogue:
            yield EarlierPull(number, str(extension))
        if developer is not None and developer not in desk.registry.developer_names:
            yield EarlierPull(number, developer)


def _in_the_way(desk: Desk, pull: Pull, change: Proposed) -> tuple[int, ...]:
    """Open pull requests whose end is worth another look at this one."""
    wanted = {str(change.subject.extension), change.subject.developer}
    same_name = {earlier.number for earlier in change.earlier if earlier.proposes in wanted}
    owners: set[str] = set()
    if change.new_extension is not None:
        owners = {*change.new_extension.owners} - set(change.developers)
    introducing = {
        number
        for number, subject in desk.subjects.items()
        if number != pull.number and subject.developer in owners
    }
    return tuple(sorted(same_name | introducing))


def _fetch_heads(objects: Objects, pulls: tuple[Pull, ...]) -> None:
    specs = [f"+refs/pull/{pull.number}/head:{_head_ref(pull.number)}" for pull in pulls]
    if not specs:
        return
    try:
        objects.fetch("origin", *specs)
    except BadInput:  # one that vanished must not hide the others
        for spec in specs:
            try:
                objects.fetch("origin", spec)
            except DevForgeError as error:
                _LOG.warning("%s: %s", spec, error)


def _head_ref(number: int) -> str:
    return f"refs/devforge/pull/{number}"
