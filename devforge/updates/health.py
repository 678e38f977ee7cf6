"""What this home tells of versions that start, or do not, if its owner switched that on. Pure.

A report is an extension's id, a version, and `ok` or `failed`. Each is made once, sent once or never,
and remembered, so that no update, no restart and no lost answer repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from devforge.model.index import Result
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.rollout import is_believable

_REMEMBERED = 1000  # the newest; far more than anybody's extensions have versions
_AT_ONCE = 10
_WAITS = timedelta(days=7)  # what is older says nothing about a roll-out any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One report. `waiting` is still to be sent; `sent` was, answered or not."""

    id: ExtensionId
    version: Version
    result: Result
    when: datetime
    state: Literal["waiting", "sent"] = "waiting"

    @property
    def path(self) -> str:
        """What is asked for below the beacon: all that is said."""
        return f"{self.id}/{self.version}/{self.result}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """`health.json`, the oldest first."""

    schema_version: Literal[1] = 1
    words: tuple[Word, ...] = ()


def heard(
    reports: Reports, id: ExtensionId, version: Version, *, is_ok: bool, now: datetime
) -> Reports:
    """Return `reports` with what is worth telling of a start: a version's first, and its first failure."""
    known = {word.result for word in reports.words if (word.id, word.version) == (id, version)}
    if (known if is_ok else "failed" in known) or not is_believable(now):
        return reports
    word = Word(id=id, version=version, result="ok" if is_ok else "failed", when=now)
    return Reports(words=(*reports.words, word)[-_REMEMBERED:])


def to_send(reports: Reports, *, now: datetime) -> tuple[Word, ...]:
    """Return what is to be sent now, the newest first; the rest waits for the next check."""
    waiting = [w for w in reports.words if w.state == "waiting" and now - w.when <= _WAITS]
    return tuple(sorted(waiting, key=lambda word: word.when, reverse=True)[:_AT_ONCE])


def as_sent(reports: Reports, words: Iterable[Word]) -> Reports:
    """Return `reports` with `words` sent. Kept before they are, so that none is ever sent twice."""
    sent = {word.path for word in words}
    return Reports(
        words=tuple(
            replace(word, state="sent") if word.path in sent else word for word in reports.words
        )
    )
