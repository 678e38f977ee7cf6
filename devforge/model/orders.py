"""What people told the review to do, in comments below a pull request."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from devforge.model.base import Strict
from devforge.model.digests import CommitSha

CommandName = Literal["approve", "reject", "waive", "hold", "recheck", "explain"]
_Number = Annotated[int, Field(gt=0)]
_Short = Annotated[str, StringConstraints(max_length=500)]


class Order(Strict):
    """One command: who gave it, by id, when, for which head commit, and what came of it."""

    comment: _Number
    what: CommandName | Literal["unclear"]
    by: _Number  # the account's numeric id
    login: Annotated[str, StringConstraints(max_length=100)]
    when: _Short  # the server's time, as it writes it
    head: CommitSha
    is_done: bool  # False: it was refused, or not understood
    rule: _Short = ""
    reason: _Short = ""  # the giver's own words
    answer: _Short = ""  # why it was not done
