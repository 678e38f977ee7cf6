"""bandit over Python files: the few of its questions that ours do not ask, and no `nosec`."""

from __future__ import annotations

from pathlib import Path

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


class _Output(Foreign):
    results: list[_Result]


def scan_python(
    directory: Path, *, program: str | None = None, seconds: float = _SECONDS
) -> tuple[ToolFinding, ...] | Missing:
    """Return what bandit says of the Python files in `directory`, in order of place.

    A file it cannot parse is passed over: ruff reports those.
    """
    if not any(path.suffix in SUFFIXES for path in directory.rglob("*")):
        return ()
    try:
        answer = run_program(
            [
                program or find_program("bandit"), "-r", ".", "-f", "json", "-q",
                "--ignore-nosec", "--exit-zero", "-t", ",".join(CODES), "-x", "",
            ],
            tool="bandit", directory=directory, seconds=seconds,
        )  # fmt: skip
        output = read_answer("bandit", answer.output, _Output)
    except ToolFailed as error:
        return Missing(reason=str(error))
    return tuple(sorted(map(_finding, output.results), key=_place))


def _finding(result: _Result) -> ToolFinding:
    return ToolFinding(
        tool="bandit",
        code=result.test_id,
        path=result.filename.removeprefix("./"),
        line=result.line_number,
        message=result.issue_text,
        severity=result.issue_severity,
    )


def _place(finding: ToolFinding) -> tuple[str, int, str]:
    return finding.path, finding.line, finding.code
