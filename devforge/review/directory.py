"""The review of a plain directory: the same tools, checks and decision as for a pull request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from devforge.adapters.directory import read_directory
from devforge.adapters.scratch import scratch_directory
from devforge.model.advisories import Advisory
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing, Trial
from devforge.model.policy import Policy
from devforge.model.registry import Entry
from devforge.model.scans import Scans
from devforge.model.submission import Submission
from devforge.model.verdict import Report
from devforge.model.versions import Version
from devforge.review.components import observe_components
from devforge.review.decide import decide
from devforge.review.examine import examine, observe_static
from devforge.review.profiles import compared, profiled
from devforge.review.reference import own_reference
from devforge.review.rehearsal import rehearsed
from devforge.review.scans import load_scans, remember, save_scans, tools_digest
from devforge.review.source import with_manifest
from devforge.review.trial import run_trial

Progress = Callable[[str], None]
Catalogue = Mapping[ExtensionId, tuple[Version, ...]] | Missing


def review_directory(
    path: Path,
    policy: Policy,
    *,
    catalogue: Catalogue,
    advisories: tuple[Advisory, ...] = (),
    published: Mapping[ExtensionId, Entry] = {},
    server_url: str = "https://github.com",
    progress: Progress = lambda _: None,
    memory: Path | None = None,
) -> Report:
    """Return what a submission of the files in `path` would be told.

    Args:
        published: the records of what is out; with them, it is compared with the version before.
        memory: a directory of this user's where what tools said of files is kept between runs.

    Known vulnerabilities are looked up in `advisories` and in this user's own copy of the OSV database.
    What only a pull request has (its author, its commit, the registry beside it) is not judged.

    Raises:
        BadInput: `path` is no directory, or is past the policy's limits.
    """
    tree = read_directory(path, policy.limits)
    submission = with_manifest(Submission(id=None, tree=tree, policy=policy, catalogue=catalogue))
    kept = memory / f"{hashlib.sha256(bytes(path.resolve())).hexdigest()}.json" if memory else None
    scans = load_scans(kept) if kept else None
    with scratch_directory("devforge-check-") as scratch:
        if submission.id is not None and (entry := published.get(submission.id)):
            submission = rehearsed(submission, entry, path, scratch, server_url)
        observed = _observed(submission, advisories, scratch, progress, scans)
    if kept:
        save_scans(kept, remember(tree, observed.lint, observed.security, tools=tools_digest()))
    observed = profiled(observed)
    reports = examine(observed)
    decision = decide(reports, policy)
    return Report(
        extension=str(submission.id or ""),
        version=str(submission.manifest.version) if submission.manifest else "",
        decision=decision.outcome,
        reasons=decision.reasons,
        checks=reports,
        tree_sha256=tree.sha256,
        profile=observed.profile,
        difference=compared(observed),
    )


def _observed(
    submission: Submission,
    own: tuple[Advisory, ...],
    scratch: Path,
    progress: Progress,
    scans: Scans | None,
) -> Submission:
    """Read and try the extension side by side: reading is processor, trying is mostly waiting."""
    (scratch / "trial").mkdir()
    with ThreadPoolExecutor(max_workers=2) as pool, own_reference(own) as reference:
        looking_up = pool.submit(observe_components, submission.tree, reference)
        trial = pool.submit(_tried, submission, scratch / "trial", progress)
        progress("reading the code")
        static = observe_static(submission.tree, scratch=scratch, scans=scans)
        components = looking_up.result()
        seen = replace(
            static.on(submission),
            vendored=components.vendored,
            vulnerabilities=components.vulnerabilities,
        )
        return seen.tried(trial.result())


def _tried(submission: Submission, scratch: Path, progress: Progress) -> Trial | Missing:
    if submission.manifest is None:
        return Missing(reason="without a valid devforge.yaml nobody knows what to run")
    return run_trial(
        submission.tree, submission.manifest, submission.policy, scratch=scratch, progress=progress
    )
