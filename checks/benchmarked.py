"""What a trial showed of the benchmarks a manifest declares, as the performance check tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.figures import beside, measured, seconds
from checks.noise import Ratio, ratio_of
from checks.printed import quoted
from checks.protocol import Rule, present
from devforge.model.manifest import FILE
from devforge.model.observed import BenchmarkRun, Timing, Trial
from devforge.model.reviewing import Performance
from devforge.model.verdict import Finding

FAILS = Rule(
    "benchmark-fails",
    "Declared benchmarks run",
    "warn",
    "A benchmark that fails measures nothing, and its name in the manifest says otherwise.",
)
SLOWER = Rule(
    "benchmark-slower",
    "Declared benchmarks get no slower",
    "person",
    "Who declares a benchmark cares how fast it is; a version that is slower should say why.",
)
RESULT = Rule(
    "benchmark-result",
    "Benchmarks are reported",
    "info",
    "Numbers of each version, for its author and its users to compare.",
)
RULES = (FAILS, SLOWER, RESULT)


def benchmarks(trial: Trial, allowed: Performance) -> Iterator[Finding]:
    """Yield one finding for each that failed or got slower, and one with the numbers of all others."""
    at = f"{FILE}: benchmarks"
    numbers = []
    for run in present(trial.benchmarks, "the benchmarks were not run"):
        if isinstance(run.result, Timing):
            ratio = _ratio(run)
            if ratio is not None and ratio.is_beyond(allowed.slower_percent):
                yield _slower(run, ratio, allowed, trial)
                continue
            before = f", {ratio} the version before" if ratio is not None else ""
            numbers.append(f"{run.name}: {seconds(run.result)}{before}")
            continue
        said = f": {quoted(run.result.output)}" if run.result.output else ""
        yield FAILS.finding(
            at=at,
            problem=f"{run.name}: {run.result.what}{said}",
            remedy="name a function that takes no arguments: module:function, or file.js#function",
        )
    if numbers:
        yield RESULT.finding(
            at=at,
            problem=f"{'; '.join(numbers)}. Measured in the sandbox ({trial.machine}), medians",
            remedy="nothing to do",
        )


def _ratio(run: BenchmarkRun) -> Ratio | None:
    if run.compared is None:
        return None
    return ratio_of(run.compared.new.seconds, run.compared.previous.seconds)


def _slower(run: BenchmarkRun, ratio: Ratio, allowed: Performance, trial: Trial) -> Finding:
    assert run.compared is not None  # noqa: S101 - there is no ratio without
    new, old = run.compared.new.seconds, run.compared.previous.seconds
    return SLOWER.finding(
        at=f"{FILE}: benchmarks",
        problem=(
            f"{run.name}: it takes {beside(ratio, new, old)}; {allowed.slower_percent} % more is the "
            f"most. {measured(len(new), trial)}"
        ),
        remedy="make it as fast as it was, or say what the time is spent for",
    )
