"""Tokens: who a request speaks for, and what it may do. Only their digests are kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from devforge.local.store import Row, Store, packed

Kind = Literal["personal", "workflow"]
WORKFLOW_BOT = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class Token:
    """A credential that was presented. `permissions` is None for one that may do all its owner may."""

    id: int
    kind: Kind
    account_id: int
    repository_id: int | None
    run_id: int | None
    permissions: Mapping[str, str] | None

    def may(self, permission: str, level: str) -> bool:
        """Tell whether the token itself allows this; what its account may do is another question."""
        if self.permissions is None or permission == "metadata":
            return True
        held = self.permissions.get(permission, "none")
        return held in ("write", "admin") or held == level


def digest(text: str) -> str:
    """Return what the store keeps in place of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def create_personal_token(
    store: Store, account_id: int, permissions: Mapping[str, str] | None = None
) -> str:
    """Return a new token of a person; without `permissions` it may do all the person may."""
    return _create(store, "personal", account_id, None, None, permissions)


def create_workflow_token(
    store: Store, repository_id: int, run_id: int, permissions: Mapping[str, str]
) -> str:
    """Return a new token of one job, bound to its repository and to exactly `permissions`."""
    bot = store.value("SELECT id FROM account WHERE login = ?", WORKFLOW_BOT)
    return _create(store, "workflow", bot, repository_id, run_id, permissions)


def revoke(store: Store, text: str) -> None:
    """Make a token worthless, as GitHub does when its job ends. Harmless where it is already."""
    now = datetime.now(UTC).isoformat()
    store.run("UPDATE token SET revoked_at = ? WHERE digest = ?", now, digest(text))


def read_token(store: Store, text: str) -> Token | None:
    """Return the living token that `text` is, or None."""
    row = store.one("SELECT * FROM token WHERE digest = ? AND revoked_at IS NULL", digest(text))
    return None if row is None else token_of(row)


def token_of(row: Row) -> Token:
    """Return a token's row as a value."""
    granted = json.loads(row["permissions"]) if row["permissions"] is not None else None
    return Token(
        row["id"], row["kind"], row["account_id"], row["repository_id"], row["run_id"], granted
    )


def _create(
    store: Store,
    kind: Kind,
    account_id: int,
    repository_id: int | None,
    run_id: int | None,
    permissions: Mapping[str, str] | None,
) -> str:
    text = ("ghs_" if kind == "workflow" else "ghp_") + secrets.token_hex(18)
    store.insert(
        "token",
        digest=digest(text),
        kind=kind,
        account_id=account_id,
        repository_id=repository_id,
        run_id=run_id,
        permissions=None if permissions is None else packed(dict(permissions)),
        created_at=datetime.now(UTC).isoformat(),
    )
    return text
