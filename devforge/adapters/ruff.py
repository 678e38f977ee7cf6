"""ruff over Python files, with our choice of rules and none of the extension's settings.

Only what is wrong, never what is merely unusual: undefined names, formats that cannot work,
comparisons that are always the same, and syntax no Python can read. A line's own `noqa` is
honoured, since quality is its author's business; syntax errors cannot be silenced.
"""

from __future__ import annotations

import json
from operator import attrgetter
from pathlib import Path

from devforge.adapters.program import ToolFailed, find_program, read_answer, run_program
from devforge.model.base import Foreign
from devforge.model.observed import Missing, ToolFinding

SUFFIXES = (".py", ".pyi")
_RULES = "E9,F50,F52,F63,F70,F82,PLE,B012,B015,B020,B025,B029,F601,F602,F622,F811"
# Exports computed at run time are ordinary, and so is a bare `raise` in what handlers call.
_NOT = "PLE0604,PLE0605,PLE0704,F822"
# Names that translation tools, IPython and old Pythons put there.
_BUILTINS = ["_", "N_", "ngettext", "pgettext", "npgettext", "get_ipython", "WindowsError",
             "unicode", "basestring", "long", "xrange", "raw_input", "unichr", "reduce"]  # fmt: skip
_SECONDS = 60


class _Place(Foreign):
    row: int


class _Line(Foreign):
    code: str | None
    filename: str
    location: _Place
    message: str


def lint_python(
    directory: Path, *, program: str | None = None, seconds: float = _SECONDS
) -> tuple[ToolFinding, ...] | Missing:
    """Return what ruff says of the Python files in `directory`, in order of place."""
    if not any(path.suffix in SUFFIXES for path in directory.rglob("*")):
        return ()
    try:
        answer = run_program(
            [
                program or find_program("ruff"), "check", "--isolated", "--no-cache", "--quiet",
                "--no-respect-gitignore", "--exit-zero", "--output-format", "json",
                "--target-version", "py314", "--config", f"builtins = {json.dumps(_BUILTINS)}", "--select", _RULES, "--ignore", _NOT, "--", ".",
            ],
            tool="ruff", directory=directory, seconds=seconds,
        )  # fmt: skip
        lines = read_answer("ruff", answer, list[_Line])
    except ToolFailed as error:
        return Missing(reason=str(error))
    return tuple(sorted((_finding(line, directory) for line in lines), key=attrgetter("place")))


def _finding(line: _Line, directory: Path) -> ToolFinding:
    name = line.filename.removeprefix(f"{directory.resolve()}/").removeprefix(f"{directory}/")
    return ToolFinding(
        tool="ruff",
        code=line.code or "invalid-syntax",
        path=name,
        line=line.location.row,
        message=line.message,
    )
