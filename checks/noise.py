"""How many times as much one version takes as another, and how sure that is. Pure.

The range is the bootstrap's for the ratio of two medians: what would come out in 95 of 100 cases were
the runs drawn anew from those there are. For medians that needs no drawing: how probable each run is to
be the median of a new sample is a sum of binomials. Nothing is assumed of how the runs scatter, and a few
that the machine disturbed change little.

Source: Efron, "The Jackknife, the Bootstrap and Other Resampling Plans", 1982, chapter 10 (the median's
bootstrap distribution in closed form).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_RUNS = (
    7  # of fewer, chance alone puts all of one version's above all of the other's too often
)
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Ratio:
    """The ratio of two medians, and between what and what it lies."""

    value: float
    low: float
    high: float

    def is_beyond(self, percent: float) -> bool:
        """Whether even the low end is more than `percent` above 1."""
        return self.low > 1 + percent / 100

    def __str__(self) -> str:
        return f"{self.value:.2f} times ({self.low:.2f} to {self.high:.2f})"


def ratio_of(new: Sequence[float], old: Sequence[float]) -> Ratio | None:
    """Return the ratio of the medians; None where there are too few runs, or some took no time."""
    if min(len(new), len(old)) < _LEAST_RUNS or min(old) <= 0:
        return None
    ratios = sorted(
        (own / other, chance * chance_of_other)
        for own, chance in _medians(new)
        for other, chance_of_other in _medians(old)
    )
    low, high = _quantile(ratios, _TAIL), _quantile(ratios, 1 - _TAIL)
    return Ratio(median(new) / median(old), low, high)


def median(values: Sequence[float]) -> float:
    """Return the middle of `values`, at least one."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _medians(values: Sequence[float]) -> list[tuple[float, float]]:
    """Each run, with the chance that it is the median of as many runs drawn anew from `values`."""
    count = len(values)
    ranks = {(count + 1) // 2, count // 2 + 1}  # two middles where the number is even, half each
    at_most = [
        sum(_reaches(rank, below / count, count) for rank in ranks) / len(ranks)
        for below in range(count + 1)
    ]
    return [(value, at_most[i + 1] - at_most[i]) for i, value in enumerate(sorted(values))]


def _reaches(rank: int, share: float, count: int) -> float:
    """The chance that at least `rank` of `count` draws fall within a `share` of the runs."""
    return sum(
        math.comb(count, hits) * share**hits * (1 - share) ** (count - hits)
        for hits in range(rank, count + 1)
    )


def _quantile(weighted: list[tuple[float, float]], share: float) -> float:
    reached = 0.0
    for value, weight in weighted:
        reached += weight
        if reached >= share:
            return value
    return weighted[-1][0]
