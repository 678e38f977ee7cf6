"""Decides what a mirror lacks, and in which order it is given it. Pure.

What is new comes before the timestamp that leads to it, so a client sees the index before or the index
after. What only older indexes name goes last, after a time in which nobody can still be reading it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from devforge.model.mirrors import (
    TIMESTAMP,
    StoredObject,
    is_asked_before_it_is_there,
    is_mutable,
)
from devforge.plan import Plan
from devforge.publish.words import counted

GRACE = timedelta(days=7)
_AT_ONCE = 100  # lines of single files; what comes past them is one line


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to be served: where it is taken from, and what it is compared by."""

    path: str
    length: int
    md5: str


@dataclass(frozen=True, slots=True)
class Put:
    """Upload files, in this order."""

    paths: tuple[str, ...]
    bytes: int

    @property
    def line(self) -> str:
        shown = self.paths[0] if len(self.paths) == 1 else f"{len(self.paths):,} files"
        return f"put      {shown}  {self.bytes:,} bytes"


@dataclass(frozen=True, slots=True)
class Invalidate:
    """Have caches forget these paths."""

    paths: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"forget   {', '.join(self.paths[:3])}{' …' if len(self.paths) > 3 else ''}"


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove objects that no index in use names."""

    keys: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"delete   {counted(len(self.keys), 'file')} of indexes that nobody reads any more"


@dataclass(frozen=True, slots=True)
class Condemn:
    """Delete packages that were called malicious, and have caches forget them."""

    paths: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"delete   {', '.join(self.paths[:3])}{' …' if len(self.paths) > 3 else ''}: called malicious"


Change = Put | Invalidate | Condemn | Delete


def plan_mirror(
    name: str,
    *,
    local: Iterable[LocalFile],
    held: Iterable[StoredObject],
    prefix: str,
    has_cache: bool,
    keep_percent: int,
    now: datetime,
    malicious: tuple[str, ...] = (),
) -> Plan[Change]:
    """Return what makes the mirror serve exactly `local`; an empty plan where it does.

    Args:
        held: every object below `prefix`, but for packages, which are another job's.
        has_cache: whether there are caches in front that can be told to forget.
        malicious: the packages the mirror has that must not be there.
        keep_percent: fewer of the mirror's files may never be left.
    """
    wanted = {file.path: file for file in local}
    there = {found.key.removeprefix(prefix): found for found in held}
    title = f"mirror {name}"
    if TIMESTAMP not in wanted:
        return Plan(title, refusals=("there is no signed index to copy: the job publish makes it",))
    lacks = [path for path, file in sorted(wanted.items()) if not _is_same(file, there.get(path))]
    old = tuple(
        sorted(
            there[p].key for p in there.keys() - wanted.keys() if there[p].modified < now - GRACE
        )
    )
    if len(old) * 100 > (100 - keep_percent) * max(len(there), 1):
        refusal = (
            f"{len(old)} of {len(there)} files would be deleted, and publishing.keep_percent keeps at "
            f"least {keep_percent} %: look whether the index is whole"
        )
        return Plan(title, refusals=(refusal,))
    changes: list[Change] = [*_puts(lacks, wanted)]
    stale = tuple(p for p in lacks if is_mutable(p) or is_asked_before_it_is_there(p))
    if stale and has_cache:
        changes.append(Invalidate(stale))
    if malicious:
        changes.append(Condemn(malicious))
    if old:
        changes.append(Delete(old))
    return Plan(title, tuple(changes), (f"keep     {counted(len(wanted) - len(lacks), 'file')}",))


def _puts(lacks: list[str], wanted: Mapping[str, LocalFile]) -> Iterator[Put]:
    """Everything but the timestamp, then the timestamp's variants, then the timestamp."""
    first = [path for path in lacks if not is_mutable(path)]
    for start in range(0, len(first), _AT_ONCE):
        lot = tuple(first[start : start + _AT_ONCE])
        yield Put(lot, sum(wanted[path].length for path in lot))
    for path in sorted((p for p in lacks if is_mutable(p)), key=lambda p: (p == TIMESTAMP, p)):
        yield Put((path,), wanted[path].length)


def _is_same(file: LocalFile, found: StoredObject | None) -> bool:
    return found is not None and (found.length, found.md5) == (file.length, file.md5)
