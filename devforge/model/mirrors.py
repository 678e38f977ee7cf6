"""What a mirror holds, and how the files of an index are served from it. Pure.

Source: the index's layout, docs/decisions/signed-index.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# Variants and what a web server calls them; `.zst` first, since it is small and quick.
Variant = Literal["zst", "br", "gz"]
VARIANTS: tuple[Variant, ...] = ("zst", "br", "gz")
FOREVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60, must-revalidate"
TIMESTAMP = "metadata/timestamp.json"
PACKAGES = "targets/packages/"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as the bucket lists it. `md5` is its ETag, where that is a hash."""

    key: str
    length: int
    md5: str
    modified: datetime


def package_path(sha256: str, file: str) -> str:
    """Where a package lies beside an index: a mirror's packages, and the channel `s3`'s."""
    return f"{PACKAGES}{sha256}.{file}"


def is_mutable(path: str) -> bool:
    """Whether what `path` holds may change: of the index, only the timestamp."""
    return path.removesuffix(".gz").removesuffix(".br").removesuffix(".zst") == TIMESTAMP


def cache_control(path: str) -> str:
    """Return the header for a file of the index."""
    return SHORT if is_mutable(path) else FOREVER


def is_asked_before_it_is_there(path: str) -> bool:
    """Whether clients ask for `path` before it exists, so that a cache may remember its absence.

    Source: TUF 1.0.34, 5.3.3: a client asks for the root after the one it has, every time.
    """
    return path.startswith("metadata/") and path.endswith(".root.json")
