"""Reads what a pull request proposes: the merge's tree against the base's, record by record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from devforge.adapters.git import Objects
from devforge.adapters.git_listing import TreeEntry
from devforge.adapters.github_answers import Pull
from devforge.errors import BadInput, Unavailable
from devforge.model.change import Author, Proposed, TreeChange, shown
from devforge.model.consistency import secure_version_problem
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.reading import BadRecord, read_record
from devforge.model.records import Developer, Extension, VersionRecord
from devforge.model.submission import Published
from devforge.model.versions import Version
from devforge.review.subject import extension_at, read_subject

T = TypeVar("T")
_MANY = 2000  # paths past which a change is not looked at one by one
_VERSIONS = 50  # records of versions one change may touch; it may add but one


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
        """Return the record at `path`; None if there is none, or it cannot be read."""
        entry = self.objects.entry(self.tree, path)
        return None if entry is None else self.parse(entry, kind)

    def parse(self, entry: TreeEntry, kind: type[T]) -> T | None:
        """Return the record that stands at an entry of the tree; None if it cannot be read."""
        path = entry.path
        try:
            content = self.objects.content(entry, limit_bytes=self.limit_bytes)
            return read_record(content, kind, file=path, limit_bytes=self.limit_bytes)
        except BadRecord as error:
            self.problems.extend(error.problems)
        except BadInput as error:
            self.problems.append(
                Problem(shown(path), str(error), "put a plain, small record there")
            )
        return None


def read_proposal(
    objects: Objects, base: str, pull: Pull, policy: Policy, *, author: Author | None, now: datetime
) -> Proposal:
    """Return what merging `pull` into the commit `base` would do. Judges nothing.

    Args:
        author: whose pull request it is, as far as the server and our own jobs know.
    """
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
    if len(changes) > _MANY:
        many = f"it changes {len(changes)} files; at most {_MANY} are looked at"
        problems.append(Problem("the pull request", many, "make several pull requests of it"))
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
    _whole(before)
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
    if new is None and old is None and not after.problems:
        remedy = "add extension.yaml with owners and repository"
        after.problems.append(Problem(f"{folder}/extension.yaml", "there is no such file", remedy))
    old_versions = _versions(
        before, identity, before.objects.entries(before.tree, f"{folder}/versions")
    )
    touched = [c.path for c in changes if c.new_blob is not None and extension_at(c.path)]
    if len(touched) > _VERSIONS:
        many = f"the pull request touches {len(touched)} records; at most {_VERSIONS} at once"
        after.problems.append(Problem(folder, many, "make several pull requests of it"))
    found = (after.objects.entry(after.tree, path) for path in touched[:_VERSIONS])
    new_versions = _versions(after, identity, (entry for entry in found if entry is not None))
    if new and (odd := secure_version_problem(identity, new, {**old_versions, **new_versions})):
        after.problems.append(odd)
    owners = {identity.developer, *(old.owners if old else ()), *(new.owners if new else ())}
    developers = {name: _developer(before, name) for name in sorted(owners)}
    _whole(before)
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
    records: _Records, identity: ExtensionId, entries: Iterable[TreeEntry]
) -> dict[Version, VersionRecord]:
    found: dict[Version, VersionRecord] = {}
    for entry in entries:
        place = extension_at(entry.path)
        if place is None or place[0] != identity or place[1] is None:
            continue
        record = records.parse(entry, VersionRecord)
        if record is not None:
            found[place[1]] = record
    return dict(sorted(found.items()))


def _whole(before: _Records) -> None:
    """Nothing is compared with records of ours that cannot be read: that would hide a change.

    Raises:
        Unavailable: naming the record.
    """
    if before.problems:
        first = before.problems[0]
        raise Unavailable(f"the registry's own {first.at} cannot be read: {first.problem}")


def _developer(records: _Records, name: str | None) -> Developer | None:
    return records.read(f"registry/developers/{name}.yaml", Developer) if name else None
