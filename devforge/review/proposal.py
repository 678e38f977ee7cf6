"""Reads what a pull request proposes: the merge's tree against the base's, record by record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from devforge.adapters.git import Objects
from devforge.adapters.github_answers import Pull
from devforge.errors import BadInput
from devforge.model.change import Author, Proposed, TreeChange, shown
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.reading import BadRecord, read_record
from devforge.model.records import Developer, Extension, VersionRecord
from devforge.model.submission import Problem, Published
from devforge.model.versions import Version
from devforge.review.subject import extension_at, read_subject

T = TypeVar("T")
_MANY = 2000  # paths past which a change is not looked at one by one


@dataclass(frozen=True, slots=True)
class Proposal:
    """The change, and what is wrong with the records it would leave."""

    change: Proposed
    problems: tuple[Problem, ...] = ()
    published: tuple[Published, ...] = ()


@dataclass(slots=True)
class _Records:
    """Reads records of one tree and collects what is wrong with them."""

    objects: Objects
    tree: str
    limit_bytes: int
    problems: list[Problem]

    def read(self, path: str, kind: type[T]) -> T | None:
        try:
            content = self.objects.read(self.tree, path, limit_bytes=self.limit_bytes)
            if content is None:
                return None
            return read_record(content, kind, file=path, limit_bytes=self.limit_bytes)
        except BadRecord as error:
            self.problems.extend(error.problems)
        except BadInput as error:
            self.problems.append(
                Problem(shown(path), str(error), "put a plain, small record there")
            )
        return None


def read_proposal(objects: Objects, base: str, pull: Pull, policy: Policy) -> Proposal:
    """Return what merging `pull` into the commit `base` would do. Judges nothing."""
    author = Author(pull.user.id, pull.user.login) if pull.user else None
    now = datetime.now(UTC)
    merged = None
    if objects.merge_base(base, pull.head.sha) is not None:
        merged = objects.merge_trees(base, pull.head.sha)
    if merged is None:
        nothing = Proposed(author, (), read_subject(()), now, is_conflicting=True)
        return Proposal(nothing)
    changes = objects.changes(base, merged)
    subject = read_subject(changes)
    limit = policy.limits.record_bytes
    problems: list[Problem] = []
    before = _Records(objects, base, limit, [])
    after = _Records(objects, merged, limit, problems)
    maintainers = {member.id for member in policy.maintainers}
    change = Proposed(
        author=author,
        changes=changes[:_MANY],
        subject=subject,
        now=now,
        is_maintainer=author is not None and author.id in maintainers,
        old_developer=_developer(before, subject.developer),
        new_developer=_developer(after, subject.developer),
    )
    if subject.extension is None:
        return Proposal(change, tuple(problems))
    return _extension(change, subject.extension, before, after, changes)


def _extension(
    change: Proposed, identity: ExtensionId, before: _Records, after: _Records,
    changes: tuple[TreeChange, ...],
) -> Proposal:  # fmt: skip
    folder = f"registry/extensions/{identity.path}"
    old = before.read(f"{folder}/extension.yaml", Extension)
    new = after.read(f"{folder}/extension.yaml", Extension)
    if new is None and not after.problems and old is None:
        remedy = "add extension.yaml with owners and repository"
        after.problems.append(Problem(f"{folder}/extension.yaml", "there is no such file", remedy))
    old_versions = _versions(
        before, identity, before.objects.names(before.tree, f"{folder}/versions")
    )
    touched = (change.path for change in changes if change.new_blob is not None)
    new_versions = _versions(after, identity, touched)
    owners = {identity.developer, *(old.owners if old else ()), *(new.owners if new else ())}
    developers = {name: _developer(before, name) for name in sorted(owners)}
    published = tuple(Published(version, record) for version, record in old_versions.items())
    return Proposal(
        change=_filled(change, old, new, old_versions, new_versions, developers),
        problems=tuple(after.problems),
        published=published,
    )


def _filled(
    change: Proposed, old: Extension | None, new: Extension | None,
    old_versions: dict[Version, VersionRecord], new_versions: dict[Version, VersionRecord],
    developers: dict[str, Developer | None],
) -> Proposed:  # fmt: skip
    return replace(
        change,
        old_extension=old,
        new_extension=new,
        old_versions=old_versions,
        new_versions=new_versions,
        developers={name: record for name, record in developers.items() if record is not None},
    )


def _versions(
    records: _Records, identity: ExtensionId, paths: Iterable[str]
) -> dict[Version, VersionRecord]:
    found: dict[Version, VersionRecord] = {}
    for path in paths:
        place = extension_at(path)
        if place is None or place[0] != identity or place[1] is None:
            continue
        record = records.read(path, VersionRecord)
        if record is not None:
            found[place[1]] = record
    return dict(sorted(found.items()))


def _developer(records: _Records, name: str | None) -> Developer | None:
    return records.read(f"registry/developers/{name}.yaml", Developer) if name else None
