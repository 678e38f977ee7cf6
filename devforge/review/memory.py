"""What the review remembers of a pull request between runs, on the `state` branch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from devforge.model.base import Strict
from devforge.model.names import CommitSha, Sha256
from devforge.model.verdict import Outcome

_Count = Annotated[int, Field(ge=0)]


class Memory(Strict):
    """`pulls/<thousands>/<number>.json`: the last word on one head commit.

    It is written after the comment, labels and status, and before the merge; so where it is
    absent or names another head, everything is simply done again.
    """

    schema_version: Literal[1] = 1
    head: CommitSha
    outcome: Outcome
    attempts: _Count = 1  # runs that looked at this head
    seen: str  # the pull request's `updated_at` when it was looked at
    settled: bool = False  # nothing had happened since the look before: times are whole seconds
    comment: int | None = None
    comment_sha256: Sha256 | None = None
    waits_for: tuple[int, ...] = ()  # open pull requests that stand in its way


def memory_path(number: int) -> str:
    """Where the memory of a pull request lies; a thousand to a directory."""
    return f"pulls/{number // 1000}/{number}.json"


def read_memory(content: bytes | None) -> Memory | None:
    """Return the memory, or None if there is none that can be read: then it is made anew."""
    if content is None:
        return None
    try:
        return Memory.model_validate_json(content)
    except ValidationError:
        return None
