"""Reads one log file, plain or gzipped, line by line and within limits. Pure.

A line that cannot be read is an answer like any other; a file that cannot be read is `BadInput`, raised
where it breaks off, so whoever counts must not count a part of it.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import Protocol

from devforge.analytics.logs.cloudflare import Cloudflare
from devforge.analytics.logs.cloudfront import CloudFront
from devforge.analytics.logs.combined import Combined
from devforge.analytics.logs.line import LogLine, Unreadable
from devforge.errors import BadInput
from devforge.model.analytics import LogKind

PLAIN_BYTES = 1024 * 1024 * 1024  # of one file, unpacked
LINE_BYTES = 128 * 1024  # CloudFront and nginx take headers of 20 and 32 KB; Cloudflare adds fields
_CHUNK = 256 * 1024
_GZIP = b"\x1f\x8b"


class _Format(Protocol):
    def read(self, text: str) -> LogLine | None:
        """Return the request `text` tells of; None if it tells of none. Raises ValueError."""


_FORMATS: dict[LogKind, type[_Format]] = {
    "cloudfront": CloudFront,
    "cloudflare": Cloudflare,
    "combined": Combined,
}


def read_log(
    content: bytes, kind: LogKind, *, limit_bytes: int = PLAIN_BYTES
) -> Iterator[LogLine | Unreadable]:
    """Yield each request of a log file in its order, and each line that is none.

    Raises:
        BadInput: it is damaged, cut off, or larger than `limit_bytes` when unpacked.
    """
    reader = _FORMATS[kind]()
    for number, raw in enumerate(_lines(unpacked(content, limit_bytes=limit_bytes)), 1):
        if len(raw) > LINE_BYTES:
            yield Unreadable(number, f"is longer than {LINE_BYTES} bytes")
            continue
        try:
            line = reader.read(raw.decode("utf-8", "replace"))
        except (ValueError, OverflowError) as error:
            yield Unreadable(number, str(error)[:200])
            continue
        if line is not None:
            yield line


def unpacked(content: bytes, *, limit_bytes: int = PLAIN_BYTES) -> Iterator[bytes]:
    """Yield a file's text in chunks; files of several gzip members, as rotated logs are, count as one.

    Raises:
        BadInput: it is damaged, cut off, or larger than `limit_bytes` when unpacked.
    """
    total = 0
    for chunk in _inflated(content) if content.startswith(_GZIP) else _cut(content):
        total += len(chunk)
        if total > limit_bytes:
            raise BadInput(f"is more than {limit_bytes:,} bytes unpacked")
        yield chunk


def _cut(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]


def _inflated(content: bytes) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except EOFError as error:
        raise BadInput("is cut off: its compressed data has no end") from error
    except (OSError, zlib.error) as error:
        raise BadInput("is damaged: its compressed data cannot be unpacked") from error


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines without their ends. Of one that is too long, no more is kept than shows that it is."""
    begun = b""
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        begun = (begun + first)[: LINE_BYTES + 1]
        for other in others:
            yield begun.removesuffix(b"\r")
            begun = other
    if begun:
        yield begun.removesuffix(b"\r")
