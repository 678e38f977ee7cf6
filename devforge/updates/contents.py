"""Reads a home: what is installed, what its owner wants, what the registry said, what was done when.

Changes nothing but one thing: an install without a name of its own gets one.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from devforge.errors import BadInput, Unavailable
from devforge.model.fields import Misfits, from_json
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.config import FILE as CONFIG
from devforge.updates.config import Config, read_config
from devforge.updates.durable import read_capped
from devforge.updates.history import Event, from_lines
from devforge.updates.identity import install_id
from devforge.updates.installed import Installed, Record, State
from devforge.updates.journal import Journal
from devforge.updates.lists import Lists

if TYPE_CHECKING:
    from devforge.updates.health import Reports
    from devforge.updates.known import Known

STATE_BYTES = 64 * 1024 * 1024
T = TypeVar("T")
KNOWN, HEALTH, DAMAGED = "known.json", "health.json", "damaged"


class Contents:
    """One home's files, each read when it is asked for. `devforge.updates.home` says what they are."""

    def __init__(self, root: Path) -> None:
        self.given = root
        self.root = _long(root)
        self.state_file = self.root / "installed.json"
        self.history_file = self.root / "history.jsonl"
        self.journal_file = self.root / "journal.json"
        self.config_file = self.root / CONFIG
        self.known_file = self.root / KNOWN
        self.health_file = self.root / HEALTH
        self.id_file = self.root / "install-id"

    def state(self) -> State:
        """Return the list; an empty one for a home that does not exist yet.

        Raises:
            BadInput: it is damaged or lost; it says which file and what to do.
        """
        content = read_capped(self.state_file, limit_bytes=STATE_BYTES)
        if content is None:
            if self.history_file.exists():
                raise BadInput(
                    f"{self.state_file}: lost, but this home was in use. The extensions' files are "
                    f"untouched; `devforge doctor --fix` writes the list anew from them"
                )
            return State()
        return _own(content, State, self.state_file, "the extensions' files are untouched")

    def readable(self) -> tuple[State, str]:
        """Return the list, and what is wrong with it: a damaged one is told from history and records.

        What runs keeps running by it; whatever changes the home asks `state` and is refused.
        """
        try:
            return self.state(), ""
        except (BadInput, Unavailable) as error:
            from devforge.updates.rebuild import rebuild  # noqa: PLC0415 - hardly ever needed

            return rebuild(self.history(), self.records(), lists=self._lists()), str(error)

    def installed(self) -> dict[ExtensionId, Installed]:
        """Return what is installed. Raises as `state` does."""
        return self.state().by_id

    def config(self) -> Config:
        """Return its owner's wishes. Raises BadInput with each wrong line."""
        content = read_capped(self.config_file, limit_bytes=1 << 20)
        return read_config(content, file=str(self.config_file))

    def known(self) -> Known:
        """Return the registry's last word. Raises BadInput where the file is damaged."""
        from devforge.updates.known import Known  # noqa: PLC0415 - see above

        content = read_capped(self.known_file, limit_bytes=STATE_BYTES)
        return Known() if content is None else _own(content, Known, self.known_file, "it is learned anew by the next check")  # fmt: skip

    def reports(self) -> Reports:
        """Return what was reported, and what is to be. Raises BadInput where the file is damaged."""
        from devforge.updates.health import Reports  # noqa: PLC0415 - see above

        content = read_capped(self.health_file, limit_bytes=1 << 20)
        return Reports() if content is None else _own(content, Reports, self.health_file, "nothing is reported until then")  # fmt: skip

    def history(self) -> tuple[Event, ...]:
        """Return every change that can be read, the oldest first; one that was interrupted, too."""
        written = self._written()
        journal = self._journal()
        if journal is None:
            return written
        try:
            is_made = self.state().change >= journal.change
        except BadInput:
            return written
        missing = [event for event in journal.events if event not in written]
        return (*written, *missing) if is_made else written

    def unreadable_history(self) -> tuple[int, ...]:
        """Return the numbers of the history's lines that cannot be read."""
        return from_lines(read_capped(self.history_file, limit_bytes=STATE_BYTES) or b"")[1]

    def install_id(self) -> str | None:
        """Return this install's own name, made if there is none; None where it cannot be kept."""
        return install_id(self.id_file)

    def record(self, directory: str) -> Record | None:
        """Return what is written of a version's directory; None if it is not whole any more."""
        try:
            content = read_capped(self.root / f"{directory}.json", limit_bytes=STATE_BYTES)
            record = None if content is None else from_json(Record, content)
        except (Unavailable, Misfits):
            return None
        is_its = record is not None and record.entry.directory == directory
        return record if is_its and (self.root / directory).is_dir() else None

    def remembered(self) -> set[ExtensionId]:
        """Return every extension of which a version's files are here, present or former."""
        found = set()
        for path in self.root.glob("extensions/*"):
            with contextlib.suppress(ValueError):
                found.add(ExtensionId.parse(path.name))
        return found

    def records(self, extension: ExtensionId | None = None) -> list[Record]:
        """Return the records of every whole version, present and former; of one extension, or of all."""
        paths = sorted(self.root.glob(f"extensions/{extension or '*'}/*.json"))
        found = (self.record(path.relative_to(self.root).as_posix()[: -len(".json")]) for path in paths)  # fmt: skip
        return [record for record in found if record is not None]

    def kept(self, extension: ExtensionId, version: Version) -> Record | None:
        """Return the record of a version whose files are still here."""
        return next((r for r in self.records(extension) if r.entry.version == version), None)

    def _lists(self) -> Lists:
        try:
            return self.known().lists
        except BadInput:
            return Lists()

    def _written(self) -> tuple[Event, ...]:
        content = read_capped(self.history_file, limit_bytes=STATE_BYTES) or b""
        return from_lines(content)[0]

    def _journal(self) -> Journal | None:
        """Return the change that is being made or was interrupted; None for none that can be read."""
        content = read_capped(self.journal_file, limit_bytes=STATE_BYTES)
        try:
            return from_json(Journal, content) if content else None
        except Misfits:
            return None


def _own(content: bytes, kind: type[T], file: Path, comfort: str) -> T:
    try:
        return from_json(kind, content)
    except Misfits as error:
        raise _damaged(file, str(error), comfort) from error


def _damaged(file: Path, why: str, comfort: str) -> BadInput:
    return BadInput(f"{file}: damaged ({why}); {comfort}. `devforge doctor --fix` mends it")


def _long(root: Path) -> Path:
    """Return the home's real place; on Windows in the form that has no limit on length."""
    try:
        resolved = Path(os.path.realpath(root))
    except OSError as error:  # it is counted from where we are, and that was deleted
        raise BadInput(f"{root}: cannot be found from here ({error.strerror})") from error
    if os.name == "nt" and not str(resolved).startswith("\\\\"):
        return Path(f"\\\\?\\{resolved}")
    return resolved
