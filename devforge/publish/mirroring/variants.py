"""Compresses a file in each way that pays, so that a server need not do it for every request. Pure."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import brotli
import zstandard

from devforge.model.mirrors import Variant

_WORTH_BYTES = 512  # below, headers weigh more than what is saved
_WORTH_SHARE = 0.8


def variants_of(content: bytes) -> Iterator[tuple[Variant, bytes]]:
    """Yield each variant that saves a fifth or more. The same content gives the same bytes."""
    if len(content) < _WORTH_BYTES:
        return
    made: dict[Variant, bytes] = {
        "zst": zstandard.ZstdCompressor(level=19).compress(content),
        "br": brotli.compress(content, quality=9),
        "gz": gzip.compress(content, compresslevel=9, mtime=0),
    }
    for variant, packed in made.items():
        if len(packed) <= len(content) * _WORTH_SHARE:
            yield variant, packed
