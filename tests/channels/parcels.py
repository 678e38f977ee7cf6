"""Released versions, as a channel is given them."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from published import manifest_of, tree_of

from devforge.model.names import RepositoryUrl
from devforge.model.platforms import Name
from devforge.publish.channels.carriers import Parcel
from devforge.publish.package import pack


def parcel_of(
    version: str = "1.4.0",
    id: str = "acme.todo-tree",
    note: bytes = b"a",
    platform: Name | None = None,
    files: Mapping[str, bytes] = {},
    **changes: object,
) -> Parcel:
    """A released version, or its package for a platform; another `note` gives it other bytes."""
    manifest = manifest_of(id, version, **changes)
    tree = tree_of(manifest, {"note.txt": note + (platform or "").encode(), **files})
    package = pack(tree, manifest)
    source = RepositoryUrl.parse("https://github.com/acme/todo-tree")
    return Parcel(
        manifest, package, source, "https://github.com/operator/registry", "# Todo\n", platform
    )


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
