"""Removes what no client can still be reading: files of generations that were replaced long ago.

A snapshot says when it was signed, which is when the one before it was replaced. Everything that the
present index refers to stays, the generation before it, and whatever was replaced within `GRACE`. A
snapshot names the bins of earlier divisions for ever, as clients would believe none that forgot one;
their files go with the last generation whose clients read them.

Where not all of the index is at hand, targets are not listed: those go that a role names which goes,
and no role that stays. That is done once a day, so that the runs between read nothing for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from devforge.errors import BadInput
from devforge.model.index import SEGMENTS, Config
from devforge.publish import layout
from devforge.publish.layout import EXTENSIONS, PACKAGES
from devforge.publish.place import Place, place_at
from devforge.publish.present import PresentIndex
from devforge.publish.signing import Sealed, read_time, unseal
from devforge.publish.trust import Trust

GRACE = timedelta(days=1)
_METADATA, _TARGETS, _CHANGES = "metadata", "targets", "changes"
_PACKAGES = f"{_TARGETS}/packages"
_DIVIDED_BY = {EXTENSIONS: "extensions", PACKAGES: "packages"}
Role = tuple[str, int]


def prune_index(
    at: Path | Place, trust: Trust, now: datetime, *, whole: bool = False
) -> tuple[str, ...]:
    """Remove files of the index at `at` that no generation in use names; return their paths, sorted.

    Args:
        whole: look at every file, also where not all of the index is at hand.
    """
    place = place_at(at)
    whole = whole or place.is_whole
    present = PresentIndex(place, trust)
    if present.snapshot is None:
        return ()
    there = [f"{_METADATA}/{name}" for name in place.names(_METADATA)]
    numbers = sorted(_numbers(there))
    if not whole and _is_young(place, trust, numbers[0], now):
        return ()
    place.bring(layout.metadata_file("snapshot", number) for number in numbers)
    snapshots = list(_in_use(place, trust, present, numbers, now))
    roles = {role for snapshot in snapshots for role in _roles(snapshot, trust)}
    keep = {layout.TIMESTAMP, *trust.files, *(layout.metadata_file(*role) for role in roles)}
    keep |= {layout.metadata_file("snapshot", snapshot.version) for snapshot in snapshots}
    gone = sorted(path for path in there if path not in keep)
    gone += _segments_gone(present, snapshots)
    tidy = _Targets(place, roles, trust.config)
    gone += tidy.unnamed(keep) if whole else tidy.named_by(gone)
    for path in gone:
        place.remove(path)
    return tuple(sorted(gone))


def _is_young(place: Place, trust: Trust, oldest: int, now: datetime) -> bool:
    """Whether the oldest generation there is may stay for another while, and all others with it."""
    found = _snapshot(place, trust, oldest)
    return found is not None and timedelta(0) <= now - _signed(found) < 2 * GRACE


def _in_use(
    place: Place, trust: Trust, present: PresentIndex, numbers: list[int], now: datetime
) -> Iterator[Sealed]:
    """Yield the present snapshot and those that a client may still be reading, the newest first."""
    for number in reversed([n for n in numbers if n <= present.generation]):
        found = _snapshot(place, trust, number)
        if found is None:
            continue  # what is left of a run that was killed
        yield found
        if number < present.generation and now - _signed(found) > GRACE:
            return


def _snapshot(place: Place, trust: Trust, number: int) -> Sealed | None:
    path = layout.metadata_file("snapshot", number)
    try:
        return unseal(place.read(path), trust.online_keys_ever, what=path)
    except (BadInput, OSError):
        return None


def _numbers(paths: Iterable[str]) -> Iterator[int]:
    for path in paths:
        number, _, rest = path.removeprefix(f"{_METADATA}/").partition(".")
        if rest == "snapshot.json" and number.isdigit():
            yield int(number)


def _signed(snapshot: Sealed) -> datetime:
    return read_time(snapshot.signed["x-signed"])


def _roles(snapshot: Sealed, trust: Trust) -> Iterator[Role]:
    """Yield what a client of a snapshot may read: all it names but the bins of earlier divisions."""
    meta = snapshot.signed["meta"]
    versions = {name.removesuffix(".json"): int(at["version"]) for name, at in meta.items()}
    bins = set(layout.online_roles(trust.config))
    for name, version in versions.items():
        prefix, dash, _ = name.partition("-")
        by = _DIVIDED_BY.get(prefix) if dash else None
        if by is None or name in bins or versions.get(by) != trust.versions[by]:
            yield name, version


def _segments_gone(present: PresentIndex, snapshots: Iterable[Sealed]) -> list[str]:
    """The files of the log that no generation in use leads to."""
    there = [f"{_CHANGES}/{name}" for name in present.place.names(_CHANGES)]
    present.place.bring(there)
    keep = {path for one in snapshots for path in _segments(present, one.signed["x-changes"])}
    return sorted(path for path in there if path not in keep)


def _segments(present: PresentIndex, newest: str) -> set[str]:
    """The files of a log as far as clients follow it."""
    named: set[str] = set()
    sha256: str | None = newest
    while sha256 is not None and len(named) <= SEGMENTS:
        named.add(layout.changes_file(sha256))
        try:
            earlier = present.segment(sha256).earlier
        except BadInput:
            break
        sha256 = earlier.sha256 if earlier else None
    return named


class _Targets:
    """Which targets go, once it is known which roles stay."""

    def __init__(self, place: Place, kept: set[Role], config: Config) -> None:
        self._place, self._config = place, config
        # A registry's packages are releases; where none lie here, their bins name nothing of ours.
        self._has_packages = bool(place.names(_PACKAGES))
        self._kept: dict[str, list[str]] = {}
        for role, version in sorted(kept):
            if self._has_packages or not role.startswith(f"{PACKAGES}-"):
                self._kept.setdefault(role, []).append(layout.metadata_file(role, version))

    def unnamed(self, keep: set[str]) -> list[str]:
        """Every target there is that neither a role which stays nor `keep` names."""
        roles = [path for paths in self._kept.values() for path in paths]
        self._place.bring(roles)
        named = keep | {file for path in roles for file in self._files(path).values()}
        there = (f"{_TARGETS}/{name}" for name in self._place.names(_TARGETS))
        return sorted(path for path in there if path not in named)

    def named_by(self, gone: Iterable[str]) -> list[str]:
        """Every target that a role which goes names, and none that stays."""
        roles = {path: name for path in gone if (name := self._role(path)) is not None}
        self._place.bring(roles)
        unsure = {
            file: {role, self._bin(role, target)}
            for path, role in roles.items()
            for target, file in self._files(path).items()
        }
        asked = {role for found in unsure.values() for role in found}
        self._place.bring(path for role in asked for path in self._kept.get(role, ()))
        named = {
            role: {f for path in self._kept.get(role, ()) for f in self._files(path).values()}
            for role in asked
        }
        return sorted(
            file
            for file, found in unsure.items()
            if not any(file in named[role] for role in found) and self._place.has(file)
        )

    def _role(self, path: str) -> str | None:
        """The role whose metadata `path` is, if that may name something here."""
        role = path.removeprefix(f"{_METADATA}/").partition(".")[2].removesuffix(".json")
        dull = role == "snapshot" or (role.startswith(f"{PACKAGES}-") and not self._has_packages)
        return role if path.startswith(f"{_METADATA}/") and not dull else None

    def _bin(self, role: str, target: str) -> str:
        """The role that lists `target` in the division of today."""
        config = self._config
        bits = {EXTENSIONS: config.extension_bits, PACKAGES: config.package_bits}
        prefix = role.partition("-")[0]
        return layout.bin_of(target, prefix, bits[prefix]) if prefix in bits else role

    def _files(self, path: str) -> Mapping[str, str]:
        """What one version of a role lists, target → file; nothing if it is not there, or damaged."""
        try:
            listed = layout.listed_in(json.loads(self._place.read(path))["signed"])
            return {target: layout.target_file(target, at.sha256) for target, at in listed.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
