"""Reads what is kept on the branch `downloads`. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from pydantic import ValidationError

from devforge.adapters.state import State
from devforge.errors import Refused
from devforge.model.base import Strict
from devforge.model.downloads import BRANCH, READING, Counters, Day, Reading

T = TypeVar("T", bound=Strict)


@dataclass(frozen=True, slots=True)
class Kept:
    """The branch as it was read: when Releases were, GitHub's counters by asset, and the days."""

    read: str | None = None
    highest: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[date, Day] = field(default_factory=dict)


def read_kept(branch: State, *, counters: bool = True) -> Kept:
    """Return what `branch`, fetched before, holds; nothing where there is no branch yet.

    Raises:
        Refused: a file there is not ours.
    """
    read, highest, days = None, dict[str, int](), dict[date, Day]()
    for path in branch.files():
        if path == READING:
            read = _parsed(branch, path, Reading).releases
        elif path.startswith("assets/") and counters:
            highest |= _parsed(branch, path, Counters).highest
        elif path.startswith("days/"):
            day = date.fromisoformat(path.removeprefix("days/").removesuffix(".json"))
            days[day] = _parsed(branch, path, Day)
    return Kept(read, highest, days)


def _parsed(branch: State, path: str, kind: type[T]) -> T:
    try:
        return kind.model_validate_json(branch.read(path) or b"")
    except ValidationError as error:
        raise Refused(f"{BRANCH}: {path} is not ours; look who wrote it") from error
