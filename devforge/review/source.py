"""Reads an extension's source at the commit its record pins, and what is known of its repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from devforge.adapters.git import Objects
from devforge.adapters.git_objects import StoredObjects
from devforge.adapters.github import GitHub
from devforge.adapters.state import State
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.change import Approved, Proposed, RepositoryFact
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import ExtensionId, RepositoryUrl
from devforge.model.observed import Missing, SourceTree
from devforge.model.policy import Limits
from devforge.model.problem import Problem
from devforge.model.reading import BadRecord, read_record
from devforge.model.records import VersionRecord
from devforge.model.release import ReleaseNote
from devforge.model.submission import Submission
from devforge.model.versions import Version
from devforge.review.dependencies import read_dependencies


def approved_path(identity: ExtensionId, version: Version) -> str:
    """Where the state branch keeps what was let in of a version."""
    return f"approved/{identity.path}/{version}.json"


def read_source_of(
    github: GitHub, state: State, server_url: str, submission: Submission, sources: Path
) -> Submission:
    """Return `submission` with its tree, manifest, language, repository and reachability.

    A repository that is gone, renamed or another's is not fetched from: the change check says so.

    Raises:
        Unavailable: the server gave no answer.
        BadInput: the commit or directory is not there, or the source is past the limits.
    """
    change, extension, record = submission.change, submission.extension, submission.record
    if change is None or extension is None or record is None or submission.id is None:
        raise BadInput("there is no version to read the source of")
    found = github.repository_named(extension.repository.url.full_name)
    fact = None
    if found and not found.private:
        fact = RepositoryFact(found.id, found.full_name, found.owner.id if found.owner else None)
    change = replace(change, repository=fact, approved=_approved(state, submission.id, change))
    wanted = extension.repository
    if not _same(fact, submission):
        return replace(submission, change=change)
    # A directory of its own: what strangers' repositories hold must not mix with the registry's.
    with Objects(sources / f"{wanted.id}", server_url) as objects:
        reachable = objects.reachable(wanted.url, record.commit)
        if not reachable:
            return replace(submission, change=replace(change, is_reachable=False))
        earlier = earlier_record(change)
        _fetch(objects, wanted.url, record, earlier)
        limits = submission.policy.limits
        tree = objects.tree(record.commit, record.subdirectory, limits=limits)
        previous = previous_tree(objects, earlier, limits)
        if change.approved is None and earlier and isinstance(previous, SourceTree):
            change = replace(change, approved=unremembered(previous, earlier, change, limits))
    facts = read_dependencies(tree)
    change = replace(change, dependencies=() if isinstance(facts, Missing) else facts)
    submission = replace(submission, tree=tree, previous=previous, change=change)
    return with_manifest(replace(submission, dependencies=facts))


def with_manifest(submission: Submission) -> Submission:
    """Return `submission` with what its tree's manifest says, or what is wrong with it."""
    file = submission.tree.get(FILE)
    if file is None or not file.is_plain:
        problem = Problem(
            FILE,
            "there is no such file",
            f"add {FILE} at the extension's root; `devforge init` writes one from what the project says of itself",
        )
        return replace(submission, manifest_problems=(problem,))
    try:
        manifest = read_record(
            file.content, Manifest, file=FILE, limit_bytes=submission.policy.limits.manifest_bytes
        )
    except BadRecord as error:
        return replace(submission, manifest_problems=error.problems)
    return replace(
        submission,
        id=submission.id or manifest.id,
        manifest=manifest,
        language=manifest.language,
    )


def _same(fact: RepositoryFact | None, submission: Submission) -> bool:
    """GitHub's names know no case."""
    extension = submission.extension
    if fact is None or extension is None or fact.id != extension.repository.id:
        return False
    return fact.full_name.lower() == extension.repository.url.full_name.lower()


def _approved(state: State, identity: ExtensionId, change: Proposed) -> Approved | None:
    """What was let in of the highest version below this one, as far as anybody remembers."""
    version = change.version
    older = [v for v in change.old_versions if version is None or v < version]
    for candidate in sorted(older, reverse=True):
        remembered = _remembered(state, identity, candidate)
        if remembered is not None:
            return remembered
    return None


def _remembered(state: State, identity: ExtensionId, version: Version) -> Approved | None:
    path = approved_path(identity, version)
    try:
        if (content := state.read(path)) is not None:
            return Approved.model_validate_json(content)
        if (note := state.read(path := ReleaseNote.path_of(identity, version))) is not None:
            return _from_note(ReleaseNote.model_validate_json(note))
    except ValidationError as error:
        # Not comparing would let new power through unseen, so this is no verdict.
        raise Unavailable(f"{path} on the state branch cannot be read") from error
    return None


def earlier_record(change: Proposed) -> VersionRecord | None:
    """The record of the version to compare with: the approved one, or else the highest below."""
    version, approved = change.version, change.approved
    older = [v for v in sorted(change.old_versions) if version is None or v < version]
    records = [change.old_versions[v] for v in older]
    same = [record for record in records if approved and record.commit == approved.commit]
    return next(iter((*same, *reversed(records))), None)


def _fetch(
    objects: Objects, url: RepositoryUrl, record: VersionRecord, earlier: VersionRecord | None
) -> None:
    """Fetch both commits at once; one that is gone since must not hide the other."""
    if earlier is not None and earlier.commit != record.commit:
        try:
            objects.fetch(url, record.commit, earlier.commit, depth=1)
        except (BadInput, Refused):
            pass
        else:
            return
    objects.fetch(url, record.commit, depth=1)


def previous_tree(
    objects: StoredObjects, earlier: VersionRecord | None, limits: Limits
) -> SourceTree | Missing | None:
    """The source of the version before; Missing where it is gone or past the limits of today."""
    if earlier is None:
        return None
    try:
        return objects.tree(earlier.commit, earlier.subdirectory, limits=limits)
    except (BadInput, Refused) as error:
        return Missing(reason=f"the source of the version before cannot be read: {error}"[:400])


def unremembered(
    tree: SourceTree, record: VersionRecord, change: Proposed, limits: Limits
) -> Approved | None:
    """What the version before was, read from its source, where nobody remembers it.

    Records that were there before the review was are compared with too; when they came is unknown.
    """
    file = tree.get(FILE)
    if file is None:
        return None
    try:
        manifest = read_record(file.content, Manifest, file=FILE, limit_bytes=limits.manifest_bytes)
    except BadRecord:
        return None  # what no longer is a manifest promised nothing that could be compared
    facts = read_dependencies(tree)
    return Approved(
        commit=record.commit,
        tree_sha256=tree.sha256,
        manifest=manifest,
        dependencies=() if isinstance(facts, Missing) else facts,
        when=change.now,
    )


def _from_note(note: ReleaseNote) -> Approved:
    source = note.source
    return Approved.model_validate(
        {
            "commit": source.commit,
            "tree_sha256": source.tree_sha256,
            "manifest": source.manifest,
            "dependencies": source.dependencies,
            "when": note.published,
        }
    )
