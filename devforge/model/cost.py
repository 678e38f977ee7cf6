"""What a run costs: requests to GitHub and the machines' time, added up from job to job.

What other jobs say of themselves is only shown, never judged by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from devforge.model.base import Strict


class Spent(Strict):
    """What one job cost until it said so: requests to GitHub, and seconds of its machine."""

    requests: Annotated[int, Field(ge=0, le=100_000)] = 0
    seconds: Annotated[float, Field(ge=0, le=6 * 3600, allow_inf_nan=False)] = 0.0


def cost_in_words(jobs: Iterable[Spent], submissions: int) -> str:
    """Return one line on the jobs of a run, for its summary: as used, and as a private one is billed."""
    spent = list(jobs)
    requests, seconds = sum(s.requests for s in spent), sum(s.seconds for s in spent)
    billed = sum(max(1, math.ceil(s.seconds / 60)) for s in spent)
    jobs_said = f"{len(spent)} job{'s' if len(spent) != 1 else ''}"
    whose = f" for {submissions} pull requests" if submissions != 1 else ""
    return (
        f"So far{whose}: {requests} requests to GitHub and {seconds / 60:.1f} minutes of {jobs_said} "
        f"({billed} where each begun minute of a job is billed)."
    )
