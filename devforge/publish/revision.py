"""One new generation of the index in the making: gathered in memory, then written, the timestamp last.

Every role of the online key that is written anew takes the number of its generation as its version,
so that no version falls even where an index is built again from nothing but the last generation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from securesystemslib.signer import Signer

from devforge.model.index import Change
from devforge.model.plain import to_plain
from devforge.model.publishing import SigningRules
from devforge.publish import layout
from devforge.publish.changelog import add_changes
from devforge.publish.layout import File, Targets
from devforge.publish.place import Writes
from devforge.publish.present import PresentIndex
from devforge.publish.signing import Signed, expiry, render_time, role, seal, seal_listing
from devforge.publish.trust import ROLES, Trust

_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Floor:
    """The highest versions that were ever published, for an index built where none lies."""

    generation: int = 0
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs, what the offline keys have said, and when it is now.

    Raises:
        BadInput: `online` does not hold the online key.
    """

    trust: Trust
    online: Signer
    now: datetime
    floor: Floor = Floor()

    def __post_init__(self) -> None:
        self.trust.admit(self.online)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and the versions that stand now."""

    files: tuple[str, ...]
    floor: Floor


def is_due(expires: datetime, now: datetime, *, margin_days: int, days: int) -> bool:
    """Whether what holds until `expires` must be signed anew: it runs out, or was signed by a clock ahead of ours."""
    left = expires - now
    return left < timedelta(days=margin_days) or left > timedelta(days=days) + _CLOCKS_DIFFER


@dataclass(slots=True)
class Revision:
    """The next generation of `present`. What is put into it is written by `write` and not before.

    Attributes:
        contents: files that are named by their hash, by path.
        roles: what online roles are to list; those that list it already are left as they are.
        changes: what the log is told.
    """

    present: PresentIndex
    by: Signing
    rules: SigningRules
    contents: dict[str, bytes] = field(default_factory=dict)
    roles: dict[str, Targets] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def generation(self) -> int:
        """The number this generation has, if there is anything to write."""
        return max(self.present.generation, self.by.floor.generation) + 1

    def put(self, role: str, target: str, content: bytes) -> File:
        """Have `role` list `target` with these bytes; return what it says of them."""
        file = layout.file_of(content)
        self.roles[role][target] = file
        self.contents[layout.target_file(target, file.sha256)] = content
        return file

    def write(self) -> Written:
        """Write what differs, and never a file before those that it names."""
        self.present.place.look(self.contents)
        writer = self.present.place.writer()
        for path, content in self.contents.items():
            writer.write_named_by_hash(path, content)
        for path, content in self.by.trust.files.items():
            writer.write(path, content)
        changes = self._write_log(writer)
        renewed = {
            name: listed for name, listed in self.roles.items() if self._is_due(name, listed)
        }
        for name, listed in renewed.items():
            self._seal_targets(writer, name, listed)
        generation = self._write_snapshot(writer, renewed, changes)
        floor = self._write_timestamp(writer, generation, changes)
        return Written(tuple(writer.written), floor)

    def _is_due(self, name: str, listed: Targets) -> bool:
        """Whether a role must be signed anew: it lists other things, or its signature grows old."""
        if not self.present.has(name) or self.present.targets(name) != listed:
            return True
        return self.is_old(name)

    def is_old(self, name: str) -> bool:
        """Whether a role's signature is due to be renewed, or is an earlier key's.

        A role whose expiry is noted is not read for the latter: with another key everything is built.
        """
        present = self.present
        if self._is_due_by(present.expiry(name)):
            return True
        is_noted = present.is_noted(name)
        return not is_noted and self.by.online.public_key.keyid not in present.role(name).keyids

    def _is_due_by(self, expires: datetime) -> bool:
        rules = self.rules
        return is_due(expires, self.by.now, margin_days=rules.margin_days, days=rules.days)

    def _seal_targets(self, writer: Writes, name: str, listed: Targets) -> None:
        signed = role("targets", self.generation, expiry(self.by.now, self.rules.days))
        content = seal_listing(signed, layout.listing(listed), [self.by.online])
        writer.write(layout.metadata_file(name, self.generation), content)

    def _seal(self, writer: Writes, name: str, signed: Signed) -> None:
        path = layout.metadata_file(name, signed["version"])
        writer.write(path, seal(signed, [self.by.online]))

    def _write_snapshot(
        self, writer: Writes, renewed: dict[str, Targets], changes: dict[str, object]
    ) -> int:
        """Write the snapshot if it must differ; return the generation that stands then."""
        present = self.present
        offline = {name: self.by.trust.versions[name] for name in ROLES}
        versions = present.versions | offline | dict.fromkeys(renewed, self.generation)
        snapshot = present.snapshot
        if snapshot is not None and versions == present.versions:
            old = self._is_due_by(snapshot.expires)
            behind = present.generation < self.by.floor.generation
            if not (old or behind or self.by.online.public_key.keyid not in snapshot.keyids):
                return present.generation
        meta = {f"{name}.json": {"version": version} for name, version in versions.items()}
        expires = expiry(self.by.now, self.rules.days)
        signed = role("snapshot", self.generation, expires, meta=meta)
        # For whoever tidies up: when the generation before was replaced, and where this one's log began.
        signed |= {"x-signed": render_time(self.by.now), "x-changes": changes["sha256"]}
        self._seal(writer, "snapshot", signed)
        return self.generation

    def _write_timestamp(
        self, writer: Writes, generation: int, changes: dict[str, object]
    ) -> Floor:
        before, rules = self.present.timestamp, self.rules
        version = before.version if before else 0
        fields: dict[str, object] = {
            "meta": {"snapshot.json": {"version": generation}},
            "x-changes": changes,
        }
        if before is not None and version >= self.by.floor.timestamp:
            due = is_due(before.expires, self.by.now, margin_days=rules.timestamp_margin_days, days=rules.timestamp_days)  # fmt: skip
            same = all(before.signed.get(name) == value for name, value in fields.items())
            if same and not due and self.by.online.public_key.keyid in before.keyids:
                return Floor(generation, version)
        version = max(version, self.by.floor.timestamp) + 1
        expires = expiry(self.by.now, rules.timestamp_days)
        # For clients: the least that their clock must say.
        fields |= {"x-signed": render_time(self.by.now)}
        signed = role("timestamp", version, expires, **fields)
        writer.write(layout.TIMESTAMP, seal(signed, [self.by.online]))
        return Floor(generation, version)

    def _write_log(self, writer: Writes) -> dict[str, object]:
        """Write the log of changes; return what the timestamp says of its newest segment.

        A generation that only renews signatures leaves the log, so that nobody has to read it again.
        """
        present = self.present
        before = present.changes()
        if before is not None and not self.changes and present.timestamp is not None:
            return dict(present.timestamp.signed["x-changes"])
        log = add_changes(before, self.changes, generation=self.generation, read=present.segment)
        content = layout.encode(log.head)
        for segment in (*log.segments, content):
            path = layout.changes_file(layout.pointer(segment).sha256)
            writer.write_named_by_hash(path, segment)
        pinned: dict[str, object] = to_plain(layout.pointer(content))
        return pinned
