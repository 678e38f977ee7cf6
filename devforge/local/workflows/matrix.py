"""Every combination of a matrix, in GitHub's order. Pure.

Source: GitHub's documentation, "Running variations of jobs in a workflow".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from devforge.errors import BadInput

MAX_JOBS = 256
Combination = dict[str, object]


def combinations(matrix: object) -> list[Combination]:
    """Return each job's values for an evaluated `matrix`: the product less `exclude`, then `include`.

    Raises:
        BadInput: the matrix has another shape, no combination, or more than 256.
    """
    if not isinstance(matrix, Mapping):
        raise BadInput("strategy.matrix must be a mapping of names to lists")
    axes = {name: values for name, values in matrix.items() if name not in ("include", "exclude")}
    for name, values in axes.items():
        if not isinstance(values, Sequence) or isinstance(values, str) or not values:
            raise BadInput(f"strategy.matrix.{name} must be a list with at least one value")
    excluded, included = _entries(matrix, "exclude"), _entries(matrix, "include")
    made = [one for one in _product(axes) if not any(_agrees(one, entry) for entry in excluded)]
    everything = _with_included(made, included)
    if not 0 < len(everything) <= MAX_JOBS:
        raise BadInput(f"strategy.matrix makes {len(everything)} jobs; 1 to {MAX_JOBS} are allowed")
    return everything


def _product(axes: Mapping[str, Sequence[object]]) -> Iterator[Combination]:
    if axes:
        for values in product(*axes.values()):
            yield dict(zip(axes, values, strict=True))


def _entries(matrix: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    entries = matrix.get(key) or []
    if not isinstance(entries, Sequence) or not all(isinstance(one, Mapping) for one in entries):
        raise BadInput(f"strategy.matrix.{key} must be a list of mappings")
    return list(entries)


def _agrees(one: Mapping[str, object], entry: Mapping[str, object]) -> bool:
    """Say whether `one` has every value of `entry`; nested values need only the parts that are named."""
    for key, value in entry.items():
        mine = one.get(key)
        if isinstance(value, Mapping) and isinstance(mine, Mapping):
            if not _agrees(mine, value):
                return False
        elif key not in one or mine != value:
            return False
    return True


def _with_included(
    made: Sequence[Combination], included: Sequence[Mapping[str, object]]
) -> list[Combination]:
    """Add each entry to the combinations whose original values it leaves alone, else as a job of its own."""
    extended = [dict(one) for one in made]
    alone: list[Combination] = []
    for entry in included:
        fits = [
            place
            for place, one in enumerate(made)
            if _agrees(one, {key: value for key, value in entry.items() if key in one})
        ]
        for place in fits:
            extended[place].update(entry)
        if not fits:
            alone.append(dict(entry))
    return [*extended, *alone]
