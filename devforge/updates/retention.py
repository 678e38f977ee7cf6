"""Which former versions' files stay, so that there is a way back without a download. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Former:
    """A version that is here but not in use."""

    directory: str
    length: int
    last_used: int  # the change that took it out of use; 0: not known


def to_drop(former: Iterable[Former], *, budget_bytes: int) -> list[str]:
    """Return the directories to delete: the ones longest out of use, until the rest fits."""
    dropped, used = [], 0
    for version in sorted(former, key=lambda f: (-f.last_used, f.directory)):
        if used + version.length > budget_bytes:
            dropped.append(version.directory)
        else:
            used += version.length
    return dropped
