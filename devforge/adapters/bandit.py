"""bandit over Python files: the few of its questions that ours do not ask, and no `nosec`."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path, PurePosixPath

from devforge.adapters.program import ToolFailed, find_program, read_answer, run_program
from devforge.model.base import Foreign
from devforge.model.observed import Missing, ToolFinding

SUFFIXES = (".py",)
# Each has a place in checks/security.py; the others of bandit's are matters of taste here.
CODES = (
    "B104", "B202", "B301", "B302", "B323", "B501", "B502", "B506",
    "B602", "B604", "B605", "B609", "B614",
)  # fmt: skip
_SECONDS = 120


class _Result(Foreign):
    test_id: str
    filename: str
    line_number: int
    issue_text: str
    issue_severity: str


class _Error(Foreign):
    filename: str
    reason: str


class _Output(Foreign):
    results: list[_Result]
    errors: list[_Error]


def scan_python(
    directory: Path, *, program: str | None = None, seconds: float = _SECONDS
) -> tuple[ToolFinding, ...] | Missing:
    """Return what bandit says of the Python files in `directory`, in order of place.

    A file it cannot parse is passed over, since ruff reports those; one on which it failed
    otherwise is a finding itself, `unread`.
    """
    # Each file by its name: bandit obeys a `.bandit` it meets in a directory it is given.
    paths = (path for path in directory.rglob("*") if path.suffix in SUFFIXES)
    wanted = sorted(f"./{path.relative_to(directory)}" for path in paths)
    if not wanted:
        return ()
    try:
        answer = run_program(
            [
                program or find_program("bandit"), "-f", "json", "-q",
                "--ignore-nosec", "--exit-zero", "-t", ",".join(CODES), "-x", "", *wanted,
            ],
            tool="bandit", directory=directory, seconds=seconds,
        )  # fmt: skip
        output = read_answer("bandit", answer, _Output)
    except ToolFailed as error:
        return Missing(reason=str(error))
    unread = [_unread(error) for error in output.errors if "syntax" not in error.reason]
    return tuple(sorted([*map(_finding, output.results), *unread], key=attrgetter("place")))


def _finding(result: _Result) -> ToolFinding:
    return ToolFinding(
        tool="bandit",
        code=result.test_id,
        path=str(PurePosixPath(result.filename)),
        line=result.line_number,
        message=result.issue_text,
        severity=result.issue_severity,
    )


def _unread(error: _Error) -> ToolFinding:
    path = str(PurePosixPath(error.filename))
    return ToolFinding(tool="bandit", code="unread", path=path, line=1, message=error.reason)
