"""The TUF client: python-tuf's, with limits of ours and a cheap look at the timestamp alone.

It works in a scratch directory. What it verified is there afterwards, for whoever keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import ExpiredMetadataError
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp
from tuf.ngclient import Updater, UpdaterConfig

import devforge.updates.signatures  # noqa: F401 - python-tuf makes its keys by what this says
from devforge.updates.fetcher import Fetcher

# Far above what a registry of 100,000 extensions has, far below what takes a machine down.
LIMITS = UpdaterConfig(
    max_root_rotations=256,
    max_delegations=32,
    root_max_length=128 * 1024,
    timestamp_max_length=16 * 1024,
    snapshot_max_length=1024 * 1024,
    targets_max_length=2 * 1024 * 1024,
)


class Client(Updater):
    """Verifies one server's metadata from a root that was there before it.

    Args:
        scratch: an empty directory; new metadata is written to its `metadata/`.
        local: returns the metadata of a role that was verified before, or raises OSError.
        roots: the root history that was verified before, by file name.
        bootstrap: the root all trust begins with.
        now: what expiry is compared with.
    """

    def __init__(
        self, *, metadata_url: str, targets_url: str, fetcher: Fetcher, scratch: Path,
        local: Callable[[str], bytes], roots: Mapping[str, bytes], bootstrap: bytes, now: datetime,
    ) -> None:  # fmt: skip
        self._local = local
        self.metadata = scratch / "metadata"
        history = self.metadata / "root_history"
        history.mkdir(parents=True)
        for name, content in roots.items():
            (history / name).write_bytes(content)
        super().__init__(
            str(self.metadata),
            metadata_url,
            target_base_url=targets_url,
            fetcher=fetcher,
            config=LIMITS,
            bootstrap=bootstrap,
        )
        self._trusted_set.reference_time = now

    def check(self) -> Timestamp:
        """Return the newest timestamp, verified: root and timestamp are all that is asked for."""
        if not self._is_checked:
            self._load_root()
            self._load_timestamp()
            self._is_checked = True
        if self.timestamp.is_expired(self._trusted_set.reference_time):
            raise ExpiredMetadataError("timestamp.json is expired")
        return self.timestamp

    def refresh(self) -> None:
        """Bring root, timestamp, snapshot and targets up to date; a second call asks nothing."""
        self.check()
        if Snapshot.type not in self._trusted_set:
            self._load_snapshot()
        self._load_targets(Targets.type, Root.type)

    @property
    def timestamp(self) -> Timestamp:
        return self._trusted_set.timestamp

    @property
    def has_timestamp(self) -> bool:
        return Timestamp.type in self._trusted_set

    @property
    def root_version(self) -> int:
        return self._trusted_set.root.version

    def listed_version(self, role: str) -> int | None:
        """Return the version of a role's metadata that the snapshot names, once it is there."""
        named = self._trusted_set.snapshot.meta.get(f"{role}.json")
        return named.version if named else None

    _is_checked = False

    def _load_local_metadata(self, rolename: str) -> bytes:
        try:
            return super()._load_local_metadata(rolename)
        except OSError:
            return self._local(rolename)
