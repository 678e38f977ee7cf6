"""What is wrong with a file somebody wrote. Imports nothing, so that reading a file starts fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file we parse: where, what was found, what to do."""

    at: str  # file, or file and dotted field: "devforge.yaml: engines.devforge"
    problem: str
    remedy: str
    line: int | None = None
