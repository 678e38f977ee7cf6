"""The files through which a step sets variables and outputs.

Source: GitHub's documentation, "Workflow commands for GitHub Actions", Environment files.
"""

from __future__ import annotations

from pathlib import Path

from devforge.errors import BadInput

MAX_BYTES = 10_000_000
MAX_SUMMARY_BYTES = 1_048_576
_PROTECTED = ("GITHUB_", "RUNNER_")


def read_pairs(path: Path) -> dict[str, str]:
    """Return what was written as `name=value` or `name<<DELIMITER` … `DELIMITER`.

    Raises:
        BadInput: a line is neither, or a delimiter is never repeated.
    """
    lines = _content(path).split("\n")
    pairs: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at].removesuffix("\r")
        at += 1
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc > 0 and not 0 <= equals < heredoc:
            name, delimiter = line[:heredoc], line[heredoc + 2 :]
            value, at = _until(lines, at, delimiter)
        elif equals > 0:
            name, value = line[:equals], line[equals + 1 :]
        else:
            raise BadInput(f"invalid format {line[:80]!r}: write name=value or name<<DELIMITER")
        pairs[name] = value
    return pairs


def read_variables(path: Path) -> dict[str, str]:
    """Return GITHUB_ENV's pairs. Raises BadInput where one may not be set, as on GitHub."""
    pairs = read_pairs(path)
    for name in pairs:
        if name.upper() == "NODE_OPTIONS" or name.upper().startswith(_PROTECTED):
            raise BadInput(f"GITHUB_ENV: {name} may not be set by a step")
    return pairs


def read_lines(path: Path) -> list[str]:
    """Return the lines of GITHUB_PATH that are not blank."""
    return [line.strip() for line in _content(path).splitlines() if line.strip()]


def read_summary(path: Path) -> str:
    """Return the step's summary; one above 1 MiB is refused as on GitHub."""
    size = path.stat().st_size if path.exists() else 0
    if size > MAX_SUMMARY_BYTES:
        raise BadInput(f"GITHUB_STEP_SUMMARY holds {size} bytes; {MAX_SUMMARY_BYTES} are allowed")
    return _content(path)


def _until(lines: list[str], at: int, delimiter: str) -> tuple[str, int]:
    for end in range(at, len(lines)):
        if lines[end].removesuffix("\r") == delimiter:
            return "\n".join(lines[at:end]), end + 1
    raise BadInput(f"the delimiter {delimiter[:80]!r} is never repeated: end the value with it")


def _content(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadInput(f"{path.name} holds more than {MAX_BYTES} bytes")
    return content.decode("utf-8", "replace").removeprefix("\ufeff")
