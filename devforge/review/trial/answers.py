"""Reads what a harness wrote from inside the sandbox, as the hostile bytes it may be. Pure."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from devforge.adapters.sandbox import Outcome
from devforge.adapters.sandbox.ending import plain
from devforge.model.base import Strict
from devforge.model.observed import Failure, ImportCost, Timing

Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Lines = Annotated[tuple[Annotated[int, Field(ge=1, le=10_000_000, strict=True)], ...], Field(max_length=200_000)]  # fmt: skip
Text = Annotated[str, StringConstraints(max_length=20_000)]
Path = Annotated[str, StringConstraints(max_length=1_000)]


class Covered(Strict):
    """One file: how many statements it has (Python) or which lines were seen (Node)."""

    path: Path
    total: Count = 0
    seen: Lines = ()
    missing: Lines = ()


class TestsAnswer(Strict):
    """What a test harness counted."""

    passed: Count
    failed: Count
    skipped: Count
    failures: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    error: Text = ""
    coverage: Annotated[tuple[Covered, ...], Field(max_length=20_000)] = ()


class ActivationAnswer(Strict):
    """What one start cost."""

    seconds: Seconds
    memory_bytes: Annotated[int, Field(gt=0, le=2**50, strict=True)]


class ImportsAnswer(Strict):
    """What a start spends its time on, dearest first."""

    imports: Annotated[tuple[ImportCost, ...], Field(max_length=10)]


class BenchmarkAnswer(Strict):
    """Seconds of each run."""

    seconds: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=100)]


class _Error(Strict):
    error: Text


Answer = TypeVar("Answer", TestsAnswer, ActivationAnswer, ImportsAnswer, BenchmarkAnswer)


def read_answer(outcome: Outcome, kind: type[Answer], *, what: str) -> Answer | Failure:
    """Return the answer of a harness, or how the run failed; `what` begins the sentence."""
    if outcome.ending != "exited":
        return Failure(what=f"{what} {_ended(outcome)}", output=outcome.last_lines())
    if not outcome.result:
        status = f"ended the interpreter with status {outcome.status} before it was done"
        return Failure(what=f"{what} {status}", output=outcome.last_lines())
    if (error := _error(outcome.result)) is not None:
        return Failure(what=f"{what} failed", output=plain(error)[-4000:].strip())
    try:
        return kind.model_validate_json(outcome.result)
    except ValidationError:
        why = f"{what} wrote into the channel that its result comes through"
        return Failure(what=why, output=outcome.last_lines())


def one_line(text: str) -> str:
    """Return `text` fit for one line of a finding."""
    return " ".join(plain(text).split())[:300]


def timing(seconds: tuple[float, ...]) -> Timing:
    """Return the median and the spread of `seconds`, at least one."""
    ordered = sorted(seconds)
    middle = len(ordered) // 2
    even = len(ordered) % 2 == 0
    median = (ordered[middle - 1] + ordered[middle]) / 2 if even else ordered[middle]
    return Timing(median=median, low=ordered[0], high=ordered[-1], runs=len(ordered))


def _error(result: bytes) -> str | None:
    try:
        return _Error.model_validate_json(result).error
    except ValidationError:
        return None


def _ended(outcome: Outcome) -> str:
    return {
        "timed out": f"did not end within {outcome.seconds:.0f} seconds and was stopped",
        "memory": f"took {outcome.peak_memory_bytes / 2**20:,.0f} MiB of memory and was stopped",
        "file flood": "made files without end and was stopped",
        "output flood": "printed without end and was stopped",
        "killed": f"was ended by signal {(outcome.status or 128) - 128}",
        "exited": "ended",
    }[outcome.ending]
