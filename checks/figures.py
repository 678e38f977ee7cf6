"""Numbers as findings write them."""

from __future__ import annotations

from collections.abc import Sequence

from checks.noise import Ratio, median
from devforge.model.observed import Timing, Trial


def seconds(timing: Timing) -> str:
    """`12.5 ms (11.9 to 14.0 ms in 5 runs)`"""
    unit, factor = ("s", 1.0) if timing.median >= 1 else ("ms", 1000.0)
    median, low, high = (digits(s * factor) for s in (timing.median, timing.low, timing.high))
    return f"{median} {unit} ({low} to {high} {unit} in {timing.runs} runs)"


def milliseconds(value: float) -> str:
    """`12.5 ms`, `1.25 s`"""
    return f"{digits(value)} s" if value >= 1 else f"{digits(value * 1000)} ms"


def digits(value: float) -> str:
    """Three digits that count, and never fewer than are before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def times(own: float, other: float) -> str:
    """`2.5 times`"""
    return f"{own / other:.1f} times" if other else "more than"


def mebibytes(count: float) -> str:
    """`12 MiB`"""
    return f"{count / 2**20:,.0f} MiB"


def beside(ratio: Ratio, new: Sequence[float], old: Sequence[float]) -> str:
    """`210 ms, the version before in 100 ms: 2.10 times (1.95 to 2.22)`"""
    return (
        f"{milliseconds(median(new))}, the version before in {milliseconds(median(old))}: {ratio}"
    )


def measured(count: int, trial: Trial) -> str:
    """How figures that compare two versions came about."""
    return (
        f"Measured by turns in the sandbox ({trial.machine}), {count} runs of each version, medians; "
        "the range holds in 95 of 100 measurements"
    )
