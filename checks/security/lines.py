"""Command lines of attackers' trade, wherever they stand: in code, in hooks, in shell scripts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import milder, place_of
from checks.security.commands import COMMANDS, MINERS, Command
from checks.security.rules import REMEDIES
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_CODE = re.compile(r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?)", re.IGNORECASE)
_SHELL = re.compile(r".*\.(?:sh|bash|zsh|ps1|bat|cmd|command)", re.IGNORECASE)
_SETTINGS = re.compile(r".*\.(?:json|ya?ml|toml|ini|cfg|conf)", re.IGNORECASE)
_OF_TOOLS = re.compile(r"^package|lock|^tsconfig|^\.|^pyproject|^setup\.cfg|compose|^devforge")
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*|::|rem\s)", re.IGNORECASE)
_LONGEST_LINE = 5_000
_READ_CHARACTERS = 2_000_000
_CALL = re.compile(
    r"\b(?:system|popen|run|call|check_call|check_output|Popen|getoutput|exec|execSync|spawn"
    r"|spawnSync|execFile|execFileSync|create_subprocess_\w+)\s*\("
)


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each such line of code or shell."""
    for path, file in submission.tree.files.items():
        if file.mode in ("file", "executable") and file.is_text:
            if _CODE.fullmatch(path):
                yield from _code(submission, file)
            elif _SHELL.fullmatch(path):
                yield from _script(submission, file)
            elif _SETTINGS.fullmatch(path):
                yield from _lines(submission, file, MINERS, MINERS.severity)
                yield from _offered(submission, file)


def _code(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """In code, a command counts where it is called, on its line or at most two lines above."""
    lower = file.text.lower()
    for command in COMMANDS:
        if command.may_be_in(lower):
            yield from _lines(
                submission, file, command, command.severity, called=command.where_called
            )


def _offered(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """Commands that lie in the extension's data, to be offered or run."""
    name = file.path.rpartition("/")[2].lower()
    if place_of(file.path) == "source" and not _OF_TOOLS.search(name):
        for command in COMMANDS:
            if command is not MINERS and command.may_be_in(file.text.lower()):
                yield from _lines(submission, file, command, "person")


def _script(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """A script waits to be started by hand, so only what no one would start by hand blocks."""
    mild: Severity = "person" if place_of(file.path) == "source" else "info"
    for command in COMMANDS:
        yield from _lines(
            submission, file, command, mild if command.where_called else command.severity
        )


def _lines(
    submission: Submission,
    file: SourceFile,
    command: Command,
    severity: Severity,
    *,
    called: bool = False,
) -> Iterator[Finding]:
    text = file.text[:_READ_CHARACTERS]
    if not command.pattern.search(text):
        return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST_LINE or _COMMENT.match(line) or not command.pattern.search(line):
            continue
        if not called or _CALL.search("\n".join(lines[max(0, number - 3) : number])):
            yield _finding(submission, file.path, number, command, severity)


def _finding(
    submission: Submission, path: str, number: int, command: Command, severity: Severity
) -> Finding:
    return command.rule.finding(
        at=path,
        line=number,
        problem=f"line {number}: {command.says}",
        remedy=REMEDIES[command.rule.id],
        severity=milder(severity, path, submission),
    )
