"""Node ids: what GraphQL calls a thing, made of its kind and number."""

from __future__ import annotations

import base64
import binascii


def node_id(kind: str, id: int) -> str:
    """Return the opaque id of a thing, e.g. of ("PullRequest", 7)."""
    return base64.urlsafe_b64encode(f"{kind}:{id}".encode()).decode().rstrip("=")


def read_node_id(text: str) -> tuple[str, int] | None:
    """Return the kind and number in a node id, or None where it is not one of ours."""
    try:
        padded = text + "=" * (-len(text) % 4)
        kind, _, number = base64.urlsafe_b64decode(padded).decode().partition(":")
        return kind, int(number)
    except (ValueError, binascii.Error):
        return None
