"""What the offline keys are asked to sign: roots, delegations, the configuration. Pure.

Drafts are python-tuf's own objects; whoever holds a key signs their `Metadata`, one after another and
on whatever machine, and `file_of` makes the file that `devforge.publish.trust` reads.

Source: the TUF specification 1.0, sections 4.3, 4.5 and 4.6; TAP 15.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import Key, Signer
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    Role,
    Root,
    SuccinctRoles,
    TargetFile,
    Targets,
)
from tuf.api.serialization.json import JSONSerializer

from devforge.model.index import Config
from devforge.model.plain import to_plain
from devforge.publish.files import Writer
from devforge.publish.signing import expiry
from devforge.publish.trust import Trust, read_trust

OFFLINE_DAYS = 365
_BIN_FEWER_BITS = 2  # there are more packages than extensions, and only installs read their bins
_PATHS = {
    "extensions": ["extensions/*"],
    "packages": ["packages/*"],
    "lists": ["lists/*", "search/*", "summary/*"],
}


@dataclass(frozen=True, slots=True)
class Holders:
    """The public keys of every role, and how many signatures the offline ones need."""

    root: Sequence[Key]
    targets: Sequence[Key]
    online: Key
    root_threshold: int = 2
    targets_threshold: int = 2


def config_of(registry: str, packages: str, *, extension_bits: int = 8) -> Config:
    """Return the configuration of a registry without mirrors."""
    bits = max(1, extension_bits - _BIN_FEWER_BITS)
    return Config(
        registry=registry, packages=packages, extension_bits=extension_bits, package_bits=bits
    )


def config_bytes(config: Config) -> bytes:
    """Return the one file we ever write for a configuration."""
    said = {name: value for name, value in to_plain(config).items() if value is not None}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def draft_root(holders: Holders, *, version: int, expires: datetime) -> Metadata[Root]:
    """Return a root that gives every top-level role its keys."""
    online, targets = [holders.online.keyid], [key.keyid for key in holders.targets]
    roles = {
        "root": Role([key.keyid for key in holders.root], holders.root_threshold),
        "targets": Role(targets, holders.targets_threshold),
        "snapshot": Role(online, 1),
        "timestamp": Role(online, 1),
    }
    every = (*holders.root, *holders.targets, holders.online)
    keys = {key.keyid: key for key in every}
    return Metadata(
        Root(version, expires=expires, keys=keys, roles=roles, consistent_snapshot=True)
    )


def draft_targets(
    holders: Holders, config: bytes, *, version: int, expires: datetime
) -> Metadata[Targets]:
    """Return the top-level targets: the configuration, and who signs what below it."""
    targets = [key.keyid for key in holders.targets]
    roles = {
        name: DelegatedRole(name, targets, holders.targets_threshold, True, paths)
        for name, paths in _PATHS.items()
    }
    roles["lists"] = DelegatedRole("lists", [holders.online.keyid], 1, True, _PATHS["lists"])
    keys = {key.keyid: key for key in (*holders.targets, holders.online)}
    file = TargetFile(len(config), {"sha256": hashlib.sha256(config).hexdigest()}, "config.json")
    return Metadata(
        Targets(version, expires=expires, targets={"config.json": file},
                delegations=Delegations(keys, roles=roles))
    )  # fmt: skip


def draft_bins(
    name: str, bits: int, online: Key, *, version: int, expires: datetime
) -> Metadata[Targets]:
    """Return `extensions` or `packages`: 2 to the power of `bits` bins, all of the online key."""
    bins = SuccinctRoles([online.keyid], 1, bits, name[0])
    delegations = Delegations({online.keyid: online}, succinct_roles=bins)
    return Metadata(Targets(version, expires=expires, delegations=delegations))


def file_of(metadata: Metadata[Root] | Metadata[Targets]) -> bytes:
    """Return the metadata file, signatures and all."""
    return metadata.to_bytes(JSONSerializer(compact=True))


def initialise(
    directory: Path,
    config: Config,
    holders: Holders,
    *,
    root_signers: Sequence[Signer],
    targets_signers: Sequence[Signer],
    now: datetime,
    days: int = OFFLINE_DAYS,
) -> Trust:
    """Write version 1 of all that is signed offline into `directory` and return it.

    Raises:
        BadInput: too few signers for the thresholds of `holders`.
    """
    expires, content = expiry(now, days), config_bytes(config)
    root = draft_root(holders, version=1, expires=expires)
    targets = draft_targets(holders, content, version=1, expires=expires)
    extensions = draft_bins(
        "extensions", config.extension_bits, holders.online, version=1, expires=expires
    )
    packages = draft_bins(
        "packages", config.package_bits, holders.online, version=1, expires=expires
    )
    for signer in root_signers:
        root.sign(signer, append=True)
    for signer in targets_signers:
        for metadata in (targets, extensions, packages):
            metadata.sign(signer, append=True)
    writer = Writer(directory)
    writer.write(f"targets/{hashlib.sha256(content).hexdigest()}.config.json", content)
    for name, file in (("packages", packages), ("extensions", extensions), ("targets", targets)):
        writer.write(f"metadata/1.{name}.json", file_of(file))
    writer.write("metadata/1.root.json", file_of(root))
    return read_trust(directory)
