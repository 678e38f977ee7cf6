"""What the trial needs to know of a language: what to fetch, what to show, what to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from devforge.adapters.sandbox import View
from devforge.model.observed import Failure, FileCoverage, Framework, Missing, SourceTree
from devforge.model.reviewing import Sandbox as Limits
from devforge.review.trial.answers import TestsAnswer

HARNESS = Path(__file__).parent.parent / "harness"


@dataclass(frozen=True, slots=True)
class Fetched:
    """Dependencies on disk. `unresolvable` is the author's to mend, `missing` is ours."""

    directories: tuple[Path, ...] = ()
    unresolvable: Mapping[str, str] = field(default_factory=dict)
    missing: Missing | None = None
    note: str = ""  # why nothing was fetched, for whoever reads that something is not there


class Side(Protocol):
    """A language's half of the trial."""

    @property
    def host(self) -> str:
        """Where a run finds the stand-in for Dev Forge."""

    def needs(self, tree: SourceTree) -> object:
        """What `fetch` goes by: equal for two versions that need the same."""

    def fetch(self, tree: SourceTree, scratch: Path, limits: Limits) -> Fetched:
        """Fetch what `tree` asks for below `scratch`, running nothing."""

    def prepare(self, tree: SourceTree, fetched: Fetched, scratch: Path) -> None:
        """Leave below `scratch` what runs read; `view` shows it to them."""

    def view(self, source: Path, fetched: Fetched, scratch: Path, limits: Limits) -> View:
        """What a run of this language sees."""

    def framework(self, tree: SourceTree, fetched: Fetched) -> Framework | Failure | None:
        """What the tests are run with: None where there are none, Failure where it is not there."""

    def test_command(self, tree: SourceTree) -> list[str]:
        """Start the extension's tests."""

    def start_command(self, *words: str) -> list[str]:
        """Start the harness that activates an entry, or times a function."""

    def coverage(self, tree: SourceTree, answer: TestsAnswer) -> tuple[FileCoverage, ...]:
        """Lines of the extension's own files that its tests ran."""
