"""One mirror, asked for one state of the registry. Whatever it says is verified before it is used."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tuf.api.exceptions import BadVersionNumberError, LengthOrHashMismatchError
from tuf.api.metadata import TargetFile, Timestamp

from devforge.adapters.web import Web
from devforge.errors import Refused
from devforge.model.index import Pointer
from devforge.updates.client import Client
from devforge.updates.fetcher import Fetcher, Remembered
from devforge.updates.freshness import STALE
from devforge.updates.store import MirrorMemory, Named, State, Store

DOCUMENT_BYTES = 4 * 1024 * 1024
_BELIEVED_UNCHANGED = timedelta(days=1)  # then the timestamp is asked for whole, whatever its ETag


class Session:
    """Walks one mirror's metadata to documents. Close it, to remove what it wrote aside."""

    def __init__(
        self, mirror: str, *, web: Web, store: Store, bootstrap: bytes, now: datetime,
        targets_url: str | None = None,
    ) -> None:  # fmt: skip
        self.mirror = mirror
        self.pointers: dict[str, Pointer] = {}  # what was verified, by target path
        self._store, self._now = store, now
        self._scratch = store.aside()
        self._fetcher = Fetcher(web, self._remembered())
        self.client = Client(
            metadata_url=f"{mirror}metadata/",
            targets_url=targets_url or f"{mirror}targets/",
            fetcher=self._fetcher,
            scratch=self._scratch,
            local=store.role,
            roots=store.roots(),
            bootstrap=bootstrap,
            now=now,
        )

    def close(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def check(self) -> Timestamp:
        """Return the timestamp: current, signed, and not older than what was seen before."""
        timestamp = self.client.check()
        state = self._store.state
        is_same_root = self.client.root_version == state.root_version
        if is_same_root and timestamp.version < state.timestamp_version:
            raise BadVersionNumberError(
                f"timestamp {timestamp.version}, after {state.timestamp_version} was seen"
            )
        return timestamp

    @property
    def generation(self) -> int:
        return self.client.timestamp.snapshot_meta.version

    @property
    def version(self) -> int:
        return self.client.timestamp.version if self.client.has_timestamp else 0

    @property
    def expires(self) -> datetime | None:
        return self.client.timestamp.expires if self.client.has_timestamp else None

    @property
    def signed(self) -> datetime | None:
        """When the registry signed last, as far as this session and those before it under this root saw.

        Raises ValueError where what is signed as a time is none.
        """
        state, said = self._store.state, self.client.timestamp.unrecognized_fields.get("x-signed")
        now = None if said is None else datetime.strptime(str(said), "%Y-%m-%dT%H:%M:%S%z")
        before = state.signed if self.client.root_version == state.root_version else None
        return max((moment for moment in (now, before) if moment is not None), default=None)

    @property
    def is_stale(self) -> bool:
        """Whether it was not renewed for days: perhaps another mirror knows more."""
        return self.expires is not None and self.expires - self._now < STALE

    @property
    def changes(self) -> Any:
        """What the timestamp pins as the log of changes, as it stands there."""
        return self.client.timestamp.unrecognized_fields.get("x-changes")

    def target(self, path: str) -> bytes | None:
        """Return the target at `path` by the whole chain of signatures, or None if there is none."""
        self.check()
        info = self.client.get_targetinfo(path)
        if info is None:
            return None
        content = self._cached(path, info)
        if content is None:
            aside = self._scratch / "target"
            self.client.download_target(info, filepath=str(aside))
            content = aside.read_bytes()
            self._store.keep(content)
        self.pointers[path] = Pointer(sha256=_sha256(content), length=len(content))
        return content

    def _cached(self, path: str, info: TargetFile) -> bytes | None:
        """Return the target if it is at hand and is what the metadata names now."""
        if sha256 := info.hashes.get("sha256"):
            pointer: Pointer | None = Pointer(sha256=sha256, length=info.length)
        else:
            pointer = self._store.state.targets.get(path)
        content = self._store.document(pointer) if pointer else None
        try:
            if content is not None:
                info.verify_length_and_hashes(content)
        except LengthOrHashMismatchError:
            return None
        return content

    def verified(self, path: str) -> bytes | None:
        """Return what was last verified as the target at `path`, if it is still at hand."""
        pointer = self._store.state.targets.get(path)
        return self._store.document(pointer) if pointer else None

    def is_at_hand(self, role: str) -> bool:
        """Whether a role's metadata, as it was verified before, is what the snapshot names now."""
        try:
            known = json.loads(self._store.role(role))["signed"]["version"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return bool(known == self.client.listed_version(role))

    def pinned(self, path: str, pointer: Pointer, *, target: str | None = None) -> bytes:
        """Return the file at `path` below the mirror that `pointer`, itself verified, names.

        `target` is the target path to remember it by.
        """
        content = self._store.document(pointer)
        if content is None:
            content = self._pinned(path, pointer)
            self._store.keep(content)
        if target is not None:
            self.pointers[target] = pointer
        return content

    def _pinned(self, path: str, pointer: Pointer) -> bytes:
        if pointer.length > DOCUMENT_BYTES:
            raise Refused(f"{path}: {pointer.length:,} bytes is more than any document may have")
        content = self._fetcher.download_bytes(f"{self.mirror}{path}", pointer.length)
        if _sha256(content) != pointer.sha256 or len(content) != pointer.length:
            raise Refused(f"{path}: is not what the signed index names; nothing was changed")
        return content

    def remembered(self, state: State) -> State:
        """Return `state` with what this session proved."""
        return replace(
            state,
            generation=self.generation,
            root_version=self.client.root_version,
            timestamp_version=self.version,
            verified=self._now,
            expires=self.expires,
            signed=self.signed,
            targets=_newest(state.targets | self.pointers),
            mirrors=state.mirrors | {self.mirror: self.met()},
            named=self._named(state),
        )

    def met(self) -> MirrorMemory:
        """Return how quickly the mirror answered."""
        seconds = self._fetcher.seconds or 0.0
        return MirrorMemory(milliseconds=round(seconds * 1000, 1), when=self._now)

    @property
    def _timestamp_url(self) -> str:
        return f"{self.mirror}metadata/timestamp.json"

    def _remembered(self) -> Remembered | None:
        """Return the timestamp to compare with, if it is there and as it was when verified."""
        named = self._store.state.named
        if named is None or named.url != self._timestamp_url:
            return None
        if not timedelta(0) <= self._now - named.when < _BELIEVED_UNCHANGED:
            return None
        try:
            body = self._store.role("timestamp")
        except OSError:
            return None
        if _sha256(body) != named.sha256:
            return None
        return Remembered(named.url, body, named.etag, named.modified)

    def _named(self, state: State) -> Named | None:
        """Return how the server calls the timestamp; what is already known stays where it was a 304."""
        if (given := self._fetcher.named.get(self._timestamp_url)) is None:
            return state.named
        try:
            body = self._scratch.joinpath("metadata/timestamp.json").read_bytes()
        except OSError:  # the same version as before: python-tuf keeps what it had
            try:
                body = self._store.role("timestamp")
            except OSError:
                return None
        etag, modified = given
        return Named(
            url=self._timestamp_url,
            sha256=_sha256(body),
            when=self._now,
            etag=etag,
            modified=modified,
        )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_REMEMBERED = 2000


def _newest(targets: dict[str, Pointer]) -> dict[str, Pointer]:
    return dict(list(targets.items())[-_REMEMBERED:])
