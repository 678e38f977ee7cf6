"""What a program printed, as a finding quotes it: one line, beginning and end, paths as the author's."""

from __future__ import annotations

_FIRST, _LAST = 2, 6
_LONGEST_LINE = 160


def quoted(output: str) -> str:
    """Return the first two and last six lines of `output` in one; empty where nothing was printed."""
    lines = [_cut(line.strip().replace("/work/", "")) for line in output.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > _FIRST + _LAST:
        lines = [*lines[:_FIRST], "…", *lines[-_LAST:]]
    return " | ".join(lines)


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
