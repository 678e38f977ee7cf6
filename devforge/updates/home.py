"""A home: the directory Dev Forge loads extensions from, and the list of what is in it.

installed.json                       what is installed, replaced in one step
extensions/<id>/<version>-<hash>/    one directory per version: present, former, or garbage
extensions/<id>/<version>-<hash>.json   its record; a directory without one is garbage
history.jsonl                        one line for each change
journal.json                         there only while a change is being made
config.yaml  known.json  install-id  its owner's wishes, the registry's last word, its own name
health.json                          what was reported of versions that start, where its owner wants that
incoming/  trust/  lock              being unpacked; the trust layer's; held while something changes
damaged/                             what was found damaged and replaced, for its owner to look at
.new-*                               being written or worked in; what a killed program left is swept

A change is made in this order: unpack aside, move into place, write the record; write the journal;
replace installed.json, which is the change; add to the history; take the journal away. Whoever
stops in between leaves the old or the new, and the next change finishes or forgets what was begun.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from devforge.adapters.files import patiently, sweep_unfinished, sync_directory, take_lock
from devforge.adapters.members import ArchiveMember, write_members
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.plain import to_json
from devforge.updates.config import Config, render_config
from devforge.updates.contents import DAMAGED, STATE_BYTES, Contents
from devforge.updates.durable import read_capped, write_durably
from devforge.updates.history import Event, to_lines
from devforge.updates.installed import Installed, Record, State
from devforge.updates.journal import Journal
from devforge.updates.retention import Former, to_drop
from devforge.updates.verify import is_intact

if TYPE_CHECKING:
    from devforge.updates.health import Reports
    from devforge.updates.known import Known


class Home(Contents):
    """Reads and changes one home. It decides nothing but what is whole and what is not."""

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the home's lock, and first finish or forget what an interrupted change left.

        A second command is refused instead of waiting unseen.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise Unavailable(
                f"{error.filename or self.given}: cannot be written ({error.strerror})"
            ) from error
        try:
            if not take_lock(handle):
                raise Refused(
                    f"{self.given}: another devforge command is changing it; try again when it is done"
                )
            try:
                self._recover()
            except OSError as error:
                raise Unavailable(
                    f"{error.filename or self.given}: cannot be written ({error.strerror})"
                ) from error
            try:
                yield
            except BaseException:
                self._tidy()
                raise
        finally:
            os.close(handle)

    def put(self, entry: Installed, members: Sequence[ArchiveMember], record: Record) -> None:
        """Bring a version's files into place, whole; Dev Forge does not see them yet."""
        final = self.root / entry.directory
        if is_intact(final, record):
            if self.record(entry.directory) != record:
                self._write_record(record)
            return
        incoming = self.root / "incoming" / entry.directory.replace("/", "~")
        try:
            write_members(members, incoming)
            final.parent.mkdir(parents=True, exist_ok=True)
            sync_directory(final.parent.parent)
            # Garbage, or a damaged copy that is in use: it goes when the other is here, and not before.
            aside = self._put_aside(final) if final.exists() else None
            patiently(lambda: os.rename(incoming, final))  # noqa: PTH104 - one call, so that a test can stop at it
            sync_directory(final.parent)
            if aside:
                shutil.rmtree(aside, ignore_errors=True)
        except OSError as error:
            raise Unavailable(f"{final}: {error.strerror or error}") from error
        self._write_record(record)

    def switch(self, before: State, after: State, events: Iterable[Event]) -> State:
        """Make `after` the list, in one step, and note why. Call it while `changing`.

        Raises:
            Refused: the home is no longer as it was when this was decided.
        """
        if self.state() != before:
            raise Refused(f"{self.given}: another command changed it meanwhile; run this again")
        change = before.change + 1
        noted = tuple(replace(event, change=change) for event in events)
        entries = tuple(sorted(after.extensions, key=lambda entry: entry.id))
        new = replace(after, change=change, extensions=entries)
        journal = Journal(change=change, events=noted)
        write_durably(self.journal_file, to_json(journal))
        write_durably(self.state_file, to_json(new, indent=1))
        self._finish(journal)
        return new

    def sweep(self) -> None:
        """Delete former versions beyond what its owner lets them take, and garbage. While `changing`.

        What cannot be deleted now is left for the next time.
        """
        with contextlib.suppress(OSError, Unavailable):
            self._sweep()

    def _sweep(self) -> None:
        present = {entry.directory for entry in self.state().extensions}
        last_used = {(e.id, e.before): e.change for e in self.history() if e.before}
        former = [
            Former(r.entry.directory, r.length, last_used.get((r.entry.id, r.entry.version), 0))
            for r in self.records()
            if r.entry.directory not in present
        ]
        try:
            budget = self.config().keep_megabytes * 1_000_000
        except BadInput:  # nothing is deleted on a guess
            return
        for directory in to_drop(former, budget_bytes=budget):
            self.drop(directory)
        self._sweep_garbage(present)

    def write_config(self, config: Config) -> None:
        # Where it is a link, to a folder that its owner keeps elsewhere, what it leads to is written.
        write_durably(Path(os.path.realpath(self.config_file)), render_config(config))

    def write_known(self, known: Known) -> None:
        write_durably(self.known_file, to_json(known, sparse=True))

    def write_reports(self, reports: Reports) -> None:
        write_durably(self.health_file, to_json(reports, sparse=True))

    def _write_record(self, record: Record) -> None:
        content = to_json(record)
        write_durably(self.root / f"{record.entry.directory}.json", content)

    def _finish(self, journal: Journal) -> None:
        """Add what the journal holds to the history, once, and take the journal away."""
        written = self._written()
        missing = [event for event in journal.events if event not in written]
        if missing:
            content = read_capped(self.history_file, limit_bytes=STATE_BYTES) or b""
            gap = b"" if not content or content.endswith(b"\n") else b"\n"
            write_durably(self.history_file, content + gap + to_lines(missing))
        try:
            self.journal_file.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(
                f"{self.journal_file}: {error.strerror}; it is done all the same"
            ) from error

    def _tidy(self) -> None:
        """Leave nothing half made, as far as that can be: the next change would see to it, too."""
        with contextlib.suppress(OSError, Unavailable, BadInput):
            self._recover()
            self._sweep_garbage({entry.directory for entry in self.state().extensions})

    def _recover(self) -> None:
        """Finish what was switched, forget what was not, delete what lies half unpacked."""
        shutil.rmtree(self.root / "incoming", ignore_errors=True)
        for folder in (self.root, self.root / DAMAGED):
            with contextlib.suppress(OSError):
                sweep_unfinished(folder)
        journal = self._journal()
        if journal is None:
            if self.journal_file.exists():  # torn: it was never finished, so nothing was switched
                self.journal_file.unlink()
            return
        with contextlib.suppress(BadInput):  # a damaged list is `doctor`'s to mend
            if self.state().change >= journal.change:
                self._finish(journal)
            else:
                self.journal_file.unlink(missing_ok=True)

    def _sweep_garbage(self, present: set[str]) -> None:
        """Delete directories without a record and records without one: never finished, or half deleted."""
        for parent in self.root.glob("extensions/*"):
            for path in list(parent.iterdir()) if parent.is_dir() else ():
                twin = path.with_suffix("") if path.suffix == ".json" else Path(f"{path}.json")
                directory = path.relative_to(self.root).as_posix().removesuffix(".json")
                if directory not in present and not twin.exists():
                    self._discard(path)
            with contextlib.suppress(OSError):
                parent.rmdir()  # only if it is empty

    def drop(self, directory: str) -> None:
        """Delete a former version, while `changing`; first its record, so that half is never taken for whole."""
        with contextlib.suppress(OSError):
            (self.root / f"{directory}.json").unlink(missing_ok=True)
            self._discard(self.root / directory)

    def _discard(self, path: Path) -> None:
        """Move `path` out of the way in one step, then delete it; what cannot be is left for later."""
        with contextlib.suppress(
            OSError
        ):  # in use on Windows, or read-only: the next sweep tries again
            aside = self._put_aside(path)
            if aside.is_dir():
                shutil.rmtree(aside, ignore_errors=True)
            else:
                aside.unlink()

    def _put_aside(self, path: Path) -> Path:
        aside = self.root / "incoming" / f"{os.getpid()}~{path.name}"
        aside.parent.mkdir(exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(path, aside)  # noqa: PTH104 - one call, so that a test can stop at it
        return aside
