"""A server that answers with exactly the bytes a test wrote, as quickly or slowly as it says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[bytes, socket.socket], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Let `answer` write to each connection once it has read a request; yield the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request and (piece := connection.recv(65536)):
                request += piece
            answer(request, connection)

    def accept() -> None:
        listener.settimeout(0.05)
        while not stopped.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                connection.settimeout(5)
                threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stopped.set()
        accepting.join()
        listener.close()
        for thread in threads:
            thread.join(timeout=6)


def head(status: str, **headers: object) -> bytes:
    """Return the head of an answer; `_` in a header's name is a hyphen."""
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode()
