"""How many submissions of one account were merged of late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, ValidationError

from devforge.model.base import Strict

DAY = timedelta(hours=24)
_MOST = 500


class Merged(Strict):
    """One pull request of the account, and when the review let it in."""

    pull: Annotated[int, Field(gt=0)]
    when: AwareDatetime


class Pace(Strict):
    """`authors/<id>.json` on the state branch: what was merged of one account within a day."""

    merged: Annotated[tuple[Merged, ...], Field(max_length=_MOST)] = ()

    def since(self, moment: datetime) -> frozenset[int]:
        """Return the pull requests merged after `moment`."""
        return frozenset(merged.pull for merged in self.merged if merged.when > moment)

    def and_now(self, pull: int, now: datetime) -> Pace:
        """Return this pace with one more; what is older than a day is forgotten."""
        kept = [m for m in self.merged if m.pull != pull and m.when > now - DAY]
        return Pace(merged=(*kept, Merged(pull=pull, when=now))[-_MOST:])


def pace_path(account: int) -> str:
    """Where it lies on the state branch, by the account's numeric id."""
    return f"authors/{account}.json"


def read_pace(content: bytes | None) -> Pace:
    """Return the pace; an empty one where none is kept, or none that can be read."""
    try:
        return Pace.model_validate_json(content) if content else Pace()
    except ValidationError:
        return Pace()
