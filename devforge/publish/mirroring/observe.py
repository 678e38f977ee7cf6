"""Reads the index that is to be served and what a mirror has of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from devforge.adapters.buckets import Bucket
from devforge.errors import BadInput
from devforge.model.mirrors import PACKAGES, VARIANTS, StoredObject, is_mutable
from devforge.publish.mirroring.plan import LocalFile
from devforge.publish.mirroring.variants import variants_of

_FOLDERS = ("metadata", "targets", "changes")


def held_by(bucket: Bucket, prefix: str) -> tuple[StoredObject, ...]:
    """Return what a mirror has of an index: packages are another job's, other things nobody's."""
    found = [one for folder in _FOLDERS for one in bucket.objects(f"{prefix}{folder}/")]
    return tuple(one for one in found if not one.key.startswith(f"{prefix}{PACKAGES}"))


def packages_held(bucket: Bucket, prefix: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return which of these packages a mirror has, whoever put them there."""
    return tuple(
        path
        for path in paths
        if any(one.key == prefix + path for one in bucket.objects(prefix + path))
    )


def files_of(index: Path, held: Iterable[StoredObject], prefix: str) -> Iterator[LocalFile]:
    """Yield every file below `index` but packages, and each variant that pays.

    A file that the mirror has and that never changes is not compressed again: its variants are there.
    """
    there = {found.key.removeprefix(prefix): found for found in held}
    for folder in _FOLDERS:
        for path in sorted((index / folder).rglob("*")):
            name = path.relative_to(index).as_posix()
            if path.is_file() and not name.startswith(PACKAGES):
                yield from _file(name, path.read_bytes(), there)


def content_of(index: Path, path: str) -> bytes:
    """Return what is to be served at `path`, which `files_of` named.

    Raises:
        BadInput: the index changed meanwhile.
    """
    plain = index / path
    if plain.is_file():
        return plain.read_bytes()
    stem, _, suffix = path.rpartition(".")
    try:
        return dict(variants_of((index / stem).read_bytes()))[suffix]  # type: ignore[index]
    except (OSError, KeyError) as error:
        raise BadInput(
            f"{path}: the index changed while it was copied; run the job again"
        ) from error


def _file(path: str, content: bytes, there: Mapping[str, StoredObject]) -> Iterator[LocalFile]:
    plain = _local(path, content)
    yield plain
    found = there.get(path)
    if found and (found.length, found.md5) == (plain.length, plain.md5) and not is_mutable(path):
        for variant in VARIANTS:
            if held := there.get(f"{path}.{variant}"):
                yield LocalFile(f"{path}.{variant}", held.length, held.md5)
        return
    for variant, packed in variants_of(content):
        yield _local(f"{path}.{variant}", packed)


def _local(path: str, content: bytes) -> LocalFile:
    return LocalFile(path, len(content), hashlib.md5(content, usedforsecurity=False).hexdigest())
