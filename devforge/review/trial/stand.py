"""A version made ready to be run: its files, its dependencies, its limits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import checks
from devforge.adapters.sandbox import Outcome, run
from devforge.adapters.scratch import write_tree
from devforge.model.manifest import Manifest
from devforge.model.observed import Failure, SourceTree
from devforge.model.reviewing import Sandbox as Limits
from devforge.review.trial.answers import ActivationAnswer, Answer, read_answer
from devforge.review.trial.side import Fetched, Side

_REFERENCE = Path(checks.__file__).parent / "reference"
_ENTRIES = {"python": "reference.py", "javascript": "reference.js", "typescript": "reference.ts"}
_START_SECONDS = 30  # for one activation or one benchmark, within the policy's own limit


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when runs that only measure may begin, in `time.monotonic`'s seconds."""

    end: float

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.end


@dataclass(frozen=True, slots=True)
class Stand:
    """Everything a run needs but its command."""

    side: Side
    tree: SourceTree
    manifest: Manifest
    source: Path  # its files
    scratch: Path  # what its side has prepared
    limits: Limits
    fetched: Fetched = field(default_factory=Fetched)

    def run_tests(self) -> Outcome:
        """Run its tests, within the policy's limits."""
        view = self.side.view(self.source, self.fetched, self.scratch, self.limits)
        return run(self.side.test_command(self.tree), view, self.limits)

    def start(self, stub: Path) -> ActivationAnswer | Failure:
        """Activate it once in the stand-in for Dev Forge."""
        what = f"activating {self.manifest.entry}"
        return self.ask(ActivationAnswer, ("activate", self.manifest.entry), stub, what=what)

    def ask(
        self, kind: type[Answer], command: Sequence[str], stub: Path, *, what: str
    ) -> Answer | Failure:
        """Run the harness's `command` and return its answer; `what` begins the sentence if it fails."""
        view = self.side.view(self.source, self.fetched, self.scratch, self.limits)
        shown = {**view.mounts, self.side.host: stub}
        seconds = min(self.limits.seconds, _START_SECONDS)
        limits = self.limits.model_copy(update={"seconds": seconds})
        outcome = run(self.side.start_command(*command), replace(view, mounts=shown), limits)
        return read_answer(outcome, kind, what=what)


def stand_of(
    side: Side, tree: SourceTree, manifest: Manifest, scratch: Path, limits: Limits
) -> Stand:
    """Write `tree` below `scratch`. Its dependencies are still to be fetched.

    Raises:
        BadInput, Unavailable: as `write_tree`.
    """
    write_tree(tree, scratch / "source")
    return Stand(side, tree, manifest, scratch / "source", scratch, limits)


def with_dependencies(stand: Stand, like: Stand | None = None) -> Stand:
    """Return `stand` ready to run: what it needs is fetched, or shared with `like` if that is the same."""
    if like is not None and stand.side.needs(stand.tree) == stand.side.needs(like.tree):
        fetched = like.fetched
    else:
        fetched = stand.side.fetch(stand.tree, stand.scratch, stand.limits)
    if fetched.missing is None:
        stand.side.prepare(stand.tree, fetched, stand.scratch)
    return replace(stand, fetched=fetched)


def reference_beside(stand: Stand) -> Stand:
    """Return the reference extension of the same language, run as `stand` is, without dependencies."""
    language = stand.manifest.language
    manifest = stand.manifest.model_copy(update={"entry": _ENTRIES[language]})
    return replace(stand, manifest=manifest, source=_REFERENCE / language, fetched=Fetched())
