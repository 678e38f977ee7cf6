"""The OSV database's dumps, one zip archive of JSON files for each ecosystem. Speaks HTTP, reads zips.

A dump is large and somebody else's: it goes to a file in pieces, under a cap; its entries are read
one by one, by nobody's path, each under a cap of its own and all under one for the whole.

Source: google.github.io/osv.dev/data: `<ecosystem>/all.zip` of the bucket.
"""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from devforge.errors import BadInput, Refused, Unavailable

ADDRESS = "https://osv-vulnerabilities.storage.googleapis.com"
_PACKED_BYTES = 1 << 30
_ENTRIES = 2_000_000
_ENTRY_BYTES = 16 << 20
_TOTAL_BYTES = 16 << 30
_PIECE = 1 << 20
_TIMEOUT_SECONDS = (20, 120)


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump on this disk, and the server's names for exactly this one."""

    file: Path
    etag: str | None
    modified: str | None


def fetch_dump(
    address: str, ecosystem: str, into: Path, *, etag: str | None, modified: str | None
) -> Dump | None:
    """Download an ecosystem's dump below `into`; None if it is the one that `etag` names.

    Raises:
        Unavailable: the server did not answer, or broke off.
        Refused: it has no such dump, or one larger than a gigabyte.
    """
    url = f"{address.rstrip('/')}/{quote(ecosystem)}/all.zip"
    wanted = {"Accept-Encoding": "identity", "User-Agent": "devforge-registry"}
    if etag:
        wanted["If-None-Match"] = etag
    elif modified:
        wanted["If-Modified-Since"] = modified
    try:
        with requests.get(url, headers=wanted, stream=True, timeout=_TIMEOUT_SECONDS) as answer:
            if answer.status_code == 304:
                return None
            if answer.status_code != 200:
                raise _translated(url, answer.status_code)
            file = into / f"{ecosystem}.zip"
            _save(answer, file, url)
            return Dump(file, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    except requests.RequestException as error:
        raise Unavailable(f"GET {url}: {type(error).__name__}, no answer") from error


def read_dump(file: Path) -> Iterator[dict[str, Any] | None]:
    """Yield the records of a dump in its order; None for an entry that is no JSON object.

    Raises:
        BadInput: it is not a zip archive, or holds more than any dump should.
    """
    total = 0
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            if len(infos) > _ENTRIES:
                raise BadInput(
                    f"{file.name}: {len(infos):,} entries, at most {_ENTRIES:,} are read"
                )
            for info in infos:
                if info.is_dir() or not info.filename.endswith(".json"):
                    continue
                with archive.open(info) as stream:
                    content = stream.read(_ENTRY_BYTES + 1)
                total += len(content)
                if total > _TOTAL_BYTES:
                    raise BadInput(f"{file.name}: unpacks to more than {_TOTAL_BYTES >> 30} GB")
                yield _record(content) if len(content) <= _ENTRY_BYTES else None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise BadInput(f"{file.name}: not a readable zip archive ({error})") from error
    except (RuntimeError, UnicodeError, OSError) as error:
        raise BadInput(f"{file.name}: {error}") from error


def _save(answer: requests.Response, file: Path, url: str) -> None:
    size = 0
    announced = answer.headers.get("Content-Length", "")
    with file.open("wb") as out:
        for piece in answer.iter_content(_PIECE):
            size += len(piece)
            if size > _PACKED_BYTES:
                raise Refused(f"GET {url}: more than {_PACKED_BYTES >> 20} MB")
            out.write(piece)
    if announced.isdigit() and int(announced) != size:
        raise Unavailable(f"GET {url}: {size:,} of {announced} bytes came")


def _record(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _translated(url: str, status: int) -> Unavailable | Refused:
    text = f"GET {url}: {status}"
    return Unavailable(text) if status >= 500 or status == 429 else Refused(text)
