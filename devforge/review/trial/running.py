"""Observes what running an extension shows. All of its code runs in the sandbox, or not at all.

What that code can falsify is what is written here, and it counts for nothing but the coverage and
performance checks, and against it in two others: a run shares no file, no process and no network
with this program or with another run.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.sandbox import available
from devforge.errors import BadInput, Unavailable
from devforge.model.manifest import Manifest
from devforge.model.observed import (
    Failure,
    FileCoverage,
    Missing,
    SourceTree,
    TestRun,
    Trial,
)
from devforge.model.policy import Policy
from devforge.review.trial.answers import TestsAnswer, one_line, read_answer
from devforge.review.trial.benchmarks import benchmarks_of
from devforge.review.trial.hosts import PACKAGED, lines_of
from devforge.review.trial.python import PythonSide
from devforge.review.trial.script import ScriptSide
from devforge.review.trial.side import Side
from devforge.review.trial.stand import Clock, Stand, reference_beside, stand_of, with_dependencies
from devforge.review.trial.starting import activation_of, lines_started

Progress = Callable[[str], None]

_MOST_REASONS = 300


@dataclass(frozen=True, slots=True)
class Earlier:
    """The version before, to be started beside the new one."""

    tree: SourceTree
    manifest: Manifest


def run_trial(
    tree: SourceTree,
    manifest: Manifest,
    policy: Policy,
    *,
    scratch: Path,
    progress: Progress = lambda _: None,
    previous: Earlier | None = None,
    root: Path = PACKAGED,
) -> Trial:
    """Fetch what `tree` needs, then run its tests, activation and benchmarks in the sandbox.

    Where the sandbox or the network can't be had, the parts are `Missing`.

    Args:
        scratch: a directory of the caller's, to be removed after; `trial` below it is ours.
        progress: is told, in a few words, what begins.
        previous: the version to compare with, if there is one of the same language.
        root: where the policy's paths to stand-ins for Dev Forge start from.
    """
    if (missing := available()) is not None:
        return _nothing(missing)
    scratch = scratch / "trial"
    limits = policy.review.sandbox
    try:
        progress("fetching dependencies")
        stand = stand_of(_side_of(manifest), tree, manifest, scratch, limits)
        stand = with_dependencies(stand)
        if stand.fetched.missing is not None:
            return _nothing(stand.fetched.missing)
        before = _before(previous, stand)
        clock = Clock(time.monotonic() + 2 * limits.seconds)
        progress("running its tests")
        tests, coverage = _tests(stand)
        progress("starting it beside the reference extension")
        reference = reference_beside(stand)
        lines = lines_of(manifest, policy, (root, PACKAGED))
        runs = policy.review.performance.runs
        stub = lines[0].stub
        activation = activation_of(stand, reference, before, stub, runs=runs, clock=clock)
        if len(lines) > 1:
            progress("starting it in other lines of Dev Forge")
        started = tuple(lines_started(stand, reference, lines, activation))
        if manifest.benchmarks:
            progress("running its benchmarks")
        benchmarks = benchmarks_of(stand, before, stub, clock)
    except (Unavailable, BadInput) as error:
        return _nothing(Missing(reason=str(error)))
    return Trial(
        tests=tests,
        coverage=coverage,
        activation=activation,
        lines=started,
        benchmarks=benchmarks,
        machine=f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors",
        unresolvable=_kept(stand.fetched.unresolvable),
    )


def _kept(reasons: Mapping[str, str]) -> dict[str, str]:
    """As many as a trial holds, each as long as it holds: a lock can name thousands."""
    return {name[:214]: said[:500] for name, said in list(reasons.items())[:_MOST_REASONS]}


def _side_of(manifest: Manifest) -> Side:
    return PythonSide() if manifest.language == "python" else ScriptSide()


def _before(previous: Earlier | None, stand: Stand) -> Stand | Missing | None:
    """Make the version before ready too. What goes wrong with it is never the new one's fault."""
    if previous is None:
        return None
    if type(side := _side_of(previous.manifest)) is not type(stand.side):
        return Missing(reason="the version before is written in another language")
    scratch = stand.scratch / "previous"
    try:
        old = stand_of(side, previous.tree, previous.manifest, scratch, stand.limits)
        old = with_dependencies(old, stand)
    except (Unavailable, BadInput) as error:
        return Missing(reason=str(error))
    return old.fetched.missing or old


def _tests(stand: Stand) -> tuple[TestRun | Failure | None, tuple[FileCoverage, ...]]:
    framework = stand.side.framework(stand.tree, stand.fetched)
    if framework is None or isinstance(framework, Failure):
        return framework, ()
    outcome = stand.run_tests()
    answer = read_answer(outcome, TestsAnswer, what="the test run")
    if isinstance(answer, Failure):
        return answer, ()
    if answer.error:
        return Failure(what=one_line(answer.error), output=outcome.last_lines()), ()
    result = TestRun(
        framework=framework,
        passed=answer.passed,
        failed=answer.failed,
        skipped=answer.skipped,
        failures=tuple(one_line(failure) for failure in answer.failures),
        seconds=round(outcome.seconds, 2),
    )
    return result, stand.side.coverage(stand.tree, answer)


def _nothing(missing: Missing) -> Trial:
    return Trial(
        tests=missing,
        coverage=missing,
        activation=missing,
        benchmarks=missing,
        unresolvable=missing,
    )
