"""The two steps that look: one reads sources, one runs a source in the sandbox."""

from __future__ import annotations

import logging
import tempfile
import time
from itertools import takewhile
from pathlib import Path

from devforge.adapters.github_answers import Pull
from devforge.errors import DevForgeError
from devforge.model.observed import Missing
from devforge.model.policy import Policy
from devforge.model.submission import Submission
from devforge.review.examine import observe_static
from devforge.review.handover import (
    Listed,
    Observed,
    Tried,
    read_json,
    read_source,
    write_json,
    write_source,
)
from devforge.review.judge import is_worth_reading
from devforge.review.observe import Candidate
from devforge.review.session import Session
from devforge.review.source import with_manifest
from devforge.review.trial import run_trial

_LOG = logging.getLogger(__name__)
# Past this no further source is begun: what is not listed is the next run's, and nobody's failure.
_SECONDS = 15 * 60


def read_step(session: Session, out: Path) -> tuple[int, ...]:
    """Read every pull request of the queue; return the numbers whose code is worth running.

    Leaves `listed.json`, and for each with a source `<number>/static.json` and `<number>/source`.
    """
    heads: dict[int, str] = {}
    to_try: list[int] = []
    end = time.monotonic() + _SECONDS
    in_time = takewhile(lambda _: time.monotonic() < end, session.queue.review)
    for pull, candidate in session.candidates(in_time):
        heads[pull.number] = pull.head.sha
        if isinstance(candidate, DevForgeError):
            continue
        try:
            if _read(pull, candidate, out / str(pull.number)):
                to_try.append(pull.number)
        except Exception:  # the deciding job finds nothing handed over, which is no verdict
            _LOG.exception("#%d could not be read", pull.number)
    write_json(out / "listed.json", Listed(heads=heads))
    return tuple(to_try)


def _read(pull: Pull, candidate: Candidate, folder: Path) -> bool:
    """Read one source into `folder`; whether it is worth running."""
    if not is_worth_reading(candidate):
        return False
    tree = candidate.submission.tree
    with tempfile.TemporaryDirectory(prefix="devforge-read-") as scratch:
        seen = observe_static(tree, scratch=Path(scratch))
    write_json(
        folder / "static.json",
        Observed(
            head=pull.head.sha,
            tree_sha256=tree.sha256,
            lint=seen.lint,
            security=seen.security,
            tool_seconds=dict(seen.tool_seconds),
        ),
    )
    write_source(folder / "source", tree)
    return candidate.submission.manifest is not None


def try_step(folder: Path, policy: Policy) -> Tried:
    """Run one source in the sandbox. Whatever goes wrong is told, never raised.

    `folder` holds what `read_step` left of one pull request.
    """
    observed = read_json(folder / "static.json", Observed)
    if isinstance(observed, Missing):
        return Tried(head="0" * 40, tree_sha256="0" * 64, trial=observed)
    try:
        tree = read_source(folder / "source", limits=policy.limits)
        manifest = with_manifest(Submission(id=None, tree=tree, policy=policy)).manifest
        if manifest is None:
            trial: Missing | object = Missing(reason="the manifest could not be read")
        else:
            with tempfile.TemporaryDirectory(prefix="devforge-try-") as scratch:
                trial = run_trial(tree, manifest, policy, scratch=Path(scratch), progress=_LOG.info)
    except DevForgeError as error:
        trial = Missing(reason=str(error))
    return Tried.model_validate(
        {"head": observed.head, "tree_sha256": observed.tree_sha256, "trial": trial}
    )
