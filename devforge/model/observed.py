"""What was observed of a submission before any check looks at it, as plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints

from devforge.model.base import Strict
from devforge.model.ranges import Range

T = TypeVar("T")
Named = Annotated[str, StringConstraints(max_length=214)]
Said = Annotated[str, StringConstraints(max_length=500)]


class Missing(Strict):
    """A tool gave no answer. `reason` is ours to read, never the author's fault; it blocks."""

    reason: str


Mode = Literal["file", "executable", "symlink", "submodule"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One entry of the extension's Git tree; a symlink's content is its target."""

    path: str
    mode: Mode
    content: bytes

    @property
    def is_plain(self) -> bool:
        """Whether it is a file of its own: neither a link nor another repository."""
        return self.mode in ("file", "executable")

    @property
    def is_text(self) -> bool:
        return b"\0" not in self.content[:8192]

    @property
    def text(self) -> str:
        """The content as text, undecodable bytes replaced."""
        return self.content.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class SourceTree:
    """The extension at its pinned commit, read from Git objects; paths in Git's order."""

    files: Mapping[str, SourceFile]
    lent: Collection[str] = (
        frozenset()
    )  # what of it lies at the repository's root, not in the directory

    @property
    def sha256(self) -> str:
        """A name for exactly these paths, modes and bytes, whatever packed them."""
        digest = hashlib.sha256()
        for path in sorted(self.files):
            file = self.files[path]
            inner = hashlib.sha256(file.content).hexdigest()
            digest.update(f"{path}\0{file.mode}\0{inner}\n".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def get(self, path: str) -> SourceFile | None:
        return self.files.get(path)


class ToolFinding(Strict):
    """One line of a tool, in the tool's own words; a check maps it into ours."""

    tool: Literal["ruff", "oxlint", "bandit", "semgrep"]
    code: str
    path: str
    line: Annotated[int, AfterValidator(lambda line: max(1, line))]  # a tool's 0 is the whole file
    message: str
    severity: str = ""

    @property
    def place(self) -> tuple[str, int, str, str]:
        """What findings are put in order by."""
        return self.path, self.line, self.code, self.message


class DependencyFact(Strict):
    """One dependency as the extension declares it."""

    ecosystem: Literal["PyPI", "npm"]
    name: str
    requirement: str
    source: str  # the file and, where known, line that asks for it
    locked: str | None = None  # the exact version a lock pins, if any
    hashed: bool = False
    for_tests: bool = False
    direct: bool = True  # False: only a lock names it, because something else needs it
    lock: str = (
        ""  # the file that pins it, and what that has fetched: an address, or `npm:NAME@VERSION`
    )
    origin: str = ""


Framework = Literal["pytest", "unittest", "node", "mocha", "jest", "vitest"]


class TestRun(Strict):
    """What the extension's own tests said, run in the sandbox."""

    __test__: ClassVar[bool] = False  # not a test of ours, whatever its name suggests to pytest
    framework: Framework
    passed: int
    failed: int
    skipped: int
    failures: tuple[str, ...] = ()  # at most twenty, each one line
    seconds: float = 0.0


class FileCoverage(Strict):
    """Lines of one file that its tests ran; `missing` lists those they did not, `ran` those they did."""

    path: str
    covered: int
    total: int
    missing: tuple[int, ...] = ()
    ran: tuple[int, ...] = ()


class Timing(Strict):
    """Seconds over several runs."""

    median: float
    low: float
    high: float
    runs: int


class Failure(Strict):
    """The extension's own code failed in the sandbox: the author's to mend, unlike `Missing`."""

    what: str
    output: str = ""  # the last lines it printed, control characters removed


Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Bytes = Annotated[int, Field(ge=0, le=2**50)]


class Sample(Strict):
    """One thing measured several times, in the order of the runs."""

    seconds: Annotated[tuple[Seconds, ...], Field(max_length=100)]
    memory_bytes: Annotated[tuple[Bytes, ...], Field(max_length=100)] = ()


class Compared(Strict):
    """This version and the one before, started by turns on one machine in one run."""

    new: Sample
    previous: Sample


class ImportCost(Strict):
    """What one package or file takes of a start: by itself, without what it loads in turn."""

    name: Named
    seconds: Seconds


class Activation(Strict):
    """What starting the extension costs beside the reference extension, in the same run."""

    seconds: Timing
    reference_seconds: Timing
    memory_bytes: int
    reference_memory_bytes: int
    # Beside the version before: None where there is none, Failure where that one does not start.
    compared: Compared | Failure | Missing | None = None
    # What a start spends most on, dearest first; looked at only where a start is slow.
    imports: Annotated[tuple[ImportCost, ...], Field(max_length=10)] = ()


class LineActivation(Strict):
    """Whether it starts in the stand-in for one line of Dev Forge's releases."""

    releases: Range
    result: Literal["started"] | Failure | Missing


class BenchmarkRun(Strict):
    """One declared benchmark; `compared` where the version before declares it too."""

    name: str
    result: Timing | Failure
    compared: Compared | None = None


class Trial(Strict):
    """What running the extension in the sandbox showed. What is here decides nothing but coverage and
    performance, and can only make compatibility and dependencies worse: the job that wrote it ran a
    stranger's code."""

    tests: TestRun | Failure | Missing | None = None  # None: the extension has no tests
    coverage: tuple[FileCoverage, ...] | Missing = ()
    activation: Activation | Failure | Missing
    lines: Annotated[tuple[LineActivation, ...], Field(max_length=32)] = ()
    benchmarks: tuple[BenchmarkRun, ...] | Missing = ()
    machine: Named = "a machine it does not name"  # what it ran on: "Linux on x86_64, 4 processors"
    # What the package index said of dependencies that could not be had: name → reason.
    unresolvable: Annotated[dict[Named, Said], Field(max_length=300)] | Missing = {}
