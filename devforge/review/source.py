"""Reads an extension's source at the commit its record pins, and what is known of its repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.state import State
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.change import Approved, Proposed, RepositoryFact
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import ExtensionId, RepositoryUrl
from devforge.model.observed import Missing
from devforge.model.policy import Limits
from devforge.model.reading import BadRecord, read_record
from devforge.model.release import ReleaseNote, note_path
from devforge.model.submission import Problem, Submission
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
    fact = RepositoryFact(found.id, found.full_name) if found and not found.private else None
    change = replace(change, repository=fact, approved=_approved(state, submission.id, change))
    wanted = extension.repository
    if not _same(fact, submission):
        return replace(submission, change=change)
    # A directory of its own: what strangers' repositories hold must not mix with the registry's.
    with Objects(sources / f"{wanted.id}", server_url) as objects:
        reachable = objects.reachable(wanted.url, record.commit)
        if not reachable:
            return replace(submission, change=replace(change, is_reachable=False))
        objects.fetch(wanted.url, record.commit, depth=1)
        limits = submission.policy.limits
        tree = objects.tree(record.commit, record.subdirectory, limits=limits)
        if change.approved is None:
            change = replace(change, approved=_before(objects, wanted.url, change, limits))
    facts = read_dependencies(tree)
    change = replace(change, dependencies=() if isinstance(facts, Missing) else facts)
    return with_manifest(replace(submission, tree=tree, change=change, dependencies=facts))


def with_manifest(submission: Submission) -> Submission:
    """Return `submission` with what its tree's manifest says, or what is wrong with it."""
    file = submission.tree.get(FILE)
    if file is None or not file.is_plain:
        problem = Problem(FILE, "there is no such file", f"add {FILE} at the extension's root")
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
        if (note := state.read(path := note_path(identity, version))) is not None:
            return _from_note(ReleaseNote.model_validate_json(note))
    except ValidationError as error:
        # Not comparing would let new power through unseen, so this is no verdict.
        raise Unavailable(f"{path} on the state branch cannot be read") from error
    return None


def _before(
    objects: Objects, url: RepositoryUrl, change: Proposed, limits: Limits
) -> Approved | None:
    """The version below this one, read from its source, where nobody remembers it.

    Records that were there before the review was are compared with too; when they came is unknown.
    """
    version = change.version
    older = [v for v in sorted(change.old_versions) if version is None or v < version]
    if not older:
        return None
    record = change.old_versions[older[-1]]
    try:
        objects.fetch(url, record.commit, depth=1)
        tree = objects.tree(record.commit, record.subdirectory, limits=limits)
        content = tree.files[FILE].content
        manifest = read_record(content, Manifest, file=FILE, limit_bytes=limits.manifest_bytes)
    except (BadInput, Refused, KeyError):
        return None  # its source is gone or was never ours to read: there is nothing to compare
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
