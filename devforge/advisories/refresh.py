"""Brings the copy of the OSV database up to date: asks, compares, plans, and puts it on the shelf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.osv_dump import fetch_dump, read_dump
from devforge.advisories.known import Known, read_record
from devforge.advisories.matching import Ecosystem
from devforge.advisories.shards import Fetched, Meta
from devforge.advisories.shelf import Shelf
from devforge.errors import BadInput, DevForgeError
from devforge.plan import Plan

# A dump that lost more than this share of its records is not believed: a broken export would
# otherwise let everything through that yesterday's stopped.
_KEPT_SHARE = 0.5
_UNREAD_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server has of one ecosystem beside what the shelf has of it."""

    ecosystem: Ecosystem
    before: Fetched | None
    now: Fetched | None = None  # None: the server says that it is the one we have
    known: tuple[Known, ...] = ()
    problem: str | None = None  # it could not be had or read


@dataclass(frozen=True, slots=True)
class Store:
    """Put the copy of this moment on the shelf. `keep` are the ecosystems that did not change."""

    meta: Meta
    known: tuple[Known, ...]
    keep: tuple[Ecosystem, ...]

    @property
    def line(self) -> str:
        counts = ", ".join(f"{e} {f.records:,} records" for e, f in self.meta.ecosystems.items())
        return f"store  advisories as of {self.meta.as_of}  {counts or 'of no ecosystem'}"


def observe_dumps(
    shelf: Shelf, ecosystems: Iterable[Ecosystem], *, address: str, scratch: Path
) -> Iterator[Seen]:
    """Yield what `address` has of each ecosystem; only what changed is downloaded."""
    for ecosystem in ecosystems:
        before = shelf.meta.ecosystems.get(ecosystem) if shelf.meta else None
        try:
            yield _seen(ecosystem, before, address, scratch)
        except DevForgeError as error:
            yield Seen(ecosystem, before, problem=str(error))


def plan_refresh(seen: Iterable[Seen], *, now: str) -> Plan[Store]:
    """Return how to bring the copy up to date.

    One ecosystem that cannot be had or believed refuses the whole: the copy would otherwise claim
    to be of today and lack half. What is on the shelf stays, and reviews say how old it is.
    """
    notes: list[str] = []
    refusals: list[str] = []
    known: list[Known] = []
    kept: list[Ecosystem] = []
    fetched: dict[Ecosystem, Fetched] = {}
    for one in seen:
        if problem := one.problem or _not_believed(one):
            refusals.append(f"{one.ecosystem}: {problem}")
        elif one.now is None and one.before is not None:
            kept.append(one.ecosystem)
            fetched[one.ecosystem] = one.before
            notes.append(f"same   {one.ecosystem}  {one.before.records:,} records")
        elif one.now is not None:
            fetched[one.ecosystem] = one.now
            known += one.known
            odd = f", {one.now.unread:,} entries are no records" if one.now.unread else ""
            notes.append(f"new    {one.ecosystem}  {one.now.records:,} records{odd}")
    store = Store(Meta(as_of=now, ecosystems=fetched), tuple(known), tuple(kept))
    changes = () if refusals else (store,)
    return Plan("advisories refresh", changes, tuple(notes), tuple(refusals))


def _seen(ecosystem: Ecosystem, before: Fetched | None, address: str, scratch: Path) -> Seen:
    dump = fetch_dump(
        address, ecosystem, scratch,
        etag=before.etag if before else None, modified=before.modified if before else None,
    )  # fmt: skip
    if dump is None:
        return Seen(ecosystem, before)
    known: list[Known] = []
    records = unread = 0
    for record in read_dump(dump.file):
        try:
            known += (k for k in read_record(record or {}) if k.ecosystem == ecosystem)
            records += 1
        except (BadInput, ValueError):
            unread += 1
    dump.file.unlink()
    now = Fetched(etag=dump.etag, modified=dump.modified, records=records, unread=unread)
    return Seen(ecosystem, before, now, tuple(known))


def _not_believed(seen: Seen) -> str | None:
    if seen.now is None:
        return None if seen.before else "the server says it is unchanged, but there is no copy"
    now, before = seen.now, seen.before
    if now.unread > _UNREAD_SHARE * (now.records + now.unread):
        return f"{now.unread:,} of {now.records + now.unread:,} entries are no OSV records"
    if before and now.records < _KEPT_SHARE * before.records:
        return f"{now.records:,} records, where there were {before.records:,}: look what happened"
    if not now.records:
        return "there is not one record in it"
    return None
