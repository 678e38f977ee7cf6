"""What a client remembers of one registry, below `<home>/trust/<hash of its location>/`.

    metadata/            TUF metadata that was verified; python-tuf verifies it again on every use
    documents/<sha256>   what the metadata named, by hash
    parts/<sha256>       packages that are on their way
    state.json           how far we have looked, when, and what was where
    .new-*               being written or worked in; what a killed program left is swept

Nothing here is trusted for being here: damage is noticed by hash, said, and mended from the network.
A home that cannot be written costs nothing but the memory.

Source: attack table B18 (the clock's lower bound), B19 (freshness).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from devforge.adapters.files import (
    folder_aside,
    locked,
    read_plain,
    sweep_unfinished,
    write_whole,
)
from devforge.model.fields import Open, from_plain
from devforge.model.index import Pointer
from devforge.model.plain import to_plain

_DOCUMENTS = 2000  # kept at most; a person looks at dozens
_PARTS_SECONDS = 14 * 86400  # then nobody comes back for the rest
LARGEST_BYTES = 64 * 1024 * 1024  # above anything we write here
_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorMemory(Open):
    """How a mirror did when it was last asked."""

    milliseconds: float | None = None  # None: it did not answer well
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Open):
    """What a server calls the timestamp it gave us."""

    url: str
    sha256: str
    when: datetime
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Open):
    """`state.json`."""

    location: str = ""
    seed: str = ""  # this client's own, for drawing lots among mirrors
    generation: int | None = None
    root_version: int = 0
    timestamp_version: int = 0  # never goes back while the root stays
    verified: datetime | None = None  # when somebody last proved to be up to date
    expires: datetime | None = None  # until when that may be relied upon
    signed: datetime | None = (
        None  # the registry's last word on what time it is, while the root stays
    )
    files: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # metadata file → sha256 it may have
    targets: dict[str, Pointer] = field(
        default_factory=dict
    )  # target path → the document last verified for it
    mirrors: dict[str, MirrorMemory] = field(default_factory=dict)
    named: Named | None = None


Change = Callable[[State], State | None]


class Store:
    """Reads and writes one registry's memory; several programs may do so at once."""

    def __init__(self, directory: Path, metadata: Path | None = None) -> None:
        self.directory = directory
        self.metadata = metadata or directory / "metadata"
        self.warnings: list[str] = []
        self.can_write = self._prepare()
        self.state = self._read_state()

    @property
    def parts(self) -> Path:
        return self.directory / "parts"

    def aside(self) -> Path:
        """Return an empty folder to work in, which whoever asked deletes. Raises OSError."""
        return folder_aside(self.directory)

    def role(self, name: str) -> bytes:
        """Return the metadata of a role as it was verified; raise OSError if there is none."""
        return self._intact(f"{quote(name, '')}.json")

    def roots(self) -> dict[str, bytes]:
        """Return the root history, by file name."""
        return dict(self._roots())

    def document(self, pointer: Pointer) -> bytes | None:
        """Return a document by its hash, or None; a damaged one is forgotten."""
        if not re.fullmatch(r"[0-9a-f]{64}", pointer.sha256):
            return None
        path = self.directory / "documents" / pointer.sha256
        try:
            content = read_plain(path, limit_bytes=LARGEST_BYTES)
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() == pointer.sha256:
            return content
        self._warn(f"{path} was damaged and is fetched again")
        return None

    def keep(self, content: bytes) -> None:
        """Remember a verified document by its hash, where that is possible."""
        if self.can_write:
            path = self.directory / "documents" / hashlib.sha256(content).hexdigest()
            self._try(lambda: write_whole(path, content))

    def commit(self, change: Change, verified: Path | None = None) -> None:
        """Make `change` to the state as it is now on disk, and keep the metadata in `verified`.

        Where `change` returns None, another program has seen newer things: all stays as it is.
        """
        if self.can_write:
            self._try(lambda: self._commit(change, verified))
        else:
            self.state = change(self.state) or self.state

    def _commit(self, change: Change, verified: Path | None) -> None:
        with locked(self.directory / "lock", wait_seconds=_WAIT_SECONDS):
            self.state = self._read_state()
            state = change(self.state)
            if state is None:
                return
            news = dict(self._news(verified)) if verified else {}
            files = {n: (_sha256(c), *state.files.get(n, ())[:1]) for n, c in news.items()}
            self.state = replace(state, files=state.files | files)
            # The state first: should we end here, the old files are still ones it knows.
            write_whole(self.directory / "state.json", _sealed(self.state))
            for name, content in news.items():
                write_whole(self.metadata / name, content)
            with contextlib.suppress(FileNotFoundError):  # somebody else swept it
                self._sweep()

    def _news(self, verified: Path) -> Iterator[tuple[str, bytes]]:
        """Yield what differs from what is kept, roots first and the timestamp last."""
        found = [*sorted((verified / "root_history").glob("*.root.json"))]
        found += sorted(verified.glob("*.json"), key=lambda p: (p.name == "timestamp.json", p.name))
        for path in found:
            name, content = path.relative_to(verified).as_posix(), path.read_bytes()
            if _differs(self.metadata / name, content):
                yield name, content

    def _roots(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted((self.metadata / "root_history").glob("*.root.json")):
            try:
                yield path.name, self._intact(f"root_history/{path.name}")
            except OSError:
                continue

    def _intact(self, name: str) -> bytes:
        content = read_plain(self.metadata / name, limit_bytes=LARGEST_BYTES)
        known = self.state.files.get(name)
        if known and _sha256(content) not in known:
            self._warn(f"{self.metadata / name} was damaged and is fetched again")
            raise OSError(f"{name}: damaged")
        return content

    def _read_state(self) -> State:
        path = self.directory / "state.json"
        try:
            return read_state(path)
        except FileNotFoundError:
            return State()
        except OSError as error:
            self._warn(f"{path} cannot be read ({error.strerror}); everything is looked up again")
        except ValueError:
            self._warn(f"{path} was damaged; everything is looked up again")
        return State()

    def _prepare(self) -> bool:
        try:
            for folder in (
                self.metadata / "root_history",
                self.directory / "documents",
                self.parts,
            ):
                folder.mkdir(parents=True, exist_ok=True)
            with locked(self.directory / "lock", wait_seconds=_WAIT_SECONDS):
                return True
        except OSError as error:
            self._warn(
                f"{self.directory} cannot be written ({error.strerror}); nothing is remembered"
            )
            return False

    def _sweep(self) -> None:
        kept = sorted((self.directory / "documents").iterdir(), key=lambda p: p.stat().st_mtime)
        for path in kept[: max(0, len(kept) - _DOCUMENTS)]:
            path.unlink(missing_ok=True)
        roots = self.metadata / "root_history"
        for folder in (self.directory, self.directory / "documents", self.metadata, roots):
            sweep_unfinished(folder)
        for part in self.parts.iterdir():
            if time.time() - part.stat().st_mtime > _PARTS_SECONDS:
                part.unlink(missing_ok=True)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as error:
            self._warn(
                f"{self.directory} cannot be written ({error.strerror}); nothing is remembered"
            )

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def _differs(kept: Path, content: bytes) -> bool:
    try:
        return read_plain(kept, limit_bytes=len(content)) != content
    except OSError:
        return True


def read_state(path: Path) -> State:
    """Return the state at `path`. Raises OSError where it cannot be read, ValueError where it is damaged."""
    try:
        sealed = json.loads(read_plain(path, limit_bytes=LARGEST_BYTES))
        if sealed["sha256"] != _sha256(_canonical(sealed["state"])):
            raise ValueError(f"{path}: is not what was written")
        return from_plain(State, sealed["state"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{path}: is nothing that is written here") from error


def _sealed(state: State) -> bytes:
    body = to_plain(state)
    return json.dumps({"sha256": _sha256(_canonical(body)), "state": body}).encode()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
