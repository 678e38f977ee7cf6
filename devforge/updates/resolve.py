"""Finds versions that go together: of what is wanted, what it needs, and what is installed. Pure.

Depth-first with backtracking, the best candidate of each extension first, so the first answer is the
newest that works. What is installed is moved only when it must be, never to an older version, and
never when it is pinned. Where nothing works, the first dead ends are told in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from devforge.errors import BadInput
from devforge.model.index import IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.ranges import Range
from devforge.model.versions import Version

STEPS, EXTENSIONS = 20_000, 200  # past these a set of extensions is too entangled to be meant well
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version that an extension may get; without `offer` it is what is installed."""

    version: Version
    needs: Mapping[ExtensionId, Range]
    offer: IndexedVersion | None = None

    @property
    def is_kept(self) -> bool:
        return self.offer is None


@dataclass(frozen=True, slots=True)
class Domain:
    """What an extension may get, the best first; and why not the rest, one line each."""

    candidates: tuple[Candidate, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """What each extension that matters gets, and who needed it first; wanted ones need nobody."""

    chosen: Mapping[ExtensionId, Candidate]
    because: Mapping[ExtensionId, ExtensionId | None]


class NoSolution(BadInput):
    """Nothing fits; the text says why, a line for each reason."""


_Chosen = Mapping[ExtensionId, Candidate]


@dataclass(slots=True)
class _Search:
    domain: Callable[[ExtensionId], Domain]
    installed: Mapping[ExtensionId, Candidate]
    dead_ends: list[str] = field(default_factory=list)
    steps: int = 0

    def run(self, pending: tuple[ExtensionId, ...], chosen: _Chosen, because: dict[ExtensionId, ExtensionId | None]) -> Solution | None:  # fmt: skip
        """Return the first way to give everything in `pending` a version beside `chosen`."""
        self.steps += 1
        if self.steps > STEPS or len(chosen) > EXTENSIONS:
            raise NoSolution(
                "what these extensions need of one another is too entangled to be worked out; "
                "name fewer at once"
            )
        pending = tuple(id for id in pending if id not in chosen)
        if not pending:
            return Solution(chosen, because)
        id, rest = pending[0], pending[1:]
        domain, against = self.domain(id), []
        for candidate in domain.candidates:
            conflict = self._conflict(id, candidate, chosen)
            if conflict:
                against.append(f"{candidate.version} {conflict}")
                continue
            moved = self._moved(id, candidate)
            told = because | {d: id for d in moved if d not in because}
            found = self.run((*rest, *moved), {**chosen, id: candidate}, told)
            if found:
                return found
        if against or not domain.candidates:
            self._tell(id, against, domain, chosen, because)
        return None

    def _conflict(self, id: ExtensionId, candidate: Candidate, chosen: _Chosen) -> str | None:
        """Why `candidate` does not go with what was chosen; what stays as it is may stay broken."""
        for other, picked in chosen.items():
            if candidate.is_kept and picked.is_kept:
                continue
            range_ = picked.needs.get(id)
            if range_ and not _admits(range_.text, candidate.version.text):
                return f"is not in {range_}, which {_label(other, picked)} needs"
            range_ = candidate.needs.get(other)
            if range_ and not _admits(range_.text, picked.version.text):
                return f"needs {other} {range_}, not {picked.version}"
        return None

    def _moved(self, id: ExtensionId, candidate: Candidate) -> list[ExtensionId]:
        """Whom choosing `candidate` concerns next: what it needs, and who does not go with it."""
        if candidate.is_kept:
            return []
        dependents = [
            other
            for other, present in sorted(self.installed.items())
            if (range_ := present.needs.get(id)) and not _admits(range_.text, candidate.version.text)
        ]  # fmt: skip
        return [*sorted(candidate.needs), *dependents]

    def _tell(self, id: ExtensionId, against: Sequence[str], domain: Domain, chosen: _Chosen, because: Mapping[ExtensionId, ExtensionId | None]) -> None:  # fmt: skip
        needs = [
            f"{_chain(other, chosen, because)} needs {picked.needs[id]}"
            for other, picked in chosen.items()
            if id in picked.needs
        ]
        head = f"{id}: " + ("; ".join(needs) if needs else "nothing fits")
        lines = [head, *(f"  {line}" for line in (*against, *domain.refused)[:6])]
        self.dead_ends.append("\n".join(f"  {line}" for line in lines))


def resolve(
    wanted: Sequence[ExtensionId],
    *,
    domain: Callable[[ExtensionId], Domain],
    installed: Mapping[ExtensionId, Candidate],
) -> Solution:
    """Return a version for everything `wanted` and for all that this moves.

    Args:
        domain: what an extension may get; asked only for what matters, and once each.
        installed: what is there now, as it is.

    Raises:
        NoSolution: with the dead ends, the first of them at the newest versions.
    """
    known: dict[ExtensionId, Domain] = {}

    def once(id: ExtensionId) -> Domain:
        if id not in known:
            known[id] = domain(id)
        return known[id]

    search = _Search(once, installed)
    found = search.run(tuple(wanted), {}, dict.fromkeys(wanted))
    if found is None:
        told = list(dict.fromkeys(search.dead_ends))[:_TOLD]
        raise NoSolution("nothing fits together:\n" + "\n".join(told))
    return found


def _label(id: ExtensionId, candidate: Candidate) -> str:
    return f"{id} {candidate.version}" + (" (installed)" if candidate.is_kept else "")


def _chain(id: ExtensionId, chosen: _Chosen, because: Mapping[ExtensionId, ExtensionId | None]) -> str:  # fmt: skip
    """Return who needs it, from what was asked for down: `acme.ink 2.0.0 → acme.base 1.1.0`."""
    road: list[str] = []
    at: ExtensionId | None = id
    while at is not None and at in chosen and len(road) < EXTENSIONS:
        road.append(_label(at, chosen[at]))
        at = because.get(at)
    return " → ".join(reversed(road))


@lru_cache(maxsize=8192)
def _admits(range_: str, version: str) -> bool:
    return Range(range_).admits(Version.parse(version))
