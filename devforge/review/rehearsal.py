"""What a directory would be compared with as the next version: the version before, wherever it can be had."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from checks.profile import profile_of
from devforge.adapters.git import Objects
from devforge.adapters.git_objects import StoredObjects
from devforge.adapters.git_program import GitProgram
from devforge.errors import DevForgeError
from devforge.model.change import Approved, Proposed, Subject
from devforge.model.observed import Missing, SourceTree
from devforge.model.records import VersionRecord
from devforge.model.registry import Entry
from devforge.model.submission import Submission
from devforge.review.dependencies import read_dependencies
from devforge.review.examine import observe_static
from devforge.review.source import earlier_record, previous_tree, unremembered

_LOG = logging.getLogger(__name__)


def rehearsed(
    submission: Submission, entry: Entry, directory: Path, scratch: Path, server_url: str
) -> Submission:
    """Return `submission` beside the highest published version below it, as a pull request would be.

    Its source is read from the author's own clone, or else fetched from its repository into `scratch`. Where it
    cannot be had, that is said in the log, and nothing is compared.
    """
    if submission.manifest is None:
        return submission
    submission = replace(submission, extension=entry.extension)
    change = _change(submission, entry)
    record = earlier_record(change)
    if record is None:
        return submission
    previous = _previous(submission, entry, record, directory, scratch, server_url)
    if isinstance(previous, SourceTree):
        approved = unremembered(previous, record, change, submission.policy.limits)
        change = replace(
            change,
            approved=approved and _profiled(submission, previous, approved, scratch / "earlier"),
        )
        return replace(submission, previous=previous, change=change)
    _LOG.warning(
        "what is new since the version before is first told in the pull request: %s",
        previous.reason,
    )
    return submission


def _profiled(
    submission: Submission, previous: SourceTree, approved: Approved, scratch: Path
) -> Approved:
    """What was let in, with what its code does, which the registry remembers and nobody here does."""
    scratch.mkdir()
    before = replace(submission, tree=previous, manifest=approved.manifest)
    before = replace(before, dependencies=read_dependencies(previous))
    static = observe_static(previous, scratch=scratch, ahead=False)
    return approved.model_copy(update={"profile": profile_of(static.on(before))})


def _change(submission: Submission, entry: Entry) -> Proposed:
    manifest = submission.manifest
    facts = read_dependencies(submission.tree)
    older = {v: r for v, r in entry.versions.items() if manifest and v < manifest.version}
    return Proposed(
        author=None,
        changes=(),
        subject=Subject(extension=submission.id),
        now=datetime.now(UTC),
        is_rehearsal=True,
        old_extension=entry.extension,
        new_extension=entry.extension,
        old_versions=older,
        dependencies=() if isinstance(facts, Missing) else facts,
    )


def _previous(
    submission: Submission, entry: Entry, record: VersionRecord, directory: Path, scratch: Path, server_url: str
) -> SourceTree | Missing:  # fmt: skip
    limits = submission.policy.limits
    with _holding(record, entry, directory, scratch, server_url) as objects:
        found = objects if isinstance(objects, Missing) else previous_tree(objects, record, limits)
    return found or Missing(reason="there is none")


@contextmanager
def _holding(
    record: VersionRecord, entry: Entry, directory: Path, scratch: Path, server_url: str
) -> Iterator[StoredObjects | Missing]:
    """Give a store that holds the record's commit; Missing, and why, where nobody gives it."""
    with StoredObjects(GitProgram(directory)) as own:
        if own.has(record.commit):
            yield own
            return
    with Objects(scratch / "before", server_url) as fetched:
        try:
            fetched.fetch(entry.extension.repository.url, record.commit, depth=1)
        except DevForgeError as error:
            yield Missing(
                reason=f"commit {record.commit[:12]} is not in your clone, and could not be fetched: {error}"[:400]
            )  # fmt: skip
            return
        yield fetched
