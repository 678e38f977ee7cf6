"""The review of a plain directory: the same tools, checks and decision as for a pull request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devforge.adapters.directory import read_directory
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing, Trial
from devforge.model.policy import Policy
from devforge.model.submission import Submission
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.review.decide import decide
from devforge.review.examine import examine, observe_static
from devforge.review.source import with_manifest
from devforge.review.trial import run_trial

Progress = Callable[[str], None]
Catalogue = Mapping[ExtensionId, tuple[Version, ...]] | Missing


def review_directory(
    path: Path,
    policy: Policy,
    *,
    catalogue: Catalogue,
    progress: Progress = lambda _: None,
) -> Report:
    """Return what a submission of the files in `path` would be told.

    What only a pull request has (its author, its commit, the registry beside it) is not judged.

    Raises:
        BadInput: `path` is no directory, or is past the policy's limits.
    """
    tree = read_directory(path, policy.limits)
    submission = with_manifest(Submission(id=None, tree=tree, policy=policy, catalogue=catalogue))
    with tempfile.TemporaryDirectory(prefix="devforge-check-") as scratch:
        observed = _observed(submission, Path(scratch), progress)
    reports = examine(observed)
    decision = decide(reports, policy)
    return Report(
        extension=str(submission.id or ""),
        version=str(submission.manifest.version) if submission.manifest else "",
        decision=decision.outcome,
        reasons=decision.reasons,
        checks=reports,
        tree_sha256=tree.sha256,
    )


def _observed(submission: Submission, scratch: Path, progress: Progress) -> Submission:
    """Read and try the extension side by side: reading is processor, trying is mostly waiting."""
    (scratch / "trial").mkdir()
    with ThreadPoolExecutor(max_workers=1) as pool:
        trial = pool.submit(_tried, submission, scratch / "trial", progress)
        progress("reading the code")
        static = observe_static(submission.tree, scratch=scratch)
        return static.on(submission).tried(trial.result())


def _tried(submission: Submission, scratch: Path, progress: Progress) -> Trial | Missing:
    if submission.manifest is None:
        return Missing(reason="without a valid devforge.yaml nobody knows what to run")
    return run_trial(
        submission.tree, submission.manifest, submission.policy, scratch=scratch, progress=progress
    )
