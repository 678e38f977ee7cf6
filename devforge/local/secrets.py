"""Secrets and variables of repositories and environments. A secret's value is given to jobs alone.

Source: docs.github.com, "Encrypting secrets for the REST API": values arrive in libsodium's sealed
boxes, made for a public key of the repository.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets as randomness
from typing import Literal

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from devforge.local.hub import Hub
from devforge.local.refusals import unprocessable

Kind = Literal["secret", "variable"]


def values(hub: Hub, kind: Kind, repository_id: int, environment: str | None) -> dict[str, str]:
    """Return what a job sees: the repository's, overlaid by those of its environment."""
    rows = hub.store.all(
        f"SELECT v.name, v.value FROM {kind} v"  # noqa: S608 - kind is one of two words
        " LEFT JOIN environment e ON e.id = v.environment_id"
        " WHERE v.repository_id = ? AND (v.environment_id = 0 OR e.name = ?)"
        " ORDER BY v.environment_id",
        repository_id,
        environment,
    )
    return {row["name"]: row["value"] for row in rows}


def put(
    hub: Hub, kind: Kind, repository_id: int, environment_id: int, name: str, value: str
) -> bool:
    """Set one; tell whether it is new."""
    now = hub.clock.stamp()
    held = hub.store.find(
        kind, repository_id=repository_id, environment_id=environment_id, name=name.upper()
    )
    if held is not None:
        hub.store.update(kind, held["id"], value=value, updated_at=now)
        return False
    hub.store.insert(
        kind,
        repository_id=repository_id,
        environment_id=environment_id,
        name=name.upper(),
        value=value,
        created_at=now,
        updated_at=now,
    )
    return True


def public_key(hub: Hub, repository_id: int) -> tuple[str, str]:
    """Return the id of the repository's key and the key itself, in base64."""
    key = bytes(_private_key(hub, repository_id).public_key)
    return str(int(hashlib.sha256(key).hexdigest()[:15], 16)), base64.b64encode(key).decode()


def unseal(hub: Hub, repository_id: int, key_id: str, sealed: str) -> str:
    """Return what was sealed for the repository's key. Raises 422 where it was for another."""
    if key_id != public_key(hub, repository_id)[0]:
        raise unprocessable("Key ID does not match the repository's public key")
    try:
        box = SealedBox(_private_key(hub, repository_id))
        return box.decrypt(base64.b64decode(sealed, validate=True)).decode()
    except (CryptoError, ValueError, binascii.Error) as error:
        raise unprocessable("Bad request - could not decrypt the encrypted value") from error


def _private_key(hub: Hub, repository_id: int) -> PrivateKey:
    with hub.store.transaction():
        seed = hub.store.setting("secrets_seed")
        if seed is None:
            seed = randomness.token_hex(32)
            hub.store.remember("secrets_seed", seed)
    return PrivateKey(hashlib.sha256(f"{seed}:{repository_id}".encode()).digest())
