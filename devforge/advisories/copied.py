"""The copy of the OSV database, as the operator is told of it while it wants something. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from devforge.model.policy import Advisories

SECTION = "advisories-copy"
HEADING = "The copy of the OSV database"
_START = (
    "start the workflow `advisories` by hand, and read the log of its job `refresh` if that fails"
)


@dataclass(frozen=True, slots=True)
class Copied:
    """When the copy was made, how long ago that is, and of whose records it is."""

    as_of: str
    age_days: int
    ecosystems: Collection[str]


def wanting(copied: Copied | None, policy: Advisories) -> Iterator[str]:
    """Yield what the copy lacks, each with what that means and what to do; nothing while it is well."""
    if not policy.ecosystems:
        return
    if copied is None:
        yield f"there is none, so that reviews know this marketplace's own advisories alone: {_START}"
        return
    lacking = [name for name in policy.ecosystems if name not in copied.ecosystems]
    if lacking:
        yield f"it has nothing of {' and '.join(lacking)}, so that reviews know nothing of it either: {_START}"
    if copied.age_days > policy.stale_days:
        day = copied.as_of[:10]
        yield f"it is of {day}, more than {policy.stale_days} days ago, and reviews know nothing of what was found since: {_START}"
