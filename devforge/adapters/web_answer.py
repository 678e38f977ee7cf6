"""One answer: its head, and its body in pieces, unpacked no further than asked for.

Source: attack table B4: bombs.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

import urllib3

from devforge.errors import Refused, Unavailable
from devforge.model.plaintext import shorten

_CHUNK = 64 * 1024
_DRAINED = 4096  # a short body nobody wants is read to its end, so that the connection serves again


class Answer:
    """The head of an answer, and its body in pieces."""

    def __init__(self, url: str, response: urllib3.BaseHTTPResponse, seconds: float) -> None:
        self.url = shorten(url, 200)  # as it is told
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.seconds = seconds  # until the head was there
        self._response = response
        self._ended = False

    def chunks(self) -> Iterator[bytes]:
        """Yield the body; what was packed comes out in pieces, each as small as those of a plain one.

        Raises:
            Refused: it is packed in a way that was not asked for, or wrongly.
        """
        coding = self.headers.get("Content-Encoding", "").strip().lower()
        if coding in ("", "identity"):
            yield from self._raw()
        elif coding in ("gzip", "x-gzip"):
            yield from _unpacked(self._raw(), self.url)
        else:
            raise Refused(f"GET {self.url}: packed as {coding[:40]!r}, which was not asked for")

    def leave(self) -> None:
        """Be done with it: keep the connection where that costs little, else drop it."""
        length = self.headers.get("Content-Length", "")
        if not self._ended and re.fullmatch("[0-9]{1,9}", length) and int(length) <= _DRAINED:
            for _ in self._raw():
                pass
        if self._ended or self.status == 304:
            self._response.release_conn()
        else:
            self.drop()

    def drop(self) -> None:
        """Close the connection, whatever is still to come."""
        self._response.close()

    def _raw(self) -> Iterator[bytes]:
        while chunk := self._response.read1(_CHUNK, decode_content=False):
            yield chunk
        self._ended = True


def _unpacked(chunks: Iterator[bytes], url: str) -> Iterator[bytes]:
    """Unpack gzip without ever holding more than one piece of it."""
    machine = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting:
                yield machine.decompress(waiting, _CHUNK)
                waiting = machine.unconsumed_tail
            if machine.unused_data:
                raise Refused(f"GET {url}: more follows the end of what was packed")
        yield machine.flush()
    except zlib.error as error:
        raise Refused(f"GET {url}: packed wrongly ({error})") from error
    if not machine.eof:
        raise Unavailable(f"GET {url}: broke off")
