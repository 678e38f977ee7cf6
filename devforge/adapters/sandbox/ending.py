"""How a run in the sandbox ended, and what it printed, made fit to be shown. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# exited: by itself; the rest say which limit ended it, `killed` that a signal from within did.
Ending = Literal["exited", "timed out", "memory", "output flood", "file flood", "killed"]

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|\x1b[\]PX^_][^\n]*?(?:\x07|\x1b\\|\x9c|(?=\n)|$)"  # titles, links, device control
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
# Control characters but tab and newline, and those that reorder or hide text.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finished run. `result` is what the program wrote to its result channel: hostile bytes."""

    ending: Ending
    status: int | None  # the exit status, 128 + signal if killed; None where a limit ended it
    output: str  # the last of what it printed, fit to be shown
    result: bytes
    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int

    @property
    def is_success(self) -> bool:
        return self.ending == "exited" and self.status == 0

    def last_lines(self, count: int = 20, *, width: int = 200) -> str:
        """The last lines printed, each cut at `width`; empty where nothing was."""
        lines = [line.rstrip()[:width] for line in self.output.splitlines()]
        return "\n".join([line for line in lines if line][-count:])


def plain(text: str) -> str:
    """Return `text` without terminal escapes, control characters and invisible ones."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", _ESCAPES.sub("", text))
