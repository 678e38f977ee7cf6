"""What must be signed so that certain keys and a certain configuration count. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from tuf.api.metadata import Key, Metadata, Role, Root, Targets

from devforge.model.index import Config
from devforge.model.trust import NAME_FIELD, config_file, metadata_file
from devforge.publish.ceremony import (
    OFFLINE_DAYS,
    Holders,
    config_bytes,
    draft_bins,
    draft_root,
    draft_targets,
    file_of,
)
from devforge.publish.signing import expiry
from devforge.publish.trust import ROLES, Trust

Signed: TypeAlias = "Metadata[Any]"
# What would expire soon is signed along with whatever else is signed.
RENEW_BEFORE = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Who signs: a threshold of offline keys for what rarely changes, one online key for the rest."""

    offline: tuple[Key, ...]
    threshold: int
    online: Key

    def named(self, word: str) -> Key | None:
        """Return the key called `word`, or whose id begins with it, if exactly one is meant."""
        keys = [*self.offline, self.online]
        found = [key for key in keys if name_of(key) == word]
        found = found or [key for key in keys if len(word) >= 6 and key.keyid.startswith(word)]
        return found[0] if len(found) == 1 else None

    @property
    def holders(self) -> Holders:
        """The same, as metadata is drafted from it."""
        count = self.threshold
        return Holders(self.offline, self.offline, self.online, count, count)


@dataclass(frozen=True, slots=True)
class Held:
    """What is published of the offline half, signatures and all."""

    trust: Trust
    root: Metadata[Root]
    roles: Mapping[str, Metadata[Targets]]

    @property
    def keyring(self) -> Keyring:
        """Who signs at present."""
        return keyring_of(self.root.signed)

    def named(self) -> Iterator[tuple[str, Signed]]:
        """Yield `root` and every role with its metadata."""
        yield "root", self.root
        yield from self.roles.items()


def held_of(trust: Trust) -> Held:
    """Return the metadata in what was read, and verified, already."""
    root = Metadata[Root].from_bytes(trust.files[metadata_file("root", trust.root.version)])
    roles = {
        name: Metadata[Targets].from_bytes(trust.files[metadata_file(name, trust.versions[name])])
        for name in ROLES
    }
    return Held(trust, root, roles)


def propose(
    held: Held | None, keyring: Keyring, config: Config, *, now: datetime, renew: bool = False
) -> dict[str, bytes]:
    """Return the files that must be signed so that `keyring` and `config` count; none if they do.

    A role gets a new version where its content, or who may sign it, changes, and where it would
    expire soon; `renew` gives every role one.
    """
    made: dict[str, bytes] = {}
    then, root = held.root if held else None, _root(keyring, held, now)
    is_new = then is None or renew or _differs(then, root) or _is_due(then, now)
    if is_new:
        made[metadata_file("root", root.signed.version)] = file_of(root)
    for name, wanted in _roles(keyring, config, held, now).items():
        role = held.roles[name] if held else None
        stays = role is not None and not (renew or _differs(role, wanted) or _is_due(role, now))
        if not stays or (is_new and role is not None and not _still_counts(role, keyring)):
            made[metadata_file(name, wanted.signed.version)] = file_of(wanted)
    content = config_bytes(config)
    if held is None or config_file(content) not in held.trust.files:
        made[config_file(content)] = content
    return made


def name_of(key: Key) -> str:
    """Return what people call a key."""
    return str(key.unrecognized_fields.get(NAME_FIELD, key.keyid[:12]))


def keyring_of(root: Root) -> Keyring:
    """Return who signs by this root."""
    role = root.roles["root"]
    offline = tuple(root.keys[keyid] for keyid in role.keyids)
    return Keyring(offline, role.threshold, root.keys[root.roles["timestamp"].keyids[0]])


def _root(keyring: Keyring, held: Held | None, now: datetime) -> Metadata[Root]:
    version = held.root.signed.version + 1 if held else 1
    return draft_root(keyring.holders, version=version, expires=expiry(now, OFFLINE_DAYS))


def _roles(
    keyring: Keyring, config: Config, held: Held | None, now: datetime
) -> dict[str, Metadata[Targets]]:
    versions = {name: held.roles[name].signed.version + 1 if held else 1 for name in ROLES}
    expires, holders = expiry(now, OFFLINE_DAYS), keyring.holders
    content = config_bytes(config)
    made = {
        "targets": draft_targets(holders, content, version=versions["targets"], expires=expires)
    }
    for name, bits in (("extensions", config.extension_bits), ("packages", config.package_bits)):
        made[name] = draft_bins(name, bits, keyring.online, version=versions[name], expires=expires)
    return made


def _differs(held: Signed, wanted: Signed) -> bool:
    """Whether they say something else, their version and expiry left aside."""
    like = copy.copy(wanted.signed)
    like.version, like.expires = held.signed.version, held.signed.expires
    return bool(held.signed != like)


def _is_due(held: Signed, now: datetime) -> bool:
    return bool(held.signed.expires - now < RENEW_BEFORE)


def _still_counts(held: Signed, keyring: Keyring) -> bool:
    """Whether enough of the keys that sign from now on have signed what is there."""
    role = Role([key.keyid for key in keyring.offline], keyring.threshold)
    roles = dict.fromkeys(("root", "targets", "snapshot", "timestamp"), role)
    root = Root(keys={key.keyid: key for key in keyring.offline}, roles=roles)
    return bool(root.get_verification_result("targets", held.signed_bytes, held.signatures))
