"""What a submission does beside what the version before it did. Pure."""

from __future__ import annotations

from dataclasses import replace

from checks.profile import profile_of
from devforge.model.change import Approved
from devforge.model.observed import Missing, SourceTree
from devforge.model.profile import Difference, Profile
from devforge.model.submission import Submission
from devforge.review.dependencies import read_dependencies
from devforge.review.difference import difference_of


def profiled(submission: Submission) -> Submission:
    """Return `submission` with its profile, from what was observed, and that of the version before."""
    return profiled_as(submission, profile_of(submission))


def profiled_as(submission: Submission, profile: Profile | None) -> Submission:
    """Return `submission` with a profile that is known, and that of the version before."""
    return replace(submission, profile=profile, before=_before(submission, profile))


def compared(submission: Submission) -> Difference | None:
    """Return what is new; None where no version came before, or its source cannot be had."""
    change, previous = submission.change, submission.previous
    before, after = submission.before, submission.profile
    if change is None or change.approved is None or not isinstance(previous, SourceTree):
        return None
    if before is None or after is None:
        return None
    since = str(change.approved.manifest.version)
    return difference_of(since, previous, submission.tree, before=before, after=after)


def _before(submission: Submission, profile: Profile | None) -> Profile | None:
    approved = submission.change.approved if submission.change else None
    if approved is None or profile is None:
        return None
    if approved.profile is not None:
        return approved.profile
    if not isinstance(submission.previous, SourceTree):
        return None
    return _guessed(submission, submission.previous, approved, profile)


def _guessed(
    submission: Submission, previous: SourceTree, approved: Approved, profile: Profile
) -> Profile:
    """What a version did that was let in before profiles were remembered, as far as its files say.

    What only the tools could tell (its powers) counts as unchanged; a host or program is new where
    no file of the version before names it.
    """
    facts = read_dependencies(previous)
    change = submission.change
    earlier = replace(
        submission,
        tree=previous,
        manifest=approved.manifest,
        security=(),
        dependencies=approved.dependencies if isinstance(facts, Missing) else facts,
        extension=(change.old_extension if change else None) or submission.extension,
    )
    texts = [file.text for file in previous.files.values() if file.is_plain and file.is_text]

    def named(things: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one for one in things if any(one in text for text in texts))

    return profile_of(earlier).model_copy(
        update={
            "uses": profile.uses,
            "hosts": named(profile.hosts),
            "programs": named(profile.programs),
        }
    )
