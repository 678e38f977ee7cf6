"""bandit over Python files: the few of its questions that ours do not ask, and no `nosec`.

Starting bandit and letting it walk a file costs far more than looking whether the file has the
words without which none of those questions can be answered with yes: only the others are shown to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path, PurePosixPath

from devforge.adapters.program import ToolFailed, find_program, read_answer, run_program
from devforge.model.base import Foreign
from devforge.model.observed import Missing, ToolFinding

SUFFIXES = (".py",)
_SHELL = r"\bshell(?:\s|\\|#[^\n]*\n)*="
# Each code has a place in checks/security/code.py; the others of bandit's are matters of taste
# here. Beside it stand patterns that all occur in any file of which bandit says it.
_SIGNS: dict[str, tuple[str, ...]] = {
    "B104": (r"0\.0\.0\.0",),
    "B202": (r"tarfile", r"extractall"),
    "B301": (r"pickle|dill|shelve", r"load|Unpickler|decode|read_pickle|shelve"),
    "B302": (r"marshal", r"load"),
    "B323": (r"_create_unverified_context",),
    "B501": (r"requests|httpx", r"verify"),
    "B502": (r"SSLv|TLSv1",),
    "B506": (r"yaml", r"load"),
    "B602": (_SHELL,),
    "B604": (_SHELL,),
    "B605": (r"\b(?:system|popen|getoutput|getstatusoutput|Popen[34])",),
    "B609": (rf"{_SHELL}|\b(?:system|popen|getoutput|getstatusoutput|Popen[34])",),
    "B614": (r"torch", r"load"),
}
CODES = tuple(_SIGNS)
_COMPILED = {tuple(map(re.compile, patterns)) for patterns in _SIGNS.values()}
_CODED = re.compile(
    rb"\A(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*(?!utf-?8\b|ascii\b|latin-?1\b)", re.IGNORECASE
)
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
    directory: Path,
    *,
    program: str | None = None,
    seconds: float = _SECONDS,
    shown: Callable[[bytes], bool] | None = None,
) -> tuple[ToolFinding, ...] | Missing:
    """Return what bandit says of the Python files in `directory`, in order of place.

    Args:
        shown: whether bandit gets to see a file of that content; by default, if it has the words.

    A file it cannot parse is passed over, since ruff reports those; one on which it failed
    otherwise is a finding itself, `unread`.
    """
    # Each file by its name: bandit obeys a `.bandit` it meets in a directory it is given.
    paths = (path for path in directory.rglob("*") if path.suffix in SUFFIXES)
    wanted = sorted(
        f"./{path.relative_to(directory)}"
        for path in paths
        if (shown or _is_worth_showing)(path.read_bytes())
    )
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


def _is_worth_showing(content: bytes) -> bool:
    """Whether bandit could have anything to say of a file. Names are compared as Python reads them."""
    if _CODED.match(content):
        return True
    text = content.decode("utf-8", "replace")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return any(all(sign.search(text) for sign in signs) for signs in _COMPILED)


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
