"""Fetches a package: picked up where it broke off, and believed only as a whole.

Source: attack table B15: an asset that was swapped. Whatever the address, length and hash decide.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from tuf.api.exceptions import DownloadHTTPError

from devforge.adapters.files import take_lock
from devforge.adapters.web import Web
from devforge.adapters.web_answer import Answer
from devforge.errors import DevForgeError, Refused, Unavailable
from devforge.model.index import Pointer
from devforge.updates.fetcher import read_local

_SLOWEST_BYTES = 16 * 1024  # a second, on average
_LARGEST = 1024 * 1024 * 1024
_ATTEMPTS = 4  # at one address, as long as each brings something


def fetch_package(
    web: Web,
    urls: Sequence[str],
    pointer: Pointer,
    *,
    name: str,
    parts: Path | None,
    told: Callable[[int], object] = lambda _: None,
) -> bytes:
    """Return the package `pointer` names, from the first of `urls` that has it.

    Args:
        parts: where an unfinished one is kept between calls; None keeps nothing.
        told: is called with how many bytes are here.

    Raises:
        Unavailable: nobody sent all of it; what came is kept for the next try.
        Refused: somebody sent something else, and nobody the right thing.
    """
    if pointer.length > _LARGEST:
        raise Refused(f"{name}: {pointer.length:,} bytes is more than any package may have")
    said: list[DevForgeError] = []
    try:
        with _part(parts, pointer) as part:
            for url in urls:
                try:
                    return _fetched(web, url, pointer, part, told)
                except (Unavailable, Refused) as error:
                    said.append(error)
            # Said in here: what came of it is kept for the next try.
            family = Refused if any(isinstance(error, Refused) for error in said) else Unavailable
            raise family(f"{name} could not be fetched: " + "; ".join(str(error) for error in said))
    except OSError as error:
        raise Unavailable(f"{name}: could not be written ({error.strerror or error})") from error


def _fetched(web: Web, url: str, pointer: Pointer, part: IO[bytes], told: Callable[[int], object]) -> bytes:  # fmt: skip
    begun_elsewhere = _size(part) > 0
    for left in reversed(range(_ATTEMPTS)):
        before = _size(part)
        try:
            _continue(web, url, pointer, part, told)
            return _verified(part, pointer, url)
        except Unavailable:
            if not left or _size(part) <= before:
                raise
        except Refused:
            _empty(part)
            if not begun_elsewhere:
                raise
            begun_elsewhere = False  # its beginning may have been what was wrong
    raise Unavailable(f"GET {url}: broke off")  # pragma: no cover - the last attempt raises


def _continue(web: Web, url: str, pointer: Pointer, part: IO[bytes], told: Callable[[int], object]) -> None:  # fmt: skip
    have = _size(part)
    if have >= pointer.length:
        return
    if url.startswith("file:"):
        try:
            _empty(part)
            _append(part, read_local(url), pointer, url, told)
        except DownloadHTTPError as error:
            raise Unavailable(str(error)) from error
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    seconds = web.patience.total_seconds + (pointer.length - have) / _SLOWEST_BYTES
    with web.get(url, headers, total_seconds=seconds) as answer:
        if answer.status == 416:
            raise Refused(f"GET {url}: has fewer bytes than the signed index says")
        if answer.status not in (200, 206):
            raise Unavailable(f"GET {url}: {answer.status}")
        if answer.status == 200:
            _empty(part)
        elif not _is_the_rest(answer, have, pointer):
            raise Refused(f"GET {url}: sends another part than the one that was asked for")
        paced = _paced(answer.chunks(), url, patience_seconds=web.patience.total_seconds)
        _append(part, paced, pointer, url, told)
    if _size(part) < pointer.length:
        raise Unavailable(f"GET {url}: broke off")


def _paced(chunks: Iterator[bytes], url: str, *, patience_seconds: float) -> Iterator[bytes]:
    """Yield `chunks` as long as enough has come for the time they took."""
    begun, came = time.monotonic(), 0
    for chunk in chunks:
        yield chunk  # what came is kept, whatever is said of its pace
        came += len(chunk)
        if (took := time.monotonic() - begun) > patience_seconds + came / _SLOWEST_BYTES:
            raise Unavailable(f"GET {url}: too slow: {came:,} bytes in {took:.0f} seconds")


def _append(
    part: IO[bytes],
    chunks: Iterator[bytes],
    pointer: Pointer,
    url: str,
    told: Callable[[int], object],
) -> None:
    for chunk in chunks:
        try:
            part.write(chunk)
            part.flush()
        except OSError as error:  # later it would look like the server's fault
            raise Unavailable(f"what came could not be written ({error.strerror})") from error
        if part.tell() > pointer.length:
            raise Refused(f"GET {url}: more than the {pointer.length:,} bytes of the signed index")
        told(part.tell())


def _verified(part: IO[bytes], pointer: Pointer, url: str) -> bytes:
    part.seek(0)
    content = part.read(pointer.length + 1)
    found = hashlib.sha256(content).hexdigest()
    if len(content) != pointer.length or found != pointer.sha256:
        raise Refused(
            f"{url}: is not the package the signed index names (sha256 {found[:12]}…, "
            f"expected {pointer.sha256[:12]}…); nothing was changed"
        )
    return content


def _is_the_rest(answer: Answer, have: int, pointer: Pointer) -> bool:
    where = re.fullmatch(
        r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)",
        answer.headers.get("Content-Range", ""),
    )
    is_packed = answer.headers.get("Content-Encoding", "identity") != "identity"
    return bool(
        where and not is_packed and int(where[1]) == have and where[3] in ("*", str(pointer.length))
    )


@contextlib.contextmanager
def _part(parts: Path | None, pointer: Pointer) -> Iterator[IO[bytes]]:
    """Yield the file the package grows in; it is deleted once the package was whole."""
    path = parts / pointer.sha256 if parts else None
    with _opened(path) as (part, is_ours):
        part.seek(0, os.SEEK_END)
        yield part
    if path is not None and is_ours:  # closed by now: Windows deletes no file that is open
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[tuple[IO[bytes], bool]]:
    """Open the kept part, or one of our own where it is another program's or cannot be kept."""
    kept: IO[bytes] | None = None
    with contextlib.suppress(OSError):
        kept = path.open("a+b") if path is not None else None
    with kept or contextlib.nullcontext():
        if kept is not None and take_lock(kept.fileno()):
            yield kept, True
            return
        with tempfile.TemporaryFile() as own:
            yield own, False


def _size(part: IO[bytes]) -> int:
    part.flush()
    return os.fstat(part.fileno()).st_size


def _empty(part: IO[bytes]) -> None:
    part.seek(0)
    part.truncate()
