"""What the exit codes mean. `check` has its own four: would merge, mend, person (nothing to mend), no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devforge.model.verdict import Outcome

FAILED = 1  # it did not work, or a rule said no
NO_VERDICT = 3  # `check` could not tell; also a bug of ours
USAGE = 64  # the command line or a file it names is wrong (EX_USAGE)
INTERRUPTED = 130

OUTCOMES: dict[Outcome, int] = {
    "merge": 0,
    "wait": 0,
    "mend": 1,
    "person": 2,
    "no verdict": NO_VERDICT,
}
