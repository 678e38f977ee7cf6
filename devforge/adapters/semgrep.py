"""semgrep with the rules of checks/rules, offline, all of them compiled in one start.

The wheel's `semgrep-core`, called by the name `osemgrep`, starts twenty times faster than the
Python front door and finds the same (tests/checks hold the two against each other). If it fails,
the front door is tried. Much code is divided among as many starts as there are processors, each with one
job: two jobs of one start compute half as much again, for each waits until the other tidies its memory
too, and twice as much where anything else runs. Comments in the files cannot switch a rule off, and a file
that was not read is itself a finding, `unread`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path

import checks
from devforge.adapters.program import (
    ToolFailed,
    ToolTooSlow,
    find_program,
    read_answer,
    run_program,
)
from devforge.model.base import Foreign
from devforge.model.observed import Missing, ToolFinding

RULES = Path(checks.__file__).with_name("rules")
SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
UNREAD = "unread"
_SECONDS = 240
_SECONDS_PER_MEGABYTE = 60
_MOST_SECONDS = 900  # half of what the job has
_SECONDS_PER_RULE = 15
_MOST_STARTS = 4
_BYTES_PER_START = 50_000  # worth compiling the rules once more


class _Start(Foreign):
    line: int


class _Extra(Foreign):
    message: str
    severity: str


class _Result(Foreign):
    check_id: str
    path: str
    start: _Start
    extra: _Extra


class _Error(Foreign):
    path: str | None = None
    level: str = ""
    message: str = ""
    type: object = None

    @property
    def kind(self) -> tuple[str, tuple[int, ...]]:
        """What went wrong, and the lines where each part begins that was not read, if it says so."""
        if not (isinstance(self.type, list) and self.type):
            return str(self.type), ()
        spans = self.type[1] if len(self.type) > 1 and isinstance(self.type[1], list) else []
        lines = [span.get("start", {}).get("line") for span in spans if isinstance(span, dict)]
        return str(self.type[0]), tuple(
            line for line in lines if isinstance(line, int) and line > 0
        )


class _Paths(Foreign):
    scanned: list[str]


class _Output(Foreign):
    results: list[_Result]
    errors: list[_Error]
    paths: _Paths


def scan(
    directory: Path,
    *,
    rules: Path = RULES,
    programs: Sequence[Sequence[str]] | None = None,
    seconds: float | None = None,
) -> tuple[ToolFinding, ...] | Missing:
    """Return what our rules say of the code in `directory`, in order of place.

    Args:
        programs: the command lines to try in turn; by default the fast one, then the plain one.
        seconds: how long it may take; by default what a job has, of which it may compute for longer
            the more code there is.
    """
    found = (path for path in directory.rglob("*") if path.suffix in SUFFIXES)
    sizes = {str(path.relative_to(directory)): path.stat().st_size for path in found}
    if not sizes:
        return ()
    allowed = seconds or _MOST_SECONDS, seconds_for(sizes.values())
    shares, reasons = _shares(sizes), list[str]()
    with (
        tempfile.TemporaryDirectory(prefix="devforge-semgrep-") as home,
        ThreadPoolExecutor(len(shares)) as pool,
    ):
        for program in programs or _programs(Path(home)):
            runs = [
                pool.submit(_run, program, directory, share, rules, allowed) for share in shares
            ]
            try:
                said = [finding for run in runs for finding in run.result()]
            except ToolTooSlow as error:
                reasons.append(str(error))
                break
            except ToolFailed as error:
                reasons.append(str(error))
            else:
                return tuple(sorted(set(said), key=attrgetter("place")))
    return Missing(reason="; then ".join(reasons))


def _shares(sizes: Mapping[str, int]) -> list[list[str]]:
    """Divide files among starts so that each has about as many bytes to read."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    count = min(processors, _MOST_STARTS, 1 + sum(sizes.values()) // _BYTES_PER_START, len(sizes))
    shares: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        lightest = loads.index(min(loads))
        shares[lightest].append(name)
        loads[lightest] += sizes[name]
    return shares


def seconds_for(sizes: Iterable[int]) -> float:
    """Return how long the processor may be at work on files of these sizes."""
    return min(_MOST_SECONDS, _SECONDS + _SECONDS_PER_MEGABYTE * sum(sizes) / 1e6)


def _programs(home: Path) -> Iterator[tuple[str, ...]]:
    """The fast way, if the wheel has it, then the plain way."""
    if core := core_program():
        link = home / "osemgrep"
        link.symlink_to(core)
        yield (str(link), "scan", "--experimental")
    try:
        yield (find_program("semgrep"), "scan")
    except ToolFailed:
        if not core:
            raise


def core_program() -> Path | None:
    """Return the wheel's own semgrep-core, or None where the wheel has none."""
    spec = find_spec("semgrep")
    places = spec.submodule_search_locations if spec else None
    core = Path(next(iter(places))) / "bin" / "semgrep-core" if places else None
    return core if core and core.is_file() else None


def _run(
    program: Sequence[str],
    directory: Path,
    names: Sequence[str],
    rules: Path,
    allowed: tuple[float, float],
) -> list[ToolFinding]:
    """Return what one start says of some files; `allowed` are its seconds by the clock and the processor."""
    seconds, computing = allowed
    with tempfile.TemporaryDirectory(prefix="devforge-semgrep-home-") as home:
        answer = run_program(
            [
                *program, "--metrics=off", "--disable-version-check", "--disable-nosem", "--jobs=1",
                "--no-git-ignore", "--x-ignore-semgrepignore-files", "--json", "--quiet",
                "--max-target-bytes=0", f"--timeout={_SECONDS_PER_RULE}", "--timeout-threshold=1",
                "--max-memory=2000", "--config", str(rules), *(f"./{name}" for name in names),
            ],
            tool="semgrep", directory=directory, codes=(0, 1), seconds=seconds, processor_seconds=computing,
            environment={
                "HOME": home,
                "SEMGREP_SETTINGS_FILE": f"{home}/settings.yml",
                "SEMGREP_SEND_METRICS": "off",
                "SEMGREP_ENABLE_VERSION_CHECK": "0",
            },
        )  # fmt: skip
    output = read_answer("semgrep", answer, _Output)
    return [*_findings(output), *_unread(output, names)]


def _findings(output: _Output) -> Iterator[ToolFinding]:
    for result in output.results:
        yield ToolFinding(
            tool="semgrep",
            code=result.check_id.rpartition(".")[2],
            path=result.path.removeprefix("./"),
            line=result.start.line,
            message=" ".join(result.extra.message.split()),
            severity=result.extra.severity,
        )


def _unread(output: _Output, wanted: Iterable[str]) -> Iterator[ToolFinding]:
    """A finding for each file that no rule, or not every rule, has seen the whole of.

    Raises:
        ToolFailed: an error that is no file's, such as a rule that does not compile.
    """
    whole = {path.removeprefix("./") for path in output.paths.scanned}
    for error in output.errors:
        if error.path is None:
            raise ToolFailed(f"semgrep: {' '.join(error.message.split())[:300]}")
        path = error.path.removeprefix("./")
        kind, spans = error.kind
        for line in spans or (1,):
            yield _not_read(path, kind, line)
    for path in {*wanted} - whole:
        yield _not_read(path, "passed over")


def _not_read(path: str, why: str, line: int = 1) -> ToolFinding:
    return ToolFinding(tool="semgrep", code=UNREAD, path=path, line=line, message=why)
