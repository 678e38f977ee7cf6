"""What the submit job remembers of an issue between runs, on the `state` branch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from devforge.model.base import Strict
from devforge.model.digests import CommitSha, Sha256

_Number = Annotated[int, Field(gt=0)]


class Correspondence(Strict):
    """`submissions/issues/<number>.json`: what was made of an issue, and what was answered.

    Written before the branch is pushed, and again after everything is done; where it is absent,
    everything is found again by looking.
    """

    schema_version: Literal[1] = 1
    seen: Sha256  # of the issue's text and time of its last change, when it was looked at
    files: Sha256 | None = None  # of the records that were proposed
    head: CommitSha | None = None  # the commit they were put into
    pull: _Number | None = None  # the pull request; None before there is one, and after it ended
    reviewed: CommitSha | None = None  # for which head a review was started
    comment: _Number | None = None
    comment_sha256: Sha256 | None = None


def correspondence_path(issue: int) -> str:
    """Where it lies on the state branch."""
    return f"submissions/issues/{issue}.json"


def read_correspondence(content: bytes | None) -> Correspondence | None:
    """Return what is remembered, or None if there is nothing that can be read."""
    if content is None:
        return None
    try:
        return Correspondence.model_validate_json(content)
    except ValidationError:
        return None
