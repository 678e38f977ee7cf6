"""What the operator reads: lines of the inbox, and the text below a halt's pull request. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from devforge.health.plan import Halt, Tell
from devforge.model.escape import markdown

SECTION, HEADING = "health", "Versions that do not start"


def inbox_lines(
    tells: Iterable[Tell], troubles: Iterable[str], *, measured: str, repository: str
) -> tuple[str, ...]:
    """Return what waits for the operator, each with the command that settles it.

    Args:
        measured: how the numbers came about, in words.
        troubles: why they may be wrong.
    """
    return (
        *(
            f"`{tell.id}` {tell.version} {tell.what} ({measured}). `devforge operator {tell.verb} "
            f"{tell.id} {tell.version} --propose {repository}` {_LEADS_TO[tell.verb]}"
            for tell in tells
        ),
        *(markdown(trouble, 400) for trouble in troubles),
    )


def pull_text(halt: Halt, *, measured: str, repository: str) -> str:
    """Return why a version is halted, and how to go on with it."""
    return (
        f"`{halt.id}` {halt.version} {halt.why} ({measured}). Nobody gets it who does not have it; who has it "
        f"keeps it.\n\nTo go on: `devforge operator resume {halt.id} {halt.version} --propose {repository}`. "
        "What was reported until then does not halt it again."
    )


def measured_by(logs: Iterable[str], days: int) -> str:
    """Return how reports are counted, in words."""
    return (
        f"reports of users who switched them on, each network once, in the logs {', '.join(logs)} "
        f"of the last {days} days"
    )


_LEADS_TO = {"halt": "halts it", "resume": "goes on with it, and settles what was reported so far"}
