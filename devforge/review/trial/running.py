"""Observes what running an extension shows. All of its code runs in the sandbox, or not at all.

What that code can falsify is what is written here, and it counts for nothing but the coverage and
performance checks: a run shares no file, no process and no network with this program or with
another run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import checks
from devforge.adapters.sandbox import View, available, run
from devforge.adapters.scratch import write_tree
from devforge.errors import BadInput, Unavailable
from devforge.model.manifest import Manifest
from devforge.model.observed import (
    Activation,
    BenchmarkRun,
    Failure,
    FileCoverage,
    Missing,
    SourceTree,
    TestRun,
    Timing,
    Trial,
)
from devforge.model.policy import Policy
from devforge.model.policy import Sandbox as Limits
from devforge.review.trial.answers import (
    ActivationAnswer,
    BenchmarkAnswer,
    TestsAnswer,
    one_line,
    read_answer,
    timing,
)
from devforge.review.trial.python import PythonSide
from devforge.review.trial.script import ScriptSide
from devforge.review.trial.side import Fetched, Side

_START_SECONDS = 30  # for one activation or one benchmark, within the policy's own limit
_REFERENCE = Path(checks.__file__).parent / "reference"
_ENTRIES = {"python": "reference.py", "javascript": "reference.js", "typescript": "reference.ts"}
Progress = Callable[[str], None]


def run_trial(
    tree: SourceTree,
    manifest: Manifest,
    policy: Policy,
    *,
    scratch: Path,
    progress: Progress = lambda _: None,
) -> Trial:
    """Fetch what `tree` needs, then run its tests, activation and benchmarks in the sandbox.

    `scratch` is a directory of the caller's, to be removed after; `trial` below it is ours. `progress` is told, in a
    few words, what begins. Where the sandbox or the network can't be had, the parts are `Missing`.
    """
    if (missing := available()) is not None:
        return _nothing(missing)
    side: Side = PythonSide() if manifest.language == "python" else ScriptSide()
    limits = policy.review.sandbox
    scratch = scratch / "trial"
    source = scratch / "source"
    try:
        write_tree(tree, source)
        progress("fetching dependencies")
        fetched = side.fetch(tree, scratch, limits)
        if fetched.missing is not None:
            return _nothing(fetched.missing)
        side.prepare(tree, fetched, scratch)
        stand = _Stand(side, fetched, scratch, limits, time.monotonic() + 2 * limits.seconds)
        progress("running its tests")
        tests, coverage = _tests(stand, tree, source)
        progress("starting it beside the reference extension")
        activation = _activation(stand, manifest, source, policy.review.performance.runs)
        if manifest.benchmarks:
            progress("running its benchmarks")
        benchmarks = tuple(
            BenchmarkRun(name=declared.name, result=_benchmark(stand, declared.call, source))
            for declared in manifest.benchmarks
        )
    except (Unavailable, BadInput) as error:
        return _nothing(Missing(reason=str(error)))
    return Trial(
        tests=tests,
        coverage=coverage,
        activation=activation,
        benchmarks=benchmarks,
        unresolvable=dict(fetched.unresolvable),
    )


@dataclass(frozen=True, slots=True)
class _Stand:
    """Everything a run needs but its command."""

    side: Side
    fetched: Fetched
    scratch: Path
    limits: Limits
    deadline: float

    def view(self, source: Path, fetched: Fetched | None = None) -> View:
        return self.side.view(source, fetched or self.fetched, self.scratch, self.limits)

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.deadline

    @property
    def short(self) -> Limits:
        seconds = min(self.limits.seconds, _START_SECONDS)
        return self.limits.model_copy(update={"seconds": seconds})


def _tests(
    stand: _Stand, tree: SourceTree, source: Path
) -> tuple[TestRun | Failure | None, tuple[FileCoverage, ...]]:
    framework = stand.side.framework(tree, stand.fetched)
    if framework is None or isinstance(framework, Failure):
        return framework, ()
    outcome = run(stand.side.test_command(tree), stand.view(source), stand.limits)
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
    return result, stand.side.coverage(tree, answer)


def _activation(
    stand: _Stand, manifest: Manifest, source: Path, runs: int
) -> Activation | Failure | Missing:
    """Start both extensions by turns, so that whatever else the machine does hits both alike."""
    reference = _REFERENCE / manifest.language
    own: list[ActivationAnswer] = []
    other: list[ActivationAnswer] = []
    for _ in range(runs):
        if own and stand.is_late:
            break
        base = _start(stand, stand.view(reference, Fetched()), _ENTRIES[manifest.language])
        if isinstance(base, Failure):
            return Missing(reason=f"the reference extension: {base.what}: {base.output}")
        answer = _start(stand, stand.view(source), manifest.entry)
        if isinstance(answer, Failure):
            return _explained(answer, stand.fetched)
        own.append(answer)
        other.append(base)
    return Activation(
        seconds=timing(tuple(a.seconds for a in own)),
        reference_seconds=timing(tuple(a.seconds for a in other)),
        memory_bytes=max(a.memory_bytes for a in own),
        reference_memory_bytes=max(a.memory_bytes for a in other),
    )


def _explained(failure: Failure, fetched: Fetched) -> Failure:
    """Add what could not be installed, which is why most extensions that fail to start do."""
    gone = ", ".join(sorted(fetched.unresolvable)[:5])
    why = fetched.note or (f"not installed: {gone}" if gone else "")
    return Failure(what=f"{failure.what} ({why})", output=failure.output) if why else failure


def _start(stand: _Stand, view: View, entry: str) -> ActivationAnswer | Failure:
    outcome = run(stand.side.start_command("activate", entry), view, stand.short)
    return read_answer(outcome, ActivationAnswer, what=f"activating {entry}")


def _benchmark(stand: _Stand, call: str, source: Path) -> Timing | Failure:
    if stand.is_late:
        return Failure(what="was not run: the time for this extension was over")
    outcome = run(stand.side.start_command("benchmark", call), stand.view(source), stand.short)
    answer = read_answer(outcome, BenchmarkAnswer, what=f"calling {call}")
    return answer if isinstance(answer, Failure) else timing(answer.seconds)


def _nothing(missing: Missing) -> Trial:
    return Trial(
        tests=missing,
        coverage=missing,
        activation=missing,
        benchmarks=missing,
        unresolvable=missing,
    )
