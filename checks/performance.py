"""Performance: the extension starts, and costs no more than a small one by far.

**What it asks.** The entry is imported, and its `activate(context)`, if it has one, returns without an
error, in a sandbox without a network. It takes
no more than the policy's multiple of the time and memory that a small reference extension takes.
Benchmarks that the manifest declares run.

**Why.** Every extension a user has installed is started when the editor is. One that is slow makes
the editor slow, and nobody can tell which it was.

**How it is measured.** The extension and the reference (`checks/reference/`) are started by turns, each
time in a fresh interpreter; the interpreter's own start is not counted, imports are. Time is the
median of the runs, memory the most that any run held. Below a tenth of a second nobody notices a
start, so no multiple of the reference is held against it.

**How to mend.** Import what is large where it is used; do nothing in `activate` but register; fetch
when asked to. Where the work is worth its time, say so: a person decides.

Source: docs/developer.md, "Starting fast"; a tenth of a second: Miller, "Response time in
man-computer conversational transactions", 1968.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.beyond import beyond_sandbox, missing_module
from checks.printed import quoted
from checks.protocol import Rule, present
from devforge.model.manifest import FILE
from devforge.model.observed import Activation, BenchmarkRun, Failure, Timing
from devforge.model.policy import CheckName, Performance
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "performance"

FAILS = Rule(
    "activation-fails",
    "The extension starts",
    "block",
    "An extension that cannot be started on a clean machine does nothing for anyone.",
)
BEYOND = Rule(
    "activation-beyond-sandbox",
    "It starts without another program",
    "person",
    "What can start only inside another program or on a display cannot be started here, which is "
    "nobody's fault; a person looks at how it starts.",
)
SLOW = Rule(
    "activation-slow",
    "It starts quickly",
    "person",
    "Whatever an extension does while it starts, its user waits for.",
)
LARGE = Rule(
    "activation-memory",
    "It starts small",
    "person",
    "Memory that is held from the start is missing everywhere else.",
)
BENCHMARK_FAILS = Rule(
    "benchmark-fails",
    "Declared benchmarks run",
    "warn",
    "A benchmark that fails measures nothing, and its name in the manifest says otherwise.",
)
BENCHMARK = Rule(
    "benchmark-result",
    "Benchmarks are reported",
    "info",
    "Numbers of each version, for its author and its users to compare.",
)
RULES = (FAILS, BEYOND, SLOW, LARGE, BENCHMARK_FAILS, BENCHMARK)

_UNNOTICED_SECONDS = 0.1


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what starting the extension showed, then its benchmarks."""
    trial = present(submission.trial, "the extension was not started")
    present(trial.activation, "the extension was not started")
    entry = submission.manifest.entry if submission.manifest else FILE
    if isinstance(trial.activation, Failure):
        yield _fails(trial.activation, entry, submission)
    elif isinstance(trial.activation, Activation):
        yield from _dear(trial.activation, submission.policy.review.performance, entry)
    yield from _benchmarks(present(trial.benchmarks, "the benchmarks were not run"))


def _fails(failure: Failure, entry: str, submission: Submission) -> Finding:
    said = f": {quoted(failure.output)}" if failure.output else ""
    if why := beyond_sandbox(failure.output, submission):
        return BEYOND.finding(
            at=entry,
            problem=f"it could not be started here, because {why}{said}",
            remedy="nothing, if that is what it is made for; a person looks at how it starts",
        )
    remedy = (
        "make activate(context) return without an error where there is no network and no display"
    )
    if module := missing_module(failure.output):
        remedy = f"list {module} among the dependencies, with a lock, so that it is installed"
    return FAILS.finding(at=entry, problem=f"{failure.what}{said}", remedy=remedy)


def _dear(found: Activation, allowed: Performance, entry: str) -> Iterator[Finding]:
    own, other = found.seconds, found.reference_seconds
    if own.median > max(_UNNOTICED_SECONDS, allowed.activation_ratio * other.median):
        yield SLOW.finding(
            at=entry,
            problem=(
                f"it takes {_seconds(own)} to start, {_times(own.median, other.median)} the reference "
                f"extension's {_seconds(other)}; {allowed.activation_ratio} times is the most"
            ),
            remedy="import large modules where they are used, and do in activate() only what must be",
        )
    if found.memory_bytes > allowed.memory_ratio * found.reference_memory_bytes:
        yield LARGE.finding(
            at=entry,
            problem=(
                f"it holds {_mebibytes(found.memory_bytes)} once started, "
                f"{_times(found.memory_bytes, found.reference_memory_bytes)} the reference extension's "
                f"{_mebibytes(found.reference_memory_bytes)}; {allowed.memory_ratio} times is the most"
            ),
            remedy="load data and large modules when they are first needed",
        )


def _benchmarks(runs: tuple[BenchmarkRun, ...]) -> Iterator[Finding]:
    """Yield one finding for each that failed, and one with the numbers of all the others."""
    at = f"{FILE}: benchmarks"
    numbers = []
    for run in runs:
        if isinstance(run.result, Timing):
            numbers.append(f"{run.name}: {_seconds(run.result)}")
            continue
        said = f": {quoted(run.result.output)}" if run.result.output else ""
        yield BENCHMARK_FAILS.finding(
            at=at,
            problem=f"{run.name}: {run.result.what}{said}",
            remedy="name a function that takes no arguments: module:function, or file.js#function",
        )
    if numbers:
        yield BENCHMARK.finding(
            at=at,
            problem="; ".join(numbers),
            remedy="nothing to do; compare it with the version before",
        )


def _seconds(timing: Timing) -> str:
    """`12.5 ms (11.9 to 14.0 ms in 5 runs)`"""
    unit, factor = ("s", 1.0) if timing.median >= 1 else ("ms", 1000.0)
    median, low, high = (_digits(s * factor) for s in (timing.median, timing.low, timing.high))
    return f"{median} {unit} ({low} to {high} {unit} in {timing.runs} runs)"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _times(own: float, other: float) -> str:
    return f"{own / other:.1f} times" if other else "more than"


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
