"""What is slower than the version before is told from what only looks so, by turns and by rank."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from example_trees import submission_of

from checks import performance
from checks.noise import ratio_of
from devforge.model.observed import (
    Activation,
    BenchmarkRun,
    Compared,
    ImportCost,
    Sample,
    Timing,
    Trial,
)
from devforge.model.verdict import Finding

MEBIBYTE = 2**20


def noisy(median: float, *, spread: float, seed: int, disturbed: float = 0.25) -> tuple[float, ...]:
    """Runs around `median`, a share of them disturbed by whatever else the machine does."""
    dice = random.Random(seed)
    return tuple(
        median * (1 + abs(dice.gauss(0, spread))) * (2.5 if dice.random() < disturbed else 1)
        for _ in range(10)
    )


def told(new: Sample, previous: Sample, imports: tuple[ImportCost, ...] = ()) -> list[Finding]:
    quick = Timing(median=0.02, low=0.02, high=0.02, runs=10)
    activation = Activation(
        seconds=quick,
        reference_seconds=quick,
        memory_bytes=1,
        reference_memory_bytes=1,
        compared=Compared(new=new, previous=previous),
        imports=imports,
    )
    return findings(Trial(activation=activation, machine="Linux on x86_64, 2 processors"))


def findings(trial: Trial) -> list[Finding]:
    return list(performance.check(replace(submission_of({}), trial=trial)))


def sample(seconds: tuple[float, ...], mebibytes: int = 30) -> Sample:
    return Sample(seconds=seconds, memory_bytes=(mebibytes * MEBIBYTE,) * len(seconds))


@pytest.mark.parametrize("seed", range(40))
def test_noise_is_never_called_slower(seed: int) -> None:
    new = sample(noisy(0.15, spread=0.3, seed=seed))
    old = sample(noisy(0.15, spread=0.3, seed=1000 + seed))

    assert [f.rule for f in told(new, old)] == ["activation-compared"]


def test_twice_as_slow_is_found_beneath_ordinary_noise() -> None:
    found = []
    for seed in range(40):
        new = sample(noisy(0.4, spread=0.05, seed=seed, disturbed=0.1))
        old = sample(noisy(0.2, spread=0.05, seed=1000 + seed, disturbed=0.1))
        found += [f.rule for f in told(new, old)]

    assert found.count("activation-slower") >= 38


def test_a_slower_start_is_told_with_what_it_was_measured_by() -> None:
    new, old = sample((0.41, 0.4, 0.42) * 4), sample((0.2, 0.21, 0.19) * 4)
    costs = [("pandas", 0.31), ("requests", 0.055), ("its own code", 0.02), ("json", 0.001)]
    imports = tuple(ImportCost(name=name, seconds=cost) for name, cost in costs)
    (found,) = told(new, old, imports)

    assert found.severity == "person"
    assert found.problem == (
        "it starts in 410 ms, the version before in 200 ms: 2.05 times (1.95 to 2.16); 25 % more is the "
        "most; most of it goes to pandas 310 ms, requests 55 ms, its own code 20 ms. Measured by turns in "
        "the sandbox (Linux on x86_64, 2 processors), 12 runs of each version, medians; the range holds "
        "in 95 of 100 measurements"
    )


def test_a_slower_start_that_nobody_notices_is_no_persons_work() -> None:
    (found,) = told(sample((0.06,) * 10), sample((0.03,) * 10))
    (trifle,) = told(sample((0.012,) * 10), sample((0.006,) * 10))

    assert (found.rule, found.severity) == ("activation-slower", "warn")
    assert (trifle.rule, trifle.severity) == ("activation-compared", "info")


def test_more_memory_is_told_and_a_little_more_is_not() -> None:
    same = (0.05,) * 10

    assert [f.rule for f in told(sample(same, 60), sample(same, 30))] == ["activation-larger"]
    assert [f.rule for f in told(sample(same, 33), sample(same, 30))] == ["activation-compared"]
    assert [f.rule for f in told(sample(same, 8), sample(same, 5))] == ["activation-compared"]


def test_a_slower_benchmark_is_told_and_a_faster_one_reported() -> None:
    quick = Timing(median=0.02, low=0.02, high=0.02, runs=10)
    activation = Activation(
        seconds=quick, reference_seconds=quick, memory_bytes=1, reference_memory_bytes=1
    )
    slow = Compared(new=Sample(seconds=(0.02,) * 7), previous=Sample(seconds=(0.01,) * 7))
    fast = Compared(new=Sample(seconds=(0.01,) * 7), previous=Sample(seconds=(0.02,) * 7))
    runs = (
        BenchmarkRun(name="count", result=quick, compared=slow),
        BenchmarkRun(name="sort", result=quick, compared=fast),
        BenchmarkRun(name="new", result=quick),
    )
    slower, rest = findings(Trial(activation=activation, benchmarks=runs))

    assert (slower.rule, slower.severity) == ("benchmark-slower", "person")
    assert "count: it takes 20 ms, the version before in 10 ms: 2.00 times" in slower.problem
    assert (rest.rule, rest.severity) == ("benchmark-result", "info")
    assert "sort: 20 ms (20 to 20 ms in 10 runs), 0.50 times (0.50 to 0.50)" in rest.problem
    assert "new: 20 ms (20 to 20 ms in 10 runs)." in rest.problem


def test_too_few_runs_tell_nothing() -> None:
    assert ratio_of((2.0,) * 6, (1.0,) * 20) is None
    assert ratio_of((), ()) is None
    assert ratio_of((2.0,) * 7, (0.0,) * 7) is None


def test_the_range_holds_the_truth_as_often_as_it_says() -> None:
    """By simulation: of 2,000 measurements with a true ratio of 1.3, at least 95 in 100 hold it."""
    dice = random.Random(7)
    held = 0
    for _ in range(2000):
        new = [1.3 * dice.lognormvariate(0, 0.2) for _ in range(10)]
        old = [dice.lognormvariate(0, 0.2) for _ in range(10)]
        ratio = ratio_of(new, old)
        assert ratio is not None
        held += ratio.low <= 1.3 <= ratio.high

    assert held >= 1900
