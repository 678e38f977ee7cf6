"""Starts an extension beside the reference extension and the version before it, by turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from devforge.model.observed import (
    Activation,
    Compared,
    Failure,
    ImportCost,
    LineActivation,
    Missing,
    Sample,
)
from devforge.review.trial.answers import ActivationAnswer, ImportsAnswer, timing
from devforge.review.trial.hosts import Line
from devforge.review.trial.side import Fetched
from devforge.review.trial.stand import Clock, Stand

# A quicker start needs no explanation: nobody notices it.
_EXPLAINED_SECONDS = 0.05


@dataclass(slots=True)
class _Runner:
    """One of those that are started by turns, and what it said."""

    stand: Stand
    answers: list[ActivationAnswer] = field(default_factory=list)
    failure: Failure | None = None

    def go(self, stub: Path) -> None:
        if self.failure is None:
            answer = self.stand.start(stub)
            if isinstance(answer, Failure):
                self.failure = answer
            else:
                self.answers.append(answer)

    @property
    def sample(self) -> Sample:
        return Sample(
            seconds=tuple(answer.seconds for answer in self.answers),
            memory_bytes=tuple(answer.memory_bytes for answer in self.answers),
        )


def activation_of(
    stand: Stand,
    reference: Stand,
    previous: Stand | Missing | None,
    stub: Path | Missing,
    *,
    runs: int,
    clock: Clock,
) -> Activation | Failure | Missing:
    """Start all of them by turns, so that whatever else the machine does hits all alike."""
    if isinstance(stub, Missing):
        return stub
    new, base = _Runner(stand), _Runner(reference)
    old = _Runner(previous) if isinstance(previous, Stand) else None
    absent = previous if isinstance(previous, Missing) else None
    for turn in range(runs):
        if turn and clock.is_over:
            break
        for runner in _order(turn, new, base, old):
            runner.go(stub)
        if base.failure is not None:
            said = f"the reference extension: {base.failure.what}: {base.failure.output}"
            return Missing(reason=said)
        if new.failure is not None:
            return explained(new.failure, stand.fetched)
    return _measured(new, base, old or absent, stub)


def lines_started(
    stand: Stand,
    reference: Stand,
    lines: tuple[Line, ...],
    newest: Activation | Failure | Missing,
) -> Iterator[LineActivation]:
    """Yield how it starts in each line; in the first, the newest, it was started already."""
    for line in lines[:1]:
        yield LineActivation(
            releases=line.releases,
            result="started" if isinstance(newest, Activation) else newest,
        )
    for line in lines[1:]:
        yield LineActivation(releases=line.releases, result=_in_line(stand, reference, line))


def explained(failure: Failure, fetched: Fetched) -> Failure:
    """Add what could not be installed, which is why most extensions that fail to start do."""
    gone = ", ".join(sorted(fetched.unresolvable)[:5])
    why = fetched.note or (f"not installed: {gone}" if gone else "")
    return Failure(what=f"{failure.what} ({why})", output=failure.output) if why else failure


def _order(turn: int, new: _Runner, base: _Runner, old: _Runner | None) -> tuple[_Runner, ...]:
    """The reference and then each in the mirrored order, so that no one is always the first."""
    if old is None:
        return base, new
    first, second = (new, old) if turn % 2 == 0 else (old, new)
    return base, first, second, second, first


def _measured(new: _Runner, base: _Runner, old: _Runner | Missing | None, stub: Path) -> Activation:
    compared: Compared | Failure | Missing | None
    if isinstance(old, _Runner):
        compared = old.failure or Compared(new=new.sample, previous=old.sample)
    else:
        compared = old
    seconds = timing(new.sample.seconds)
    return Activation(
        seconds=seconds,
        reference_seconds=timing(base.sample.seconds),
        memory_bytes=max(new.sample.memory_bytes),
        reference_memory_bytes=max(base.sample.memory_bytes),
        compared=compared,
        imports=_imports(new.stand, stub) if seconds.median > _EXPLAINED_SECONDS else (),
    )


def _imports(stand: Stand, stub: Path) -> tuple[ImportCost, ...]:
    entry = stand.manifest.entry
    answer = stand.ask(ImportsAnswer, ("imports", entry), stub, what=f"activating {entry}")
    return () if isinstance(answer, Failure) else answer.imports


def _in_line(stand: Stand, reference: Stand, line: Line) -> Failure | Missing | Literal["started"]:
    if isinstance(line.stub, Missing):
        return line.stub
    if isinstance(base := reference.start(line.stub), Failure):
        return Missing(reason=f"the reference extension: {base.what}: {base.output}")
    # Once more where it fails: one unlucky start is no reason to send anybody back.
    for _ in range(2):
        if not isinstance(answer := stand.start(line.stub), Failure):
            break
    return explained(answer, stand.fetched) if isinstance(answer, Failure) else "started"
