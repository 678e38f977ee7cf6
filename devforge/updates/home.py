"""A home: the directory Dev Forge loads extensions from, and the list of what is in it.

installed.json                              what is installed, replaced in one step
extensions/<id>/<version>-<tree>/           one directory per version, complete or absent
incoming/                                   being unpacked; swept by the next command
lock                                        held while something changes
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from devforge.adapters.archive import ArchiveMember, sync_directory, write_members
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.names import ExtensionId
from devforge.updates.installed import Installed, State


class Home:
    """Reads and changes one home. A change is unpacked aside, then switched in by one rename."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = root / "installed.json"

    def installed(self) -> dict[ExtensionId, Installed]:
        """Return what is installed; empty for a home that does not exist yet.

        Raises:
            BadInput: installed.json is damaged; it says which file and what to do.
        """
        try:
            state = State.model_validate_json(self._state.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unavailable(f"{self._state}: {error.strerror}") from error
        except ValidationError as error:
            raise BadInput(
                f"{self._state}: damaged ({error.error_count()} errors). Move it away and install "
                "again; the extensions' own directories are untouched"
            ) from error
        return {entry.id: entry for entry in state.extensions}

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the home's lock; a second command is refused instead of waiting unseen."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise Unavailable(f"{self.root}: cannot be written ({error.strerror})") from error
        try:
            if not _lock(handle):
                raise Refused(
                    f"{self.root}: another devforge command is changing it; try again when it is done"
                )
            shutil.rmtree(self.root / "incoming", ignore_errors=True)
            yield
        finally:
            os.close(handle)

    def put(self, entry: Installed, members: list[ArchiveMember]) -> None:
        """Make `entry` the installed version: unpack aside, rename, then rewrite the list."""
        final = self.root / entry.directory
        if not final.is_dir():
            incoming = self.root / "incoming" / entry.directory.replace("/", "~")
            write_members(members, incoming)
            try:
                final.parent.mkdir(parents=True, exist_ok=True)
                incoming.rename(final)
                sync_directory(final.parent)
            except OSError as error:
                raise Unavailable(f"{final}: {error.strerror}") from error
        before = self.installed()
        self._write([*(e for e in before.values() if e.id != entry.id), entry])
        self._sweep(entry.id)

    def drop(self, extension: ExtensionId) -> None:
        """Forget `extension`, then delete its files."""
        self._write([e for e in self.installed().values() if e.id != extension])
        self._sweep(extension)

    def _sweep(self, extension: ExtensionId) -> None:
        """Delete versions of `extension` that the list does not name."""
        entry = self.installed().get(extension)
        keep = Path(entry.directory).name if entry else None
        parent = self.root / "extensions" / str(extension)
        for old in parent.iterdir() if parent.is_dir() else ():
            if old.name != keep:
                shutil.rmtree(old, ignore_errors=True)
        if keep is None and parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()

    def _write(self, entries: list[Installed]) -> None:
        state = State(extensions=tuple(sorted(entries, key=lambda entry: entry.id)))
        text = json.dumps(state.model_dump(mode="json"), indent=2) + "\n"
        try:
            handle, name = tempfile.mkstemp(dir=self.root, prefix=".installed-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._state)
            sync_directory(self.root)
        except OSError as error:
            raise Unavailable(f"{self._state}: {error.strerror}") from error


def _lock(handle: int) -> bool:
    """Take an exclusive lock that dies with the process; False if somebody has it."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - Windows alone has it

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl  # noqa: PLC0415 - everywhere else

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
