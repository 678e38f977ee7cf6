"""Ends the wait for whoever is slow: connections that another thread can cut, and the clock that does.

Source: attack table B4: endless and slow answers.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection


class Handles:
    """A second handle on every socket in use: with it, another thread can end any wait on the first.

    A socket outlives its connection where a body is still being read, so a handle is kept until the
    answer is done with.
    """

    def __init__(self) -> None:
        self._open: set[socket.socket] = set()
        self._retired: set[socket.socket] = set()
        self.is_cut = False  # then nothing new is begun either

    def add(self, of: socket.socket) -> socket.socket:
        if self.is_cut:
            of.close()
            raise TimeoutError
        handle = of.dup()  # TLS takes the first one over
        self._open.add(handle)
        return handle

    def retire(self, handle: socket.socket) -> None:
        self._open.discard(handle)
        self._retired.add(handle)

    @property
    def count(self) -> int:
        return len(self._open)

    def cut(self) -> None:
        self.is_cut = True
        for handle in [*self._open, *self._retired]:
            with contextlib.suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def forget_retired(self) -> None:
        while self._retired:
            self._retired.pop().close()


class _Cuttable:
    """A connection that can be cut from another thread, whatever it is waiting for."""

    handles: Handles
    _handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        self._handle = self.handles.add(made)
        return made

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self._handle is not None:
            self.handles.retire(self._handle)
            self._handle = None


def pools(handles: Handles) -> dict[str, Any]:
    """Return urllib3's pools with connections that `handles` can cut."""
    plain = type("_Plain", (_Cuttable, HTTPConnection), {"handles": handles})
    safe = type("_Safe", (_Cuttable, HTTPSConnection), {"handles": handles})
    return {
        "http": type("_Http", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("_Https", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": safe}),
    }


class Clock:
    """Cuts the connections when the time for one answer is over, also amid a line of its head."""

    def __init__(self, seconds: float, handles: Handles) -> None:
        self.verdict = ""
        self._seconds, self._handles = seconds, handles
        handles.is_cut = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        self.verdict = f"too slow: not done after {self._seconds:.0f} seconds"
        self._handles.cut()

    def stop(self) -> None:
        self._timer.cancel()
        self._timer.join()
        self._handles.forget_retired()
