"""Carries a mirror's plan out, file by file, in its order; safe to stop anywhere and to repeat."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.buckets import Bucket
from devforge.adapters.caches import Cache
from devforge.model.mirrors import TIMESTAMP, VARIANTS, cache_control
from devforge.publish.mirroring.observe import content_of
from devforge.publish.mirroring.plan import Change, Condemn, Delete, Put

_KINDS = {"zst": "application/zstd", "br": "application/x-brotli", "gz": "application/gzip"}


@dataclass(frozen=True, slots=True)
class Mirror:
    """One bucket, where in it the index lies, and the caches in front of it."""

    bucket: Bucket
    prefix: str
    caches: tuple[Cache, ...] = ()

    def act(self, change: Change, index: Path) -> None:
        """Do one change with the files of `index`."""
        if isinstance(change, Put):
            for path in change.paths:
                kind = _KINDS[path.rpartition(".")[2]] if _is_variant(path) else "application/json"
                content = content_of(index, path)
                cache = cache_control(path)
                self.bucket.put(self.prefix + path, content, kind=kind, cache=cache)
        elif isinstance(change, Delete):
            self.bucket.delete(list(change.keys))
        elif isinstance(change, Condemn):
            # Before, too: should the run die in between, the next finds nothing left to do.
            self._forget(change.paths, key=f"{_key(index)} before")
            self.bucket.delete([self.prefix + path for path in change.paths])
            self._forget(change.paths, key=_key(index))
        else:
            self._forget(change.paths, key=_key(index))

    def _forget(self, paths: tuple[str, ...], *, key: str) -> None:
        for cache_in_front in self.caches:
            cache_in_front.forget(paths, key=key)


def _key(index: Path) -> str:
    return hashlib.sha256((index / TIMESTAMP).read_bytes()).hexdigest()


def _is_variant(path: str) -> bool:
    return path.rpartition(".")[2] in VARIANTS
