"""The two steps that look: one reads sources, one runs a source in the sandbox."""

from __future__ import annotations

import logging
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from threading import BoundedSemaphore

from devforge.adapters.github_answers import Pull
from devforge.adapters.scratch import scratch_directory
from devforge.errors import DevForgeError
from devforge.model.observed import Missing, SourceTree
from devforge.model.policy import Policy
from devforge.model.scans import Scans, scans_path
from devforge.model.submission import Submission
from devforge.review.components import Reference, observe_components
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
from devforge.review.reference import opened_reference
from devforge.review.scans import read_scans, tools_digest
from devforge.review.session import Session
from devforge.review.source import with_manifest
from devforge.review.trial import Earlier, run_trial

_LOG = logging.getLogger(__name__)
# Past this no further source is begun: what is not listed is the next run's, and nobody's failure.
_SECONDS = 15 * 60
_READERS = 2  # each starts tools that use more than one core by themselves


def read_step(session: Session, out: Path) -> tuple[int, ...]:
    """Read every pull request of the queue; return the numbers whose code is worth running.

    While the tools read one, the next ones' sources are fetched. Leaves `listed.json`, and for each
    with a source `<number>/static.json`, `<number>/source`, and `<number>/previous` where a version
    came before.
    """
    heads: dict[int, str] = {}
    begun: dict[int, Future[bool]] = {}
    places = BoundedSemaphore(2 * _READERS)  # a source waits in memory until its turn comes
    end = time.monotonic() + _SECONDS
    in_time = takewhile(lambda _: time.monotonic() < end, session.queue.review)
    with (
        opened_reference(session) as reference,
        ThreadPoolExecutor(max_workers=_READERS) as pool,
    ):
        for pull, candidate in session.candidates(in_time):
            heads[pull.number] = pull.head.sha
            if isinstance(candidate, DevForgeError):
                continue
            places.acquire()
            folder = out / str(pull.number)
            future = pool.submit(_read, session, reference, pull, candidate, folder)
            future.add_done_callback(lambda _: places.release())
            begun[pull.number] = future
    write_json(out / "listed.json", Listed(heads=heads))
    return tuple(number for number, future in begun.items() if future.result())


def _read(
    session: Session, reference: Reference, pull: Pull, candidate: Candidate, folder: Path
) -> bool:
    """Read one source into `folder`; whether it is worth running."""
    try:
        if not is_worth_reading(candidate):
            return False
        _hand_over(session, reference, pull, candidate, folder)
    except Exception:  # the deciding job finds nothing handed over, which is no verdict
        _LOG.exception("#%d could not be read", pull.number)
        return False
    return candidate.submission.manifest is not None


def _hand_over(
    session: Session, reference: Reference, pull: Pull, candidate: Candidate, folder: Path
) -> None:
    tree = candidate.submission.tree
    with (
        tempfile.TemporaryDirectory(prefix="devforge-read-") as scratch,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        looking_up = pool.submit(observe_components, tree, reference)
        seen = observe_static(
            tree, scratch=Path(scratch), scans=_kept(session, candidate), ahead=False
        )
        components = looking_up.result()
    write_json(
        folder / "static.json",
        Observed(
            head=pull.head.sha,
            tree_sha256=tree.sha256,
            tools=tools_digest(),
            lint=seen.lint,
            security=seen.security,
            vendored=components.vendored,
            vulnerabilities=components.vulnerabilities,
            tool_seconds=dict(seen.tool_seconds),
        ),
    )
    write_source(folder / "source", tree)
    if isinstance(candidate.submission.previous, SourceTree):
        write_source(folder / "previous", candidate.submission.previous)


def _kept(session: Session, candidate: Candidate) -> Scans | None:
    """What is remembered of the version looked at last; what cannot be read is not remembered."""
    identity = candidate.submission.id
    try:
        return read_scans(session.registry.state.read(scans_path(identity))) if identity else None
    except DevForgeError as error:
        _LOG.warning("%s: %s", identity, error)
        return None


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
            before = _earlier(folder / "previous", policy)
            with scratch_directory("devforge-try-") as scratch:
                trial = run_trial(
                    tree,
                    manifest,
                    policy,
                    scratch=scratch,
                    progress=_LOG.info,
                    previous=before,
                )
    except DevForgeError as error:
        trial = Missing(reason=str(error))
    return Tried.model_validate(
        {"head": observed.head, "tree_sha256": observed.tree_sha256, "trial": trial}
    )


def _earlier(path: Path, policy: Policy) -> Earlier | None:
    """The version before, where it was handed over and can be read; else there is none to compare."""
    if not path.exists():
        return None
    try:
        tree = read_source(path, limits=policy.limits)
    except DevForgeError as error:
        _LOG.warning("no comparison: %s", error)
        return None
    manifest = with_manifest(Submission(id=None, tree=tree, policy=policy)).manifest
    return Earlier(tree, manifest) if manifest is not None else None
