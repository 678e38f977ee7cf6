"""What one pull request may touch. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from checks.protocol import Rule
from devforge.model.change import Proposed, TreeChange
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

OUTSIDE = Rule(
    "change-outside", "Only your own files change", "block",
    "A pull request that is merged without a person may change one extension's directory, or its "
    "author's own developer record. Anything else could change the rules it is judged by.",
)  # fmt: skip
SEVERAL = Rule(
    "change-several", "One extension at a time", "block",
    "Each extension has its own review, its own decision and its own history, so each comes in a "
    "pull request of its own.",
)  # fmt: skip
NOTHING = Rule(
    "change-nothing", "The pull request changes something", "block",
    "Merging this would leave the registry as it is.",
)  # fmt: skip
CONFLICT = Rule(
    "change-conflict", "The change merges cleanly", "block",
    "What the registry would look like after the merge is what is reviewed. Where Git finds a "
    "conflict there is no such thing.",
)  # fmt: skip
MODE = Rule(
    "change-mode", "Records are plain files", "block",
    "A record is read as text. A symlink, a submodule or an executable file in its place could "
    "point somewhere that nobody reviewed.",
)  # fmt: skip
DELETES = Rule(
    "change-deletes", "Nothing is deleted", "person",
    "People depend on what is published. A version is withdrawn with `yanked`, which keeps it "
    "known; taking a record away is for a person to do.",
)  # fmt: skip
INVALID = Rule(
    "record-invalid", "Records can be read", "block",
    "A record that is not what its schema says cannot be published.",
)  # fmt: skip
RULES = (OUTSIDE, SEVERAL, NOTHING, CONFLICT, MODE, DELETES, INVALID)
_PLAIN = "100644"
_SHOWN = 50  # files named one by one; thousands tell nobody more


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield what the change touches beyond its own place, and records that cannot be read."""
    if change.is_conflicting:
        yield CONFLICT.finding(
            at="the pull request",
            problem="it conflicts with the registry's default branch, which has moved on",
            remedy="merge the registry's default branch into yours, solve the conflict, and push",
        )
        return
    if not change.changes:
        yield NOTHING.finding(
            at="the pull request",
            problem="merging it would change nothing in the registry",
            remedy="push the records you want to submit, or close the pull request",
        )
    misplaced = change.subject.misplaced
    yield from (_outside(touched, change, len(misplaced)) for touched in misplaced[:_SHOWN])
    if change.subject.also:
        first = change.subject.extension or change.subject.developer
        several = SEVERAL.finding(
            at="the pull request",
            problem=f"it changes {first} and also {', '.join(change.subject.also[:10])}",
            remedy="make a pull request for each; a new developer's own record goes first",
        )
        yield _for_a_person(several) if change.is_maintainer else several
    shapes = (finding for touched in change.changes for finding in _shape(touched))
    yield from islice(shapes, 4 * _SHOWN)
    for problem in submission.record_problems:
        yield INVALID.finding(
            at=problem.at, line=problem.line, problem=problem.problem, remedy=problem.remedy
        )


def _outside(touched: TreeChange, change: Proposed, count: int) -> Finding:
    among = f" (it is one of {count})" if count > _SHOWN else ""
    finding = OUTSIDE.finding(
        at=touched.shown,
        problem=f"the pull request {touched.verb} this file, which is neither a record of one "
        f"extension nor its author's developer record{among}",
        remedy="take this file out of the pull request",
    )
    return _for_a_person(finding) if change.is_maintainer else finding


def _for_a_person(finding: Finding) -> Finding:
    """What a maintainer may do, though never unseen."""
    remedy = "a maintainer may change this; have another look and merge it by hand"
    return finding.model_copy(update={"severity": "person", "remedy": remedy})


def _shape(touched: TreeChange) -> Iterator[Finding]:
    if touched.verb == "deletes":
        yield DELETES.finding(
            at=touched.shown,
            problem="the pull request deletes this file",
            remedy="keep it; to withdraw a version, add `yanked` with a reason to its record",
        )
    elif touched.new_mode != _PLAIN:
        kinds = {"120000": "a symlink", "160000": "a submodule", "100755": "an executable file"}
        yield MODE.finding(
            at=touched.shown,
            problem=f"it is {kinds.get(touched.new_mode, f'of mode {touched.new_mode}')}, "
            "not a plain file",
            remedy="put a plain file there: git update-index --chmod=-x, or replace the link",
        )
