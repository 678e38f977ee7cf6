"""Which open pull requests want a look now, and why the others do not. Pure.

The event wakes a run, the state decides: a lost, doubled or late event changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from devforge.adapters.github_answers import Pull
from devforge.review.memory import Memory


@dataclass(frozen=True, slots=True)
class Queue:
    """Pull requests to review, the oldest first; to ask for people's words; notes on the rest."""

    review: tuple[Pull, ...]
    news: tuple[Pull, ...]  # have a verdict, and something happened since, or their time has come
    notes: tuple[str, ...]


def choose(
    pulls: Iterable[Pull],
    memories: Mapping[int, Memory],
    *,
    branch: str,
    retries: int,
    now: datetime,
    only: int | None = None,
) -> Queue:
    """Return what to do with each open pull request.

    Args:
        branch: the registry's default branch; what aims at another is not ours.
        retries: looks at one head without a verdict before a person is asked.
        now: the server's time.
        only: review this one whatever is remembered of it, and no other.
    """
    open_pulls = sorted(pulls, key=lambda pull: pull.number)
    numbers = {pull.number for pull in open_pulls}
    review: list[Pull] = []
    news: list[Pull] = []
    notes: list[str] = []
    for pull in open_pulls:
        if only is not None and pull.number != only:
            continue
        memory = memories.get(pull.number)
        not_ours = _not_ours(pull, branch)
        why_not = not_ours or _why_not(pull, memory, retries, numbers)
        if why_not is None or (only is not None and memory is not None):
            review.append(pull)
        elif memory and not not_ours and (_has_news(pull, memory) or is_over(memory, now)):
            news.append(pull)
        else:
            notes.append(f"leave    #{pull.number}   {why_not}")
    return Queue(tuple(review), tuple(news), tuple(notes))


def is_over(memory: Memory, now: datetime) -> bool:
    """Whether a wait that the policy's clock asked for has ended."""
    return memory.outcome == "wait" and memory.not_before is not None and now >= memory.not_before


def _has_news(pull: Pull, memory: Memory) -> bool:
    """Whether somebody may have said something since: times are whole seconds, so one look within
    the very second is too few."""
    return not memory.settled or memory.seen != pull.updated_at


def _not_ours(pull: Pull, branch: str) -> str | None:
    if pull.base.ref != branch:
        return f"aims at {pull.base.ref}, not at {branch}"
    return "a draft: reviewed when its author says it is ready" if pull.draft else None


def _why_not(pull: Pull, memory: Memory | None, retries: int, open_numbers: set[int]) -> str | None:
    if memory is None or memory.head != pull.head.sha or memory.again:
        return None
    if memory.waits_for and not open_numbers.intersection(memory.waits_for):
        return None  # what stood in its way is gone
    return _settled(memory, retries)


def _settled(memory: Memory, retries: int) -> str | None:
    """Why the last word on this head stands; None where it was none, or no merge followed it."""
    if memory.outcome == "mend":
        return "its author's turn"
    if memory.outcome == "person":
        return "waits for a person"
    if memory.outcome == "wait":
        return f"its name stays open to objections until {memory.not_before:%Y-%m-%d %H:%M} UTC"
    if memory.attempts < retries:
        return None
    return f"a person must look: {memory.attempts} runs ended without a merge or a verdict"
