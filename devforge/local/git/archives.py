"""Archives of a commit, byte for byte the same each time."""

from __future__ import annotations

from devforge.local.hub import Hub


def archive(hub: Hub, repository_id: int, commit: str, *, prefix: str, kind: str) -> bytes:
    """Return a `tar.gz` or `zip` of the commit's tree, everything under `prefix/`."""
    if kind == "zip":
        return hub.git.run(repository_id, "archive", "--format=zip", f"--prefix={prefix}/", commit)
    return hub.git.run(
        repository_id,
        "-c",
        "tar.tar.gz.command=gzip -cn",
        "archive",
        "--format=tar.gz",
        f"--prefix={prefix}/",
        commit,
    )
