"""oxlint over JavaScript and TypeScript files, with our choice of rules and no other settings.

Only what is wrong, never what is merely unusual. A line's own `eslint-disable` is honoured, since
quality is its author's business; syntax errors cannot be silenced.
"""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path, PurePosixPath

from devforge.adapters import nodetools
from devforge.adapters.node import node_program
from devforge.adapters.program import ToolFailed, read_answer, run_program
from devforge.model.base import Foreign
from devforge.model.observed import Missing, ToolFinding

SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_CONFIGURATION = Path(nodetools.__file__).with_name("oxlint.json")
_SECONDS = 60


class _Span(Foreign):
    line: int = 1


class _Label(Foreign):
    span: _Span


class _Line(Foreign):
    message: str
    filename: str
    code: str = ""  # absent where the file could not be parsed
    labels: list[_Label] = []


class _Output(Foreign):
    diagnostics: list[_Line]
    number_of_files: int


def lint_javascript(
    directory: Path, *, program: tuple[str, ...] | None = None, seconds: float = _SECONDS
) -> tuple[ToolFinding, ...] | Missing:
    """Return what oxlint says of the JavaScript and TypeScript in `directory`, in order of place."""
    # Each file by its name: what lies in a directory can be ignored, what is named cannot.
    paths = (path for path in directory.rglob("*") if path.suffix in SUFFIXES)
    wanted = sorted(f"./{path.relative_to(directory)}" for path in paths)
    if not wanted:
        return ()
    try:
        answer = run_program(
            [
                *(program or _program()), "--format", "json", "--config", str(_CONFIGURATION),
                "--disable-nested-config", "--no-ignore", *wanted,
            ],
            tool="oxlint", directory=directory, seconds=seconds, codes=(0, 1),
        )  # fmt: skip
        output = read_answer("oxlint", answer, _Output)
    except ToolFailed as error:
        return Missing(reason=str(error))
    if output.number_of_files < len(wanted):
        return Missing(reason=f"oxlint read {output.number_of_files} of {len(wanted)} files")
    return tuple(sorted(map(_finding, output.diagnostics), key=attrgetter("place")))


def _program() -> tuple[str, ...]:
    script = nodetools.installed() / "node_modules" / "oxlint" / "bin" / "oxlint"
    return (node_program(), str(script))


def _finding(line: _Line) -> ToolFinding:
    return ToolFinding(
        tool="oxlint",
        code=line.code.removeprefix("eslint(").removesuffix(")") or "invalid-syntax",
        path=str(PurePosixPath(line.filename)),
        line=line.labels[0].span.line if line.labels else 1,
        message=line.message,
    )
