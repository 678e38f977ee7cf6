"""Who asked for a pull request that the submit job opened for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from devforge.model.base import Strict
from devforge.model.digests import CommitSha

_Number = Annotated[int, Field(gt=0)]


class Submitter(Strict):
    """`submissions/<head[:2]>/<head>.json` on the state branch: who a proposed commit is from.

    It is kept by the commit, and written before anything points at it, so no pull request of ours
    is ever seen without it, and a commit that anybody else pushes has none. It stands in the
    author's place only where the head lies in the registry's own repository: a fork can hold the
    same commit. What the pull request's text says of its author is never asked.
    """

    schema_version: Literal[1] = 1
    head: CommitSha
    id: _Number  # the numeric id of the account that opened the issue: the identity
    login: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    issue: _Number


def submitter_path(head: str) -> str:
    """Where it lies on the state branch, for the head commit `head` of a pull request."""
    return f"submissions/{head[:2]}/{head}.json"


def read_submitter(content: bytes | None, head: str) -> Submitter | None:
    """Return who is behind `head`; None if nobody is named, or not for exactly this commit."""
    if content is None:
        return None
    try:
        found = Submitter.model_validate_json(content)
    except ValidationError:
        return None
    return found if found.head == head else None
