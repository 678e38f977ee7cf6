"""Times the functions an extension declares, by turns with the version before where that has them."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from devforge.model.observed import BenchmarkRun, Compared, Failure, Missing, Sample
from devforge.review.trial.answers import BenchmarkAnswer, timing
from devforge.review.trial.stand import Clock, Stand

_ALONE_SECONDS, _ALONE_RUNS = 2.0, 5
# By turns, what counts is the median of a process, and of those seven are the fewest that can tell
# a change from noise: calls within one process share its luck.
_TURNS, _TURN_SECONDS, _TURN_RUNS = 7, 0.15, 1
_COMPARING_SECONDS = 60.0  # for the comparisons of all benchmarks together


def benchmarks_of(
    stand: Stand, previous: Stand | Missing | None, stub: Path | Missing, clock: Clock
) -> tuple[BenchmarkRun, ...] | Missing:
    """Run every declared benchmark; those the version before declares too, beside its own."""
    if not stand.manifest.benchmarks:
        return ()
    if isinstance(stub, Missing):
        return stub
    comparing = Clock(min(clock.end, time.monotonic() + _COMPARING_SECONDS))
    old = previous if isinstance(previous, Stand) else None
    before = {b.name: b.call for b in old.manifest.benchmarks} if old else {}
    runs = []
    for declared in stand.manifest.benchmarks:
        if clock.is_over:
            late = Failure(what="was not run: the time for this extension was over")
            runs.append(BenchmarkRun(name=declared.name, result=late))
            continue
        run = _alone(stand, declared.name, declared.call, stub)
        old_call = before.get(declared.name)
        if old is not None and old_call is not None and not isinstance(run.result, Failure):
            compared = _by_turns((stand, declared.call), (old, old_call), stub, comparing)
            run = run.model_copy(update={"compared": compared})
        runs.append(run)
    return tuple(runs)


def _alone(stand: Stand, name: str, call: str, stub: Path) -> BenchmarkRun:
    answer = _timed(stand, call, stub, seconds=_ALONE_SECONDS, runs=_ALONE_RUNS)
    result = answer if isinstance(answer, Failure) else timing(answer)
    return BenchmarkRun(name=name, result=result)


def _by_turns(
    new: tuple[Stand, str], old: tuple[Stand, str], stub: Path, clock: Clock
) -> Compared | None:
    """None where either fails, or there was no time."""
    samples: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(_TURNS):
        for side in (0, 1) if turn % 2 == 0 else (1, 0):
            stand, call = (new, old)[side]
            answer = _timed(stand, call, stub, seconds=_TURN_SECONDS, runs=_TURN_RUNS)
            if isinstance(answer, Failure) or clock.is_over:
                return None
            samples[side].append(median(answer))
    return Compared(
        new=Sample(seconds=tuple(samples[0])), previous=Sample(seconds=tuple(samples[1]))
    )


def _timed(
    stand: Stand, call: str, stub: Path, *, seconds: float, runs: int
) -> tuple[float, ...] | Failure:
    command = ("benchmark", call, str(seconds), str(runs))
    answer = stand.ask(BenchmarkAnswer, command, stub, what=f"calling {call}")
    return answer if isinstance(answer, Failure) else answer.seconds
